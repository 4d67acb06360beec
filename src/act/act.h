/* act.h - takes an act: asks for the ruling, the money, an approval; journals, informs or refuses.
 */
#ifndef CRM_ACT_H
#define CRM_ACT_H

#include "department/actor.h"
#include "mandate/mandate.h"
#include "utils/numeric.h"

typedef struct crm_act_point
{
	crm_actor actor;
	const char *decision;
	const crm_scope_value *scope;
	int nscope;
	Numeric amount;      /* NULL: none or unknown */
	Numeric booked;      /* what counts against budgets and windows (an UPDATE: the difference) */
	int64 customer_id;   /* 0: none */
	const char *subject; /* table, or function of crm, and key */
	const char *table_name;
	int32 guard_id;
	const char *operation;
	const char *row_key;
	bool observe; /* journal what would be refused, and let it pass */
} crm_act_point;

typedef enum crm_act_outcome
{
	CRM_ACT_TAKEN,
	CRM_ACT_WOULD_REFUSE
} crm_act_outcome;

/* Refuses with 42501 unless point->observe. *act_id (if asked for): in the journal. */
extern crm_act_outcome crm_act_take(const crm_act_point *point, const crm_ruling *ruling,
									int64 *act_id);

/* Whether crm_act_take() would refuse; takes and journals nothing. */
extern bool crm_act_is_possible(const crm_act_point *point, const crm_ruling *ruling);

/* What crm_act_take() would say if it refused. */
typedef struct crm_act_objection
{
	const char *cause; /* the verdict, or window, budget */
	const char *detail;
	const char *hint;
} crm_act_objection;

/* False: it would not refuse. */
extern bool crm_act_why_not(const crm_act_point *point, const crm_ruling *ruling,
							crm_act_objection *objection);

#endif
