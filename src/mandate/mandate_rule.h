/* mandate_rule.h - who may decide what, over plain structs. Private to the room.
 *
 * Amounts are ranks here: all amounts that a policy names are sorted, and a limit is the place of
 * its amount among them. So an amount at hand is a rank as well, the number of named amounts that
 * are smaller, and what is true of it is true of all amounts between the same two named ones.
 */
#ifndef CRM_MANDATE_RULE_H
#define CRM_MANDATE_RULE_H

#include "datatype/timestamp.h"

#include "mandate/mandate.h"

#define CRM_RULE_NONE (-1)
#define CRM_RULE_NO_LIMIT PG_INT32_MAX

typedef enum crm_mandate_kind
{
	CRM_CHARTER,
	CRM_HAND_OVER,
	CRM_SHARE,
	CRM_JOINT,
	CRM_CONSULT,
	CRM_INFORM,
	CRM_BAN
} crm_mandate_kind;

/* In the order in which a person acts who is appointed to one position several times. */
typedef enum crm_capacity
{
	CRM_HOLDER,
	CRM_DEPUTY,
	CRM_CONTRACTOR,
	CRM_MACHINE,
	CRM_ACTING,
	CRM_LIAISON
} crm_capacity;

/* Of a mandate: the value of this dimension is one of these, or lies within one of them. */
typedef struct crm_rule_bound
{
	const char *dimension;
	bool within;
	int nvalues;
	const char **values;
} crm_rule_bound;

/* Of a point: a value, and all that it lies within (itself included). */
typedef struct crm_rule_value
{
	const char *dimension;
	const char *value;
	int nancestors;
	const char **ancestors;
} crm_rule_value;

/* Positions, persons and decisions are places in arrays; CRM_RULE_NONE is nobody. */
typedef struct crm_rule_mandate
{
	int32 id;
	crm_mandate_kind kind;
	int decision;
	int from;
	int to;
	int parent; /* place of the mandate in the array */
	int32 joint_id;
	int quorum;
	int limit;        /* rank of its amount, or CRM_RULE_NO_LIMIT */
	int acting_limit; /* the same for one who acts for its vacant position */
	int depth;        /* CRM_RULE_NONE: without limit */
	int nbounds;
	crm_rule_bound *bounds;
	TimestampTz valid_from;
	TimestampTz valid_until; /* or until it was revoked */
} crm_rule_mandate;

typedef struct crm_rule_position
{
	int reports_to;
	bool registered;
	bool may_be_acted_for;
	TimestampTz closed_at;
	TimestampTz created_at;
} crm_rule_position;

typedef struct crm_rule_appointment
{
	int position;
	int person;
	crm_capacity capacity;
	TimestampTz valid_from;
	TimestampTz valid_until;
} crm_rule_appointment;

/* Places in an array by two keys, sorted. */
typedef struct crm_rule_entry
{
	int one;
	int two;
	int place;
} crm_rule_entry;

typedef struct crm_rule_index
{
	int n;
	crm_rule_entry *entries;
} crm_rule_index;

/* Mandates are sorted by their ids. The indexes are made by crm_rule_prepare(). */
typedef struct crm_rule_policy
{
	int nmandates;
	crm_rule_mandate *mandates;
	int npositions;
	crm_rule_position *positions;
	int nappointments;
	crm_rule_appointment *appointments;
	int ndecisions;
	bool *reserved; /* of decisions: nobody passes it on */
	int namounts;
	TimestampTz first_charter; /* before it everything is free; infinity if there is none */

	crm_rule_index authority;   /* by to, decision: charter, hand_over, share */
	crm_rule_index taken;       /* by from, decision: hand_over, joint */
	crm_rule_index joint;       /* by to, decision */
	crm_rule_index ban;         /* by to, decision */
	crm_rule_index consult;     /* by decision */
	crm_rule_index inform;      /* by decision */
	crm_rule_index of_person;   /* appointments by person */
	crm_rule_index of_position; /* appointments by position */
	crm_rule_index below;       /* positions by whom they report to */
} crm_rule_policy;

