/* standin.c - weak symbols until the rooms above have theirs. */
#include "postgres.h"

#include "audit/journal.h"
#include "budget/budget.h"
#include "mandate/mandate.h"

bool __attribute__((weak)) crm_policy_is_free(void)
{
	return true;
}

const crm_permit *__attribute__((weak))
crm_permit_of(const char *person, const char *decision, const crm_scope_value *scope, int nscope)
{
	return NULL;
}

const crm_ruling *__attribute__((weak))
crm_permit_ruling(const crm_permit *permit, Numeric amount, TimestampTz now)
{
	static const crm_ruling anything = {.verdict = CRM_ALLOWED, .plain = true};

	return &anything;
}

int64 __attribute__((weak)) crm_journal_add(const crm_act *act)
{
	return 1;
}

bool __attribute__((weak))
crm_budget_take(const char *budget, Numeric amount, Numeric from_reservation, Numeric *left)
{
	return true;
}

Numeric __attribute__((weak)) crm_budget_left(const char *budget)
{
	return NULL;
}

bool __attribute__((weak)) crm_window_take(const crm_window *window, Numeric amount, Numeric *left)
{
	return true;
}

Numeric __attribute__((weak)) crm_window_left(const crm_window *window)
{
	return NULL;
}

bool __attribute__((weak))
crm_budget_reserve(const char *budget, Numeric amount, int64 request_id, Numeric *left)
{
	return true;
}

void __attribute__((weak)) crm_budget_release(const char *budget, Numeric amount, int64 request_id)
{
}

void __attribute__((weak))
crm_journal_flush(void)
{
}
