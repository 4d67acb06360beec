/* mandate.h - who may decide what: the policy in force, and the rulings it gives. */
#ifndef CRM_MANDATE_H
#define CRM_MANDATE_H

#include "datatype/timestamp.h"
#include "utils/numeric.h"

typedef enum crm_verdict
{
	CRM_ALLOWED,        /* alone, now */
	CRM_CONSULT_FIRST,  /* has the authority, somebody must be asked before */
	CRM_SIGNATURES,     /* only together with others */
	CRM_OVER_LIMIT,     /* has the decision, not for this amount */
	CRM_UNKNOWN_AMOUNT, /* has it up to a limit, and the amount is not known */
	CRM_HANDED_OVER,    /* had it, and gave it away */
	CRM_BANNED,
	CRM_NO_MANDATE,
	CRM_NO_POSITION /* holds no position at all */
} crm_verdict;

typedef struct crm_scope_value
{
	const char *dimension;
	const char *value;
	bool elsewhere; /* something within the value that nothing names; only where a survey asks */
} crm_scope_value;

/* Somebody who is to be asked or told. */
typedef struct crm_duty
{
	int32 mandate_id;
	const char *position;
	const Interval *deadline; /* of a consult */
} crm_duty;

typedef struct crm_ruling
{
	crm_verdict verdict;
	bool plain;       /* allowed, and nothing else to do than to journal */
	int32 mandate_id; /* by which it is allowed, or would be but for the amount, signatures ...;
						 else 0 */
	int32 barrier_id; /* the ban, or the hand-over that stands between; else 0 */
	int npath;
	const int32 *path; /* from the charter to that mandate */
	const char *position;
	const char *capacity; /* as appointed, or "acting" */
	const char *decision; /* of that mandate: its window counts acts in it and below */
	Numeric limit;        /* per decision, the smallest on the path; NULL: none. When refused for
							 the amount: the largest that would be allowed */
	const char *budget;   /* NULL: none */
	Numeric window_amount;
	const Interval *window_length;
	int32 joint_id; /* verdict CRM_SIGNATURES */
	int quorum;
	int nconsults;
	const crm_duty *consults;
	int ninforms;
	const crm_duty *informs;
	const struct crm_ruling *next; /* another mandate that allows the same; NULL: none */
} crm_ruling;

typedef struct crm_permit crm_permit;

/* The word of SQL: allowed, consult_first, signatures, over_limit ... */
extern const char *crm_verdict_name(crm_verdict verdict);

extern void crm_mandate_init(void);

/* Changes whenever a permit taken before may be stale. Compare at each row, it costs nothing. */
extern uint64 crm_policy_generation;

/* True while no charter has ever begun: everything is allowed, path and position are empty. */
extern bool crm_policy_is_free(void);

/*
 * What a person may in one decision and scope. Kept until crm_policy_generation changes, not longer
 * than the transaction. The scope is sorted by dimension.
 */
extern const crm_permit *crm_permit_of(const char *person, const char *decision,
									   const crm_scope_value *scope, int nscope);

/* amount NULL: unknown, or none. Lives as long as the permit. Never NULL. */
extern const crm_ruling *crm_permit_ruling(const crm_permit *permit, Numeric amount,
										   TimestampTz now);

#endif