/* What is asked: a decision (itself, then all above it that are known), a scope, when, how much. */
typedef struct crm_rule_point
{
	int nchain;
	const int *chain;
	bool reserved;
	int nvalues;
	const crm_rule_value *values;
	TimestampTz at;
	int rank; /* up to namounts; namounts + 1: unknown */
} crm_rule_point;

/*
 * The answers hold for all points that differ only in amount and time and lie within these bounds:
 * whatever is compared on the way narrows them.
 */
typedef struct crm_rule_span
{
	int lowest; /* ranks, both included */
	int highest;
	TimestampTz from; /* included */
	TimestampTz until;
} crm_rule_span;

typedef struct crm_rule_hat
{
	int position;
	crm_capacity capacity;
} crm_rule_hat;

typedef struct crm_rule_option
{
	int mandate;
	crm_rule_hat hat;
	int limit; /* the smallest on its path */
	int npath;
	int *path; /* places, charter first */
} crm_rule_option;

typedef struct crm_rule_ruling
{
	crm_verdict verdict;
	int noptions;
	crm_rule_option *options; /* best first; of a refusal the one that comes nearest, or none */
	int barrier;              /* the ban, or the hand-over that stands between */
	int nconsults;
	int *consults;
	int ninforms;
	int *informs;
} crm_rule_ruling;

/* An evaluation at one point; what was found out is kept until the next point. */
typedef struct crm_rule_work
{
	const crm_rule_policy *policy;
	crm_rule_point point;
	crm_rule_span span;
	uint32 round;
	uint32 *rounds; /* of each mandate: when it was judged */
	int *support;   /* and then: its supporter, itself (needs none), or CRM_RULE_NONE */
	int nesting;
} crm_rule_work;

/* Makes the indexes. */
extern void crm_rule_prepare(crm_rule_policy *policy);

extern crm_rule_work *crm_rule_work_make(const crm_rule_policy *policy);

/* Begins at another point. The arrays of the point stay the caller's. */
extern void crm_rule_begin(crm_rule_work *work, const crm_rule_point *point);

extern bool crm_rule_effective(crm_rule_work *work, int mandate);

/* What a position may decide at the point, smallest limit first. Returns how many. */
extern int crm_rule_authority(crm_rule_work *work, crm_rule_hat hat, crm_rule_option **options);

/* Of an effective mandate, with its path and the smallest limit on it. */
extern crm_rule_option crm_rule_option_of(crm_rule_work *work, int mandate, crm_rule_hat hat);

/* Smallest limit first, then the earliest. */
extern void crm_rule_sort_options(int n, crm_rule_option *options);

/* The hand-over that leaves a position nothing of an effective mandate of its own, or none. */
extern int crm_rule_handed_over(crm_rule_work *work, int mandate);

/* The positions of a person at the point's time. Returns how many. */
extern int crm_rule_hats(crm_rule_work *work, int person, crm_rule_hat **hats);

/* Whether nobody is appointed to a position who could act. */
extern bool crm_rule_vacant(crm_rule_work *work, int position);

/* Whether somebody acts in a position, appointed to it or in its vacancy. */
extern bool crm_rule_filled(crm_rule_work *work, int position);

extern crm_rule_ruling crm_rule_ask(crm_rule_work *work, int nhats, const crm_rule_hat *hats);

/* The first entry of an index with these keys, by place; its like follow it. NULL: there is none.
 */
extern const crm_rule_entry *crm_rule_find(const crm_rule_index *index, int one, int two);

/* The first of them whose place is after this one. */
extern const crm_rule_entry *crm_rule_find_after(const crm_rule_index *index, int one, int two,
												 int after);

/* The entry after it with the same keys, or NULL. */
extern const crm_rule_entry *crm_rule_more(const crm_rule_index *index,
										   const crm_rule_entry *entry);

#endif
