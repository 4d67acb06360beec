/* money.c - the window and the budget of a mandate, looked at and taken from together. */
#include "postgres.h"

#include "utils/builtins.h"

#include "budget/budget.h"
#include "request/money.h"

static bool
is_bounded(const crm_ruling *ruling)
{
	return ruling->budget != NULL || ruling->window_amount != NULL;
}

static bool
is_enough(Numeric left, Numeric amount)
{
	return DatumGetBool(
		DirectFunctionCall2(numeric_ge, NumericGetDatum(left), NumericGetDatum(amount)));
}

static crm_window
window_of(const crm_ruling *ruling, const crm_spending *spending)
{
	crm_window window = {
		.mandate_id = ruling->mandate_id,
		.person = spending->person,
		.decision = ruling->decision,
		.customer_id = spending->customer_id,
		.limit = ruling->window_amount,
		.length = ruling->window_length,
	};

	return window;
}

/* Of the first mandate that is out of money the refusal speaks: it is the nearest one. */
static bool
note(crm_shortfall *shortfall, const crm_ruling *ruling, crm_shortfall_kind kind, Numeric left)
{
	if (shortfall->kind == CRM_NOT_SHORT)
	{
		shortfall->kind = kind;
		shortfall->budget = ruling->budget;
		shortfall->window_amount = ruling->window_amount;
		shortfall->window_length = ruling->window_length;
		shortfall->left = left;
	}
	return false;
}

bool
crm_money_is_left(const crm_ruling *ruling, const crm_spending *spending, crm_shortfall *shortfall)
{
	crm_window window = window_of(ruling, spending);
	Numeric left;

	if (!is_bounded(ruling))
		return true;
	if (spending->amount == NULL)
		return note(shortfall, ruling, CRM_SHORT_OF_AMOUNT, NULL);
	if (ruling->window_amount != NULL &&
		!is_enough(left = crm_window_left(&window), spending->amount))
		return note(shortfall, ruling, CRM_SHORT_OF_WINDOW, left);
	if (ruling->budget != NULL &&
		!is_enough(left = crm_budget_left(ruling->budget), spending->amount))
		return note(shortfall, ruling, CRM_SHORT_OF_BUDGET, left);
	return true;
}

/*
 * Looked at before it is taken, for what a window gave cannot be given back. Where there is less
 * after all the act is refused, and the window counts too much rather than too little.
 */
bool
crm_money_take(const crm_ruling *ruling, const crm_spending *spending, crm_shortfall *shortfall)
{
	crm_window window = window_of(ruling, spending);
	Numeric left = NULL;

	if (!is_bounded(ruling))
		return true;
	if (!crm_money_is_left(ruling, spending, shortfall))
		return false;
	if (ruling->window_amount != NULL && !crm_window_take(&window, spending->amount, &left))
		return note(shortfall, ruling, CRM_SHORT_OF_WINDOW, left);
	if (ruling->budget != NULL && !crm_budget_take(ruling->budget, spending->amount, NULL, &left))
		return note(shortfall, ruling, CRM_SHORT_OF_BUDGET, left);
	return true;
}
