/* request_ladder.c - who may answer a request, and to whom it goes, rung by rung.
 *
 * The least privileged position that may goes first, of equals one's own superior; nobody alone: a
 * joint mandate that finds enough persons, the requester's own before others. Last comes who stands
 * above all, who can at least see to it that somebody may; not if nobody does.
 *
 * Computed from the policy in memory: whoever opens an inbox asks this of each request that is
 * overdue.
 */
#include "postgres.h"

#include "fmgr.h"
#include "funcapi.h"
#include "utils/builtins.h"
#include "utils/inval.h"
#include "utils/timestamp.h"

#include "base/amount.h"
#include "mandate/mandate_who.h"
#include "request/money.h"
#include "request/request.h"
#include "request/request_private.h"

PG_FUNCTION_INFO_V1(crm_ladder);

typedef struct stop
{
	const char *position;
	int32 joint_id; /* 0: may alone */
	int quorum;
	bool has_money;
	Numeric limit; /* the smallest; NULL: none */
	bool last;     /* gave the mandate, may not itself */
	crm_standing standing;
} stop;

typedef struct ladder
{
	crm_asked asked;
	int nable;
	crm_taker *able;
	int32 joint_id; /* under which they sign together; 0: none */
	int n;
	stop *stops;
} ladder;

static void add_alone(ladder *one);
static void add_jointly(ladder *one);
static int32 quorate_joint(const ladder *one, int32 *own, int nown);
static int own_joints(const ladder *one, int32 **joints);
static int count_signers(const ladder *one, int32 joint_id);
static bool is_own(int32 joint_id, const int32 *own, int nown);
static void add_givers(ladder *one);
static bool is_on(const ladder *one, const char *position);
static stop *find_stop(ladder *one, const char *position, int32 joint_id);
static stop *add_stop(ladder *one, const char *position);
static bool money_is_left(const ladder *one, const crm_taker *taker);
static int compare_stops(const void *a, const void *b);
static int compare_limits(Numeric a, Numeric b);
static void put_stops(ladder *one, ReturnSetInfo *result);

Datum
crm_ladder(PG_FUNCTION_ARGS)
{
	ladder one = {crm_request_asked(fcinfo)};

	InitMaterializedSRF(fcinfo, 0);
	AcceptInvalidationMessages();
	one.nable = crm_who_answer(&one.asked, NULL, &one.able);
	one.stops = palloc((2 * one.nable + 1) * sizeof(stop));
	add_alone(&one);
	add_jointly(&one);
	if (one.n > 0)
		add_givers(&one);
	put_stops(&one, (ReturnSetInfo *) fcinfo->resultinfo);
	return (Datum) 0;
}

/* The money is looked for until one of a position has it: a window is read from the journal. */
static void
add_alone(ladder *one)
{
	for (int i = 0; i < one->nable; i++)
	{
		const crm_ruling *ruling = one->able[i].ruling;
		stop *found;

		if (ruling->joint_id != 0)
			continue;
		found = find_stop(one, ruling->position, 0);
		if (found == NULL)
		{
			found = add_stop(one, ruling->position);
			found->limit = ruling->limit;
		}
		else if (compare_limits(ruling->limit, found->limit) < 0)
			found->limit = ruling->limit;
		found->has_money = found->has_money || money_is_left(one, &one->able[i]);
	}
}

static void
add_jointly(ladder *one)
{
	int32 *own;
	int nown;

	for (int i = 0; i < one->n; i++)
		if (one->stops[i].has_money)
			return;
	nown = own_joints(one, &own);
	one->joint_id = quorate_joint(one, own, nown);
	for (int i = 0; one->joint_id != 0 && i < one->nable; i++)
	{
		const crm_ruling *ruling = one->able[i].ruling;
		stop *found;

		if (ruling->joint_id != one->joint_id ||
			find_stop(one, ruling->position, one->joint_id) != NULL)
			continue;
		found = add_stop(one, ruling->position);
		found->joint_id = one->joint_id;
		found->quorum = ruling->quorum;
	}
}

/* 0: none finds enough persons. */
static int32
quorate_joint(const ladder *one, int32 *own, int nown)
{
	int32 best = 0;

	for (int i = 0; i < one->nable; i++)
	{
		int32 joint_id = one->able[i].ruling->joint_id;
		bool is_mine = is_own(joint_id, own, nown);

		if (joint_id == 0 || joint_id == best ||
			count_signers(one, joint_id) + (is_mine ? 1 : 0) < one->able[i].ruling->quorum)
			continue;
		if (best == 0 || (is_mine != is_own(best, own, nown) ? is_mine : joint_id < best))
			best = joint_id;
	}
	return best;
}

