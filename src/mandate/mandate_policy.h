/* mandate_policy.h - the policy in force, as this backend has loaded it. Private to the room. */
#ifndef CRM_MANDATE_POLICY_H
#define CRM_MANDATE_POLICY_H

#include "utils/jsonb.h"

#include "mandate/mandate_rule.h"

/* Names in the order of their bytes; a name's place is its number in the rules. */
typedef struct crm_policy_names
{
	int n;
	const char **names;
} crm_policy_names;

/* What the rules of a mandate do not look at. */
typedef struct crm_policy_terms
{
	Numeric amount;
	Numeric window_amount;
	Interval *window_length;
	const char *budget;
	Interval *deadline;
	bool revoked; /* before it was over */
} crm_policy_terms;

typedef struct crm_policy_dimension
{
	const char *name;
	const char *ancestors_function;
} crm_policy_dimension;

typedef struct crm_policy
{
	MemoryContext context; /* and all that is derived from the policy */
	crm_rule_policy rule;
	crm_rule_work *work;
	crm_policy_names positions;
	crm_policy_names persons;
	crm_policy_names decisions;
	crm_policy_terms *terms; /* of mandates */
	Numeric *acting_share;   /* of positions */
	Numeric *amounts;        /* by rank */
	int ndimensions;
	crm_policy_dimension *dimensions;

	MemoryContext permit_context; /* below context */
	struct crm_permit **permits;  /* by hash */
	int npermits;
	MemoryContext forgotten; /* of the permits before these */
} crm_policy;

/*
 * The policy as the latest snapshot shows it. It stays in memory until this transaction has loaded
 * some more of them, or ended.
 */
extern crm_policy *crm_policy_now(void);

/* Makes room for others; whoever holds a permit sees it at the generation. */
extern void crm_policy_forget_permits(crm_policy *policy);

/* What the policy and what belongs to it is read under. */
extern void crm_policy_push_snapshot(void);

/* Reads all tables under the active snapshot, into a context of its own. */
extern crm_policy *crm_policy_load(void);

/* The place of a name, or CRM_RULE_NONE. */
extern int crm_policy_find(const crm_policy_names *names, const char *name);

/* The place of a mandate's id, or CRM_RULE_NONE. */
extern int crm_policy_find_mandate(const crm_policy *policy, int32 mandate_id);

/* How many of the named amounts are smaller. NULL: unknown. */
extern int crm_policy_rank(const crm_policy *policy, Numeric amount);

/* NULL stays NULL; a share of NULL is all of it. */
extern Numeric crm_amount_scale(Numeric amount, Numeric share);

/* The bounds of a mandate's scope. Returns how many. */
extern int crm_policy_bounds(Jsonb *scope, crm_rule_bound **bounds);

/* A point that is asked about, in the current memory context; its arrays live as long. */
extern crm_rule_point crm_policy_point_of(const crm_policy *policy, const char *decision,
										  const crm_scope_value *scope, int nscope);

/* The ruling of the rules in the words of others, in the current memory context. */
extern const crm_ruling *crm_policy_ruling(const crm_policy *policy, const crm_rule_ruling *ruling);

/*
 * What somebody (a place among the persons) may at a point, whose time and amount are given apart.
 * *span: for which others the same holds.
 */
extern const crm_ruling *crm_policy_judge(const crm_policy *policy, int person,
										  const crm_rule_point *point, Numeric amount,
										  TimestampTz at, crm_rule_span *span);

extern const crm_ruling *crm_policy_judge_rank(const crm_policy *policy, int person,
											   const crm_rule_point *point, int rank,
											   TimestampTz at, crm_rule_span *span);

/* The same for everybody, from nothing: before there is a charter. */
extern const crm_ruling *crm_policy_free_ruling(void);

extern const char *crm_capacity_name(crm_capacity capacity);
extern const char *crm_mandate_kind_name(crm_mandate_kind kind);

#endif
