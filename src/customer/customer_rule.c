/* customer_rule.c - survivorship: decides which asserted values make the golden record.
 *
 * Everything here is a function of the records' values, never of the order in which they came: the
 * last word has the hash of source and key. The lineage runs the same code at read, so that it can
 * never tell another story than the golden record.
 */
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "customer/customer_rule.h"

static const crm_witness *
witness_of(const crm_candidate *candidate)
{
	return &candidate->judged_in->records[candidate->lead->record];
}

/* What the source is trusted with for this attribute alone, or a negative number. */
static double
own_trust_of(const crm_candidate *candidate)
{
	const double *own = witness_of(candidate)->own_trust;
	int attribute = candidate->lead->attribute;

	return own == NULL ? -1 : own[attribute < CRM_COLUMNS ? crm_lead_of(attribute) : attribute];
}

static double
trust_of(const crm_candidate *candidate)
{
	double own = own_trust_of(candidate);

	return own >= 0 ? own : witness_of(candidate)->trust;
}

static int
compare_parts(const crm_candidate *a, const crm_candidate *b)
{
	for (size_t i = 0; i < sizeof(a->parts) / sizeof(a->parts[0]); i++)
	{
		int order = strcmp(a->parts[i] ? a->parts[i] : "", b->parts[i] ? b->parts[i] : "");

		if (order != 0)
			return order;
	}
	return 0;
}

/* Negative: a is better. Bigger is better in each criterion. */
static int
compare_by(crm_criterion criterion, const crm_candidate *a, const crm_candidate *b)
{
	const crm_witness *wa = witness_of(a);
	const crm_witness *wb = witness_of(b);

	switch (criterion)
	{
		case CRM_BY_TRUST:
			return (trust_of(a) < trust_of(b)) - (trust_of(a) > trust_of(b));
		case CRM_BY_RECENCY:
			return (wa->changed_at < wb->changed_at) - (wa->changed_at > wb->changed_at);
		case CRM_BY_FREQUENCY:
			return b->frequency - a->frequency;
		case CRM_BY_COMPLETENESS:
			return b->filled != a->filled ? b->filled - a->filled : b->length - a->length;
		case CRM_CRITERIA:
			break;
	}
	return 0;
}

/* Total order, best first; tells which criterion decided. */
static int
compare_candidates(const crm_candidate *a, const crm_candidate *b, crm_reason *reason)
{
	const crm_witness *wa = witness_of(a);
	const crm_witness *wb = witness_of(b);
	int order;

	*reason = CRM_REASON_COMPLETENESS;
	if (a->whole != b->whole)
		return a->whole ? -1 : 1;
	for (int i = 0; i < a->policy->ncriteria; i++)
		if ((order = compare_by(a->policy->criteria[i], a, b)) != 0)
		{
			*reason = (crm_reason) a->policy->criteria[i];
			if (*reason == CRM_REASON_TRUST && (own_trust_of(a) >= 0 || own_trust_of(b) >= 0))
				*reason = CRM_REASON_OWN_TRUST;
			return order;
		}
	*reason = CRM_REASON_FURTHER;
	if (a->lead->record == b->lead->record)
		return a->place - b->place;
	*reason = CRM_REASON_TIE;
	if (wa->tie != wb->tie)
		return wa->tie < wb->tie ? -1 : 1;
	if ((order = strcmp(a->lead->text, b->lead->text)) != 0)
		return order;
	return (wa->record_id > wb->record_id) - (wa->record_id < wb->record_id);
}

static int
by_value(const void *a, const void *b)
{
	const crm_candidate *ca = a;
	const crm_candidate *cb = b;
	int order = compare_parts(ca, cb);

	return order != 0 ? order : ca->lead->record - cb->lead->record;
}

static int
by_worth(const void *a, const void *b)
{
	crm_reason reason;

	return compare_candidates(a, b, &reason);
}

