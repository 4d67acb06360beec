/* mandate_ask_rule.c - whether somebody with these positions may decide, and if not, why. */
#include "postgres.h"

#include <limits.h>

#include "mandate/mandate_rule.h"
#include "mandate/mandate_time_rule.h"

static bool find_ban(crm_rule_work *work, int nhats, const crm_rule_hat *hats,
					 crm_rule_ruling *ruling);
static bool find_authority(crm_rule_work *work, int nhats, const crm_rule_hat *hats,
						   crm_rule_ruling *ruling);
static bool find_signatures(crm_rule_work *work, int nhats, const crm_rule_hat *hats,
							crm_rule_ruling *ruling);
static bool find_smaller(crm_rule_work *work, int nhats, const crm_rule_hat *hats,
						 crm_rule_ruling *ruling);
static bool find_handed_over(crm_rule_work *work, int nhats, const crm_rule_hat *hats,
							 crm_rule_ruling *ruling);
static void find_held(crm_rule_work *work, const crm_rule_index *index, int nhats,
					  const crm_rule_hat *hats, int most, crm_rule_ruling *ruling);
static bool scaled_fits(crm_rule_work *work, int mandate, crm_rule_hat hat);
static void add_options(crm_rule_ruling *ruling, int n, crm_rule_option *options);
static int find_duties(crm_rule_work *work, const crm_rule_index *index, int **duties);
static void drop_own_consults(const crm_rule_work *work, int nhats, const crm_rule_hat *hats,
							  crm_rule_ruling *ruling);
static bool wears(int nhats, const crm_rule_hat *hats, int position);
static int compare_places(const void *a, const void *b);

crm_rule_ruling
crm_rule_ask(crm_rule_work *work, int nhats, const crm_rule_hat *hats)
{
	crm_rule_ruling ruling = {CRM_NO_POSITION};

	ruling.barrier = CRM_RULE_NONE;
	if (find_ban(work, nhats, hats, &ruling))
		return ruling;
	ruling.nconsults = find_duties(work, &work->policy->consult, &ruling.consults);
	ruling.ninforms = find_duties(work, &work->policy->inform, &ruling.informs);
	drop_own_consults(work, nhats, hats, &ruling);
	if (nhats == 0)
		return ruling;
	if (find_authority(work, nhats, hats, &ruling))
		ruling.verdict = ruling.nconsults > 0 ? CRM_CONSULT_FIRST : CRM_ALLOWED;
	else if (!find_signatures(work, nhats, hats, &ruling) &&
			 !find_handed_over(work, nhats, hats, &ruling))
		ruling.verdict = CRM_NO_MANDATE;
	if (ruling.verdict == CRM_NO_MANDATE || ruling.verdict == CRM_HANDED_OVER)
		find_smaller(work, nhats, hats, &ruling);
	return ruling;
}

static bool
find_ban(crm_rule_work *work, int nhats, const crm_rule_hat *hats, crm_rule_ruling *ruling)
{
	const crm_rule_index *index = &work->policy->ban;

	for (int i = 0; i < nhats; i++)
		for (int j = 0; j < work->point.nchain; j++)
		{
			const crm_rule_entry *entry =
				crm_rule_find(index, hats[i].position, work->point.chain[j]);

			for (; entry != NULL; entry = crm_rule_more(index, entry))
			{
				if (!crm_rule_effective(work, entry->place))
					continue;
				ruling->verdict = CRM_BANNED;
				ruling->barrier = entry->place;
				return true;
			}
		}
	return false;
}

static bool
find_authority(crm_rule_work *work, int nhats, const crm_rule_hat *hats, crm_rule_ruling *ruling)
{
	for (int i = 0; i < nhats; i++)
	{
		crm_rule_option *options;
		int n = crm_rule_authority(work, hats[i], &options);

		add_options(ruling, n, options);
	}
	crm_rule_sort_options(ruling->noptions, ruling->options);
	return ruling->noptions > 0;
}

static bool
find_signatures(crm_rule_work *work, int nhats, const crm_rule_hat *hats, crm_rule_ruling *ruling)
{
	find_held(work, &work->policy->joint, nhats, hats, INT_MAX, ruling);
	crm_rule_sort_options(ruling->noptions, ruling->options);
	if (ruling->noptions > 0)
		ruling->verdict = CRM_SIGNATURES;
	return ruling->noptions > 0;
}

static bool
find_handed_over(crm_rule_work *work, int nhats, const crm_rule_hat *hats, crm_rule_ruling *ruling)
{
	find_held(work, &work->policy->authority, nhats, hats, 1, ruling);
	if (ruling->noptions == 0)
		return false;
	ruling->verdict = CRM_HANDED_OVER;
	ruling->barrier = crm_rule_handed_over(work, ruling->options[0].mandate);
	return true;
}

/* Adds what the hats hold of this index, has effect and is large enough, until there are so many.
 */
