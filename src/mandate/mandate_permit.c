/* mandate_permit.c - what a person may in one decision and scope, as a function of the amount.
 *
 * A permit is pieces: a ruling, and the amounts and the time for which it holds. They are found
 * when they are first asked for, so a permit costs what is used of it, and a row costs two
 * comparisons, however many mandates there are. Time limits take effect by themselves: a piece is
 * good until the next moment at which something that it rests on begins or ends.
 */
#include "postgres.h"

#include "common/hashfn.h"
#include "utils/memutils.h"

#include "base/amount.h"
#include "mandate/mandate.h"
#include "mandate/mandate_policy.h"

#define BUCKETS 1024

/* A statement may act for as many persons and in as many scopes as it likes. */
#define MOST_PERMITS 10000

/* Amounts above one and up to another; NULL: without bound. */
typedef struct piece
{
	Numeric above;
	Numeric up_to;
	bool has_keys; /* the bounds as numbers; without a bound the farthest there is */
	int64 above_key;
	int64 up_to_key;
	TimestampTz from;
	TimestampTz until;
	const crm_ruling *ruling;
} piece;

struct crm_permit
{
	crm_policy *policy;
	MemoryContext context;
	uint32 hash;
	struct crm_permit *next; /* in its bucket */
	const char *person;
	const char *decision;
	int nscope;
	const crm_scope_value *scope;
	int who;
	crm_rule_point point;
	int npieces;
	int most_pieces;
	int last;
	piece *pieces;
	piece unknown; /* amount; no ruling: not asked for yet */
};

static uint32 hash_of(const char *person, const char *decision, const crm_scope_value *scope,
					  int nscope);
static bool is_for(const crm_permit *permit, const char *person, const char *decision,
				   const crm_scope_value *scope, int nscope);
static bool same_text(const char *a, const char *b);
static crm_permit *make_permit(crm_policy *policy, const char *person, const char *decision,
							   const crm_scope_value *scope, int nscope);
static inline bool holds(const piece *one, Numeric amount, TimestampTz now);
static void add_keys(piece *one);
static const crm_ruling *look_further(crm_permit *permit, Numeric amount, TimestampTz now);
static piece judge(crm_permit *permit, Numeric amount, TimestampTz now);
static void keep_piece(crm_permit *permit, const piece *one);

const crm_permit *
crm_permit_of(const char *person, const char *decision, const crm_scope_value *scope, int nscope)
{
	crm_policy *policy = crm_policy_now();
	uint32 hash = hash_of(person, decision, scope, nscope);
	crm_permit *permit;

	if (policy->npermits >= MOST_PERMITS)
		crm_policy_forget_permits(policy);
	if (policy->permits == NULL)
	{
		policy->permit_context =
			AllocSetContextCreate(policy->context, "crm permits", ALLOCSET_DEFAULT_SIZES);
		policy->permits =
			MemoryContextAllocZero(policy->permit_context, BUCKETS * sizeof(crm_permit *));
	}
	for (permit = policy->permits[hash % BUCKETS]; permit != NULL; permit = permit->next)
		if (permit->hash == hash && is_for(permit, person, decision, scope, nscope))
			return permit;
	permit = make_permit(policy, person, decision, scope, nscope);
	permit->hash = hash;
	permit->next = policy->permits[hash % BUCKETS];
	policy->permits[hash % BUCKETS] = permit;
	policy->npermits++;
	return permit;
}

const crm_ruling *
crm_permit_ruling(const crm_permit *permit, Numeric amount, TimestampTz now)
{
	if (amount == NULL)
	{
		if (permit->unknown.ruling != NULL && now >= permit->unknown.from &&
			now < permit->unknown.until)
			return permit->unknown.ruling;
	}
	else if (permit->npieces > 0 && holds(&permit->pieces[permit->last], amount, now))
		return permit->pieces[permit->last].ruling;
	return look_further((crm_permit *) permit, amount, now);
}

static uint32
hash_of(const char *person, const char *decision, const crm_scope_value *scope, int nscope)
{
	uint32 hash = hash_bytes((const unsigned char *) person, strlen(person));

	hash = hash_combine(hash, hash_bytes((const unsigned char *) decision, strlen(decision)));
	for (int i = 0; i < nscope; i++)
		if (scope[i].value != NULL)
			hash = hash_combine(
				hash, hash_bytes((const unsigned char *) scope[i].value, strlen(scope[i].value)));
	return hash;
}