/* How many records say it; a record that says it twice counts once. Leaves them sorted by value. */
static void
count_frequencies(crm_candidate *candidates, int n)
{
	int end;

	qsort(candidates, n, sizeof(*candidates), by_value);
	for (int start = 0; start < n; start = end)
	{
		int records = 1;

		for (end = start + 1; end < n && compare_parts(&candidates[start], &candidates[end]) == 0;
			 end++)
			if (candidates[end].lead->record != candidates[end - 1].lead->record)
				records++;
		for (int i = start; i < end; i++)
			candidates[i].frequency = records;
	}
}

/* Best first; the winner's reason is how it beat the best other value. */
static crm_reason
judge(crm_candidate *candidates, int n)
{
	crm_reason reason = CRM_REASON_ONLY;

	count_frequencies(candidates, n);
	qsort(candidates, n, sizeof(*candidates), by_worth);
	for (int i = 1; i < n; i++)
	{
		if (compare_parts(&candidates[0], &candidates[i]) != 0)
		{
			compare_candidates(&candidates[0], &candidates[i], &reason);
			return reason;
		}
		if (candidates[i].lead->record != candidates[0].lead->record)
			reason = CRM_REASON_SAME;
	}
	return reason;
}

static crm_reason
reason_to_lose(const crm_candidate *winner, const crm_candidate *loser)
{
	crm_reason reason;

	if (compare_parts(winner, loser) == 0)
		return CRM_REASON_SAME;
	compare_candidates(winner, loser, &reason);
	return reason;
}

static crm_candidate *
add_candidate(crm_case *c, int *n, int i)
{
	crm_candidate *candidate = &c->scratch[(*n)++];
	const crm_claim *claim = &c->claims[i];

	memset(candidate, 0, sizeof(*candidate));
	candidate->judged_in = c;
	candidate->policy = &c->policies[claim->attribute];
	candidate->lead = claim;
	candidate->place = i;
	return candidate;
}

/* A number that could not be read and the date that forms send for an unknown one are a last
 * resort. */
static bool
is_whole_value(crm_attribute_kind kind, const char *text)
{
	if (kind == CRM_KIND_PHONE)
		return text[0] == '+';
	if (kind == CRM_KIND_DATE)
		return strcmp(text, "1900-01-01") != 0 && strcmp(text, "1970-01-01") != 0;
	return true;
}

/* An attribute that stands alone: every value is a candidate. */
static void
survive_alone(crm_case *c, int attribute)
{
	int n = 0;
	crm_reason reason;

	for (int i = 0; i < c->nclaims; i++)
	{
		crm_candidate *candidate;

		if (c->claims[i].attribute != attribute || !c->claims[i].valid)
			continue;
		candidate = add_candidate(c, &n, i);
		candidate->parts[0] = c->claims[i].folded;
		candidate->filled = 1;
		candidate->length = strlen(c->claims[i].folded);
		candidate->whole = is_whole_value(candidate->policy->kind, c->claims[i].text);
	}
	if (n == 0)
		return;
	reason = judge(c->scratch, n);
	for (int i = 0; i < n; i++)
	{
		crm_claim *claim = &c->claims[c->scratch[i].lead - c->claims];

		claim->rank = i;
		claim->wins = i == 0;
		claim->reason = i == 0 ? reason : reason_to_lose(&c->scratch[0], &c->scratch[i]);
	}
}

/* Two words of two letters at least: "J Smith" is not a whole name. */
static bool
is_whole_name(const char *folded)
{
	int words = 0;
	int letters = 0;

	for (const char *s = folded;; s++)
	{
		if (*s != ' ' && *s != '\0')
		{
			letters++;
			continue;
		}
		words += letters >= 2;
		letters = 0;
		if (*s == '\0')
			return words >= 2;
	}
}

/*
 * A candidate's next part. Of an address more parts are more complete; of a name more letters are,
 * and its parts only tell writings of equal length apart.
 */