/* Those that the requester himself may sign. */
static int
own_joints(const ladder *one, int32 **joints)
{
	const crm_ruling *ruling = crm_ruling_of(&one->asked);
	int most = 0;
	int n = 0;

	for (const crm_ruling *each = ruling; each != NULL; each = each->next)
		most++;
	*joints = palloc(most * sizeof(int32));
	if (ruling->verdict != CRM_SIGNATURES)
		return 0;
	for (; ruling != NULL; ruling = ruling->next)
		if (crm_may_answer_as(ruling->capacity))
			(*joints)[n++] = ruling->joint_id;
	return n;
}

/* They come by person. */
static int
count_signers(const ladder *one, int32 joint_id)
{
	const char *before = NULL;
	int n = 0;

	for (int i = 0; i < one->nable; i++)
	{
		if (one->able[i].ruling->joint_id != joint_id || one->able[i].person == before)
			continue;
		before = one->able[i].person;
		n++;
	}
	return n;
}

static bool
is_own(int32 joint_id, const int32 *own, int nown)
{
	for (int i = 0; i < nown; i++)
		if (own[i] == joint_id)
			return true;
	return false;
}

/* All of them have their mandates from one charter or a few. */
static void
add_givers(ladder *one)
{
	int32 seen = 0;

	for (int i = 0; i < one->nable; i++)
	{
		int32 charter = one->able[i].ruling->path[0];
		const char *giver = charter == seen ? NULL : crm_giver_of(charter);

		seen = charter;
		if (giver == NULL || is_on(one, giver) || !crm_standing_of(&one->asked, giver).filled)
			continue;
		*add_stop(one, giver) = (stop){giver, .has_money = true, .last = true};
	}
}

static bool
is_on(const ladder *one, const char *position)
{
	for (int i = 0; i < one->n; i++)
		if (strcmp(one->stops[i].position, position) == 0)
			return true;
	return false;
}

/* Names of rulings that were given together are the same where they are equal. */
static stop *
find_stop(ladder *one, const char *position, int32 joint_id)
{
	for (int i = 0; i < one->n; i++)
		if (one->stops[i].position == position && one->stops[i].joint_id == joint_id)
			return &one->stops[i];
	return NULL;
}

static stop *
add_stop(ladder *one, const char *position)
{
	one->stops[one->n] = (stop){position};
	return &one->stops[one->n++];
}

static bool
money_is_left(const ladder *one, const crm_taker *taker)
{
	crm_spending spending = {taker->person, one->asked.customer_id, one->asked.amount};
	crm_shortfall shortfall = {0};

	return crm_money_is_left(taker->ruling, &spending, &shortfall);
}

/* Those who sign together stand on one rung, the first. */
static int
compare_stops(const void *a, const void *b)
{
	const stop *left = a;
	const stop *right = b;
	int by_limit = compare_limits(left->limit, right->limit);

	if ((left->joint_id != 0) != (right->joint_id != 0))
		return left->joint_id != 0 ? -1 : 1;
	if (left->joint_id != 0)
		return strcmp(left->position, right->position);
	if (left->last != right->last)
		return right->last ? -1 : 1;
	if (left->has_money != right->has_money)
		return left->has_money ? -1 : 1;
	if (by_limit != 0)
		return by_limit;
	if (left->standing.above != right->standing.above)
		return left->standing.above ? -1 : 1;
	if (left->standing.height != right->standing.height)
		return left->standing.height > right->standing.height ? -1 : 1;
	return strcmp(left->position, right->position);
}

/* No limit is the largest. */
static int
compare_limits(Numeric a, Numeric b)
{
	if (a == NULL || b == NULL)
		return (a == NULL) - (b == NULL);
	return crm_amount_compare(a, b);
}

static void
put_stops(ladder *one, ReturnSetInfo *result)
{
	int rung = 0;

	for (int i = 0; i < one->n; i++)
		one->stops[i].standing = crm_standing_of(&one->asked, one->stops[i].position);
	qsort(one->stops, one->n, sizeof(stop), compare_stops);
	for (int i = 0; i < one->n; i++)
	{
		const stop *here = &one->stops[i];
		bool alone = here->joint_id == 0;
		Datum values[4];
		bool nulls[4] = {false, false, alone, alone};

		if (alone || i == 0)
			rung++;
		values[0] = Int32GetDatum(rung);
		values[1] = CStringGetTextDatum(here->position);
		values[2] = Int32GetDatum(here->joint_id);
		values[3] = Int32GetDatum(here->quorum);
		tuplestore_putvalues(result->setResult, result->setDesc, values, nulls);
	}
}