static bool
is_for(const crm_permit *permit, const char *person, const char *decision,
	   const crm_scope_value *scope, int nscope)
{
	if (permit->nscope != nscope || strcmp(permit->person, person) != 0 ||
		strcmp(permit->decision, decision) != 0)
		return false;
	for (int i = 0; i < nscope; i++)
		if (!same_text(permit->scope[i].dimension, scope[i].dimension) ||
			!same_text(permit->scope[i].value, scope[i].value))
			return false;
	return true;
}

static bool
same_text(const char *a, const char *b)
{
	return a == NULL || b == NULL ? a == b : strcmp(a, b) == 0;
}

static crm_permit *
make_permit(crm_policy *policy, const char *person, const char *decision,
			const crm_scope_value *scope, int nscope)
{
	MemoryContext old = MemoryContextSwitchTo(policy->permit_context);
	crm_permit *permit = palloc0(sizeof(crm_permit));
	crm_scope_value *copy = palloc0(Max(nscope, 1) * sizeof(crm_scope_value));

	permit->policy = policy;
	permit->context = policy->permit_context;
	permit->person = pstrdup(person);
	permit->decision = pstrdup(decision);
	permit->who = crm_policy_find(&policy->persons, person);
	permit->point = crm_policy_point_of(policy, decision, scope, nscope);
	for (int i = 0; i < nscope; i++)
	{
		copy[i].dimension = permit->point.values[i].dimension;
		copy[i].value = permit->point.values[i].value;
	}
	permit->nscope = nscope;
	permit->scope = copy;
	MemoryContextSwitchTo(old);
	return permit;
}

static inline bool
holds(const piece *one, Numeric amount, TimestampTz now)
{
	int64 key;

	if (now < one->from || now >= one->until)
		return false;
	if (one->has_keys && crm_amount_key(amount, &key))
		return key > one->above_key && key <= one->up_to_key;
	return (one->up_to == NULL || crm_amount_compare(amount, one->up_to) <= 0) &&
		   (one->above == NULL || crm_amount_compare(amount, one->above) > 0);
}

static void
add_keys(piece *one)
{
	one->above_key = PG_INT64_MIN;
	one->up_to_key = PG_INT64_MAX;
	one->has_keys = (one->above == NULL || crm_amount_key(one->above, &one->above_key)) &&
					(one->up_to == NULL || crm_amount_key(one->up_to, &one->up_to_key));
}

static const crm_ruling *
look_further(crm_permit *permit, Numeric amount, TimestampTz now)
{
	piece found;

	for (int i = 0; i < permit->npieces && amount != NULL; i++)
		if (holds(&permit->pieces[i], amount, now))
		{
			permit->last = i;
			return permit->pieces[i].ruling;
		}
	found = judge(permit, amount, now);
	if (amount == NULL)
		permit->unknown = found;
	else
		keep_piece(permit, &found);
	return found.ruling;
}

static piece
judge(crm_permit *permit, Numeric amount, TimestampTz now)
{
	crm_policy *policy = permit->policy;
	MemoryContext old = MemoryContextSwitchTo(permit->context);
	piece found = {.from = DT_NOBEGIN, .until = policy->rule.first_charter};

	if (now < policy->rule.first_charter)
		found.ruling = crm_policy_free_ruling();
	else
	{
		crm_rule_span span;

		found.ruling = crm_policy_judge(policy, permit->who, &permit->point, amount, now, &span);
		found.from = Max(span.from, policy->rule.first_charter);
		found.until = span.until;
		if (span.lowest > 0)
			found.above = policy->amounts[span.lowest - 1];
		if (span.highest < policy->rule.namounts)
			found.up_to = policy->amounts[span.highest];
	}
	add_keys(&found);
	MemoryContextSwitchTo(old);
	return found;
}

/* In the place of one whose time is over, if there is one. */
static void
keep_piece(crm_permit *permit, const piece *one)
{
	int place = 0;

	while (place < permit->npieces && permit->pieces[place].until > one->from)
		place++;
	if (place == permit->most_pieces)
	{
		int most = Max(4, 2 * permit->most_pieces);
		piece *pieces = MemoryContextAlloc(permit->context, most * sizeof(piece));

		if (permit->npieces > 0)
			memcpy(pieces, permit->pieces, permit->npieces * sizeof(piece));
		permit->pieces = pieces;
		permit->most_pieces = most;
	}
	if (place == permit->npieces)
		permit->npieces++;
	permit->pieces[place] = *one;
	permit->last = place;
}