static void
add_part(crm_candidate *candidate, const crm_claim *claim)
{
	int length = strlen(claim->folded);

	if (claim->attribute <= CRM_FAMILY_NAME)
	{
		candidate->filled = 1;
		candidate->length += claim->attribute == CRM_NAME ? 4 * length : 1;
	}
	else
	{
		candidate->filled++;
		candidate->length += length;
	}
	if (claim->attribute == CRM_NAME)
	{
		candidate->parts[0] = claim->folded;
		candidate->whole = is_whole_name(claim->folded);
	}
	else if (claim->attribute >= CRM_STREET && claim->attribute <= CRM_COUNTRY)
	{
		candidate->parts[claim->attribute - CRM_STREET] = claim->folded;
		candidate->whole = candidate->parts[0] && (candidate->parts[1] || candidate->parts[2]);
	}
}

static bool
in_group(const crm_case *c, const crm_claim *claim, crm_group group)
{
	return claim->valid && c->policies[claim->attribute].group == group;
}

/* Only a record's first value of an attribute takes part; the others are kept in the lineage. */
static bool
is_further(const crm_case *c, int i)
{
	for (int j = i - 1; j >= 0 && c->claims[j].record == c->claims[i].record; j--)
		if (c->claims[j].attribute == c->claims[i].attribute && c->claims[j].valid)
			return true;
	return false;
}

static void
survive_together(crm_case *c, crm_group group)
{
	int n = 0;
	crm_reason reason;

	for (int i = 0; i < c->nclaims; i++)
	{
		crm_claim *claim = &c->claims[i];

		if (!in_group(c, claim, group))
			continue;
		claim->reason = CRM_REASON_FURTHER;
		if (is_further(c, i))
			continue;
		if (n == 0 || c->scratch[n - 1].lead->record != claim->record)
			add_candidate(c, &n, i);
		add_part(&c->scratch[n - 1], claim);
	}
	if (n == 0)
		return;
	reason = judge(c->scratch, n);
	for (int i = 0; i < n; i++)
	{
		int record = c->scratch[i].lead->record;
		crm_reason lost = reason_to_lose(&c->scratch[0], &c->scratch[i]);

		for (int j = c->scratch[i].lead - c->claims;
			 j < c->nclaims && c->claims[j].record == record; j++)
			if (in_group(c, &c->claims[j], group) && !is_further(c, j))
			{
				c->claims[j].wins = i == 0;
				c->claims[j].reason = i == 0 ? reason : lost;
			}
	}
}

static char
kind_of(const crm_case *c)
{
	const crm_witness *first = &c->records[0];
	int balance = 0;

	for (int i = 0; i < c->nrecords; i++)
	{
		balance += c->records[i].kind == 'o' ? 1 : -1;
		if (c->records[i].tie < first->tie)
			first = &c->records[i];
	}
	if (balance == 0)
		return first->kind;
	return balance > 0 ? 'o' : 'p';
}

static int
winner_of(const crm_case *c, int attribute)
{
	for (int i = 0; i < c->nclaims; i++)
		if (c->claims[i].attribute == attribute && c->claims[i].wins)
			return i;
	return -1;
}

/* An organization is called by its organization, and so is a person who has no other name. */
static void
name_by_organization(crm_case *c, char kind)
{
	int organization = winner_of(c, CRM_ORGANIZATION);
	crm_claim *name;

	if (organization < 0 || (kind == 'p' && winner_of(c, CRM_NAME) >= 0))
		return;
	for (int i = 0; i < c->nclaims; i++)
		if (c->claims[i].attribute == CRM_NAME && c->claims[i].valid)
		{
			c->claims[i].wins = false;
			c->claims[i].reason = CRM_REASON_ORGANIZATION;
		}
	name = &c->claims[c->nclaims++];
	*name = c->claims[organization];
	name->attribute = CRM_NAME;
}

char
crm_survive(crm_case *c)
{
	char kind = kind_of(c);

	for (int i = 0; i < c->nclaims; i++)
	{
		c->claims[i].wins = false;
		c->claims[i].rank = -1;
		c->claims[i].reason = CRM_REASON_INVALID;
	}
	for (int i = 0; i < c->npolicies; i++)
		if (c->policies[i].group == CRM_GROUP_NONE)
			survive_alone(c, i);
	survive_together(c, CRM_GROUP_NAME);
	survive_together(c, CRM_GROUP_ADDRESS);
	name_by_organization(c, kind);
	return kind;
}
