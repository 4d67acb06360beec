/* money.h - whether the money of a mandate that allows an act allows it too. */
#ifndef CRM_REQUEST_MONEY_H
#define CRM_REQUEST_MONEY_H

#include "mandate/mandate.h"
#include "utils/numeric.h"

typedef enum crm_shortfall_kind
{
	CRM_NOT_SHORT,
	CRM_SHORT_OF_AMOUNT, /* not known, under a budget or window */
	CRM_SHORT_OF_WINDOW,
	CRM_SHORT_OF_BUDGET
} crm_shortfall_kind;

/* Why it does not; of several mandates it speaks of the first. */
typedef struct crm_shortfall
{
	crm_shortfall_kind kind;
	const char *budget;
	Numeric window_amount;
	const Interval *window_length;
	Numeric left; /* NULL: not known */
} crm_shortfall;

/* Who spends how much on whom. */
typedef struct crm_spending
{
	const char *person;
	int64 customer_id; /* 0: on none */
	Numeric amount;    /* NULL: not known */
} crm_spending;

/* By what can be seen now; takes nothing. */
extern bool crm_money_is_left(const crm_ruling *ruling, const crm_spending *spending,
							  crm_shortfall *shortfall);

/* Takes from window and budget, or from neither. */
extern bool crm_money_take(const crm_ruling *ruling, const crm_spending *spending,
						   crm_shortfall *shortfall);

#endif