static void
find_held(crm_rule_work *work, const crm_rule_index *index, int nhats, const crm_rule_hat *hats,
		  int most, crm_rule_ruling *ruling)
{
	for (int i = 0; i < nhats; i++)
		for (int j = 0; j < work->point.nchain; j++)
		{
			const crm_rule_entry *entry =
				crm_rule_find(index, hats[i].position, work->point.chain[j]);

			for (; entry != NULL; entry = crm_rule_more(index, entry))
			{
				crm_rule_option option;

				if (!crm_rule_effective(work, entry->place) ||
					!scaled_fits(work, entry->place, hats[i]))
					continue;
				option = crm_rule_option_of(work, entry->place, hats[i]);
				add_options(ruling, 1, &option);
				if (ruling->noptions == most)
					return;
			}
		}
}

/*
 * Looks down the amounts, from one where an answer changes to the next, for the largest that would
 * be allowed. What it sees on the way changes with time as any other answer, with the amount not.
 */
static bool
find_smaller(crm_rule_work *work, int nhats, const crm_rule_hat *hats, crm_rule_ruling *ruling)
{
	crm_rule_ruling smaller = {CRM_OVER_LIMIT};
	crm_rule_point asked = work->point;
	crm_rule_span span = work->span;
	bool found = false;

	smaller.barrier = CRM_RULE_NONE;
	while (!found && work->span.lowest > 0)
	{
		crm_rule_point lower = asked;
		crm_rule_span before = work->span;

		lower.rank = before.lowest - 1;
		crm_rule_begin(work, &lower);
		work->span.from = before.from;
		work->span.until = before.until;
		found = find_authority(work, nhats, hats, &smaller);
	}
	if (found)
	{
		for (int i = 0; i < smaller.noptions; i++)
			smaller.options[i].limit = work->point.rank;
		if (asked.rank > work->policy->namounts)
			smaller.verdict = CRM_UNKNOWN_AMOUNT;
		smaller.nconsults = ruling->nconsults;
		smaller.consults = ruling->consults;
		smaller.ninforms = ruling->ninforms;
		smaller.informs = ruling->informs;
		*ruling = smaller;
	}
	span.from = work->span.from;
	span.until = work->span.until;
	crm_rule_begin(work, &asked);
	work->span = span;
	return found;
}

static bool
scaled_fits(crm_rule_work *work, int mandate, crm_rule_hat hat)
{
	return hat.capacity != CRM_ACTING ||
		   crm_rule_within(work, work->policy->mandates[mandate].acting_limit);
}

static void
add_options(crm_rule_ruling *ruling, int n, crm_rule_option *options)
{
	if (n == 0)
		return;
	if (ruling->noptions == 0)
		ruling->options = palloc(n * sizeof(crm_rule_option));
	else
		ruling->options =
			repalloc(ruling->options, (ruling->noptions + n) * sizeof(crm_rule_option));
	memcpy(ruling->options + ruling->noptions, options, n * sizeof(crm_rule_option));
	ruling->noptions += n;
}

static int
find_duties(crm_rule_work *work, const crm_rule_index *index, int **duties)
{
	int n = 0;
	int most = 0;

	*duties = NULL;
	for (int i = 0; i < work->point.nchain; i++)
	{
		const crm_rule_entry *entry = crm_rule_find(index, work->point.chain[i], 0);

		for (; entry != NULL; entry = crm_rule_more(index, entry))
		{
			if (!crm_rule_effective(work, entry->place))
				continue;
			if (n == most)
			{
				most = Max(4, 2 * most);
				*duties = *duties == NULL ? palloc(most * sizeof(int))
										  : repalloc(*duties, most * sizeof(int));
			}
			(*duties)[n++] = entry->place;
		}
	}
	if (n > 1)
		qsort(*duties, n, sizeof(int), compare_places);
	return n;
}

/* Nobody is asked twice, and nobody has to ask himself. */
static void
drop_own_consults(const crm_rule_work *work, int nhats, const crm_rule_hat *hats,
				  crm_rule_ruling *ruling)
{
	const crm_rule_mandate *mandates = work->policy->mandates;
	int n = 0;

	for (int i = 0; i < ruling->nconsults; i++)
	{
		int position = mandates[ruling->consults[i]].to;
		bool needed = !wears(nhats, hats, position);

		for (int j = 0; j < n && needed; j++)
			needed = mandates[ruling->consults[j]].to != position;
		if (needed)
			ruling->consults[n++] = ruling->consults[i];
	}
	ruling->nconsults = n;
}

static bool
wears(int nhats, const crm_rule_hat *hats, int position)
{
	for (int i = 0; i < nhats; i++)
		if (hats[i].position == position)
			return true;
	return false;
}

static int
compare_places(const void *a, const void *b)
{
	return *(const int *) a - *(const int *) b;
}
