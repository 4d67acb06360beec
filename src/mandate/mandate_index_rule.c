/* mandate_index_rule.c - finds the few mandates, appointments and positions that matter, so that a
 * policy may be large. */
#include "postgres.h"

#include "mandate/mandate_rule.h"

typedef bool (*belongs)(const crm_rule_mandate *mandate);

static void index_mandates(const crm_rule_policy *policy, crm_rule_index *index, belongs of,
						   bool by_giver);
static bool is_authority(const crm_rule_mandate *mandate);
static bool takes(const crm_rule_mandate *mandate);
static bool is_joint(const crm_rule_mandate *mandate);
static bool is_ban(const crm_rule_mandate *mandate);
static void index_duties(const crm_rule_policy *policy, crm_rule_index *index,
						 crm_mandate_kind kind);
static void index_appointments(const crm_rule_policy *policy, crm_rule_index *index,
							   bool by_person);
static void index_positions(const crm_rule_policy *policy, crm_rule_index *index);
static void start(crm_rule_index *index, int most);
static void add(crm_rule_index *index, int one, int two, int place);
static void finish(crm_rule_index *index);
static int compare_keys(const crm_rule_entry *entry, int one, int two);
static int compare_entries(const void *a, const void *b);

void
crm_rule_prepare(crm_rule_policy *policy)
{
	index_mandates(policy, &policy->authority, is_authority, false);
	index_mandates(policy, &policy->taken, takes, true);
	index_mandates(policy, &policy->joint, is_joint, false);
	index_mandates(policy, &policy->ban, is_ban, false);
	index_duties(policy, &policy->consult, CRM_CONSULT);
	index_duties(policy, &policy->inform, CRM_INFORM);
	index_appointments(policy, &policy->of_person, true);
	index_appointments(policy, &policy->of_position, false);
	index_positions(policy, &policy->below);
}

const crm_rule_entry *
crm_rule_find(const crm_rule_index *index, int one, int two)
{
	return crm_rule_find_after(index, one, two, CRM_RULE_NONE);
}

const crm_rule_entry *
crm_rule_find_after(const crm_rule_index *index, int one, int two, int after)
{
	crm_rule_entry wanted = {one, two, after + 1};
	int low = 0;
	int high = index->n;

	while (low < high)
	{
		int middle = low + (high - low) / 2;

		if (compare_entries(&index->entries[middle], &wanted) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	if (low < index->n && compare_keys(&index->entries[low], one, two) == 0)
		return &index->entries[low];
	return NULL;
}

const crm_rule_entry *
crm_rule_more(const crm_rule_index *index, const crm_rule_entry *entry)
{
	const crm_rule_entry *next = entry + 1;

	if (next - index->entries < index->n && compare_keys(next, entry->one, entry->two) == 0)
		return next;
	return NULL;
}

static void
index_mandates(const crm_rule_policy *policy, crm_rule_index *index, belongs of, bool by_giver)
{
	start(index, policy->nmandates);
	for (int i = 0; i < policy->nmandates; i++)
	{
		const crm_rule_mandate *mandate = &policy->mandates[i];

		if (of(mandate))
			add(index, by_giver ? mandate->from : mandate->to, mandate->decision, i);
	}
	finish(index);
}

static bool
is_authority(const crm_rule_mandate *mandate)
{
	return mandate->kind == CRM_CHARTER || mandate->kind == CRM_HAND_OVER ||
		   mandate->kind == CRM_SHARE;
}

static bool
takes(const crm_rule_mandate *mandate)
{
	return mandate->kind == CRM_HAND_OVER || mandate->kind == CRM_JOINT;
}

static bool
is_joint(const crm_rule_mandate *mandate)
{
	return mandate->kind == CRM_JOINT;
}

static bool
is_ban(const crm_rule_mandate *mandate)
{
	return mandate->kind == CRM_BAN;
}

static void
index_duties(const crm_rule_policy *policy, crm_rule_index *index, crm_mandate_kind kind)
{
	start(index, policy->nmandates);
	for (int i = 0; i < policy->nmandates; i++)
		if (policy->mandates[i].kind == kind)
			add(index, policy->mandates[i].decision, 0, i);
	finish(index);
}

static void
index_appointments(const crm_rule_policy *policy, crm_rule_index *index, bool by_person)
{
	start(index, policy->nappointments);
	for (int i = 0; i < policy->nappointments; i++)
	{
		const crm_rule_appointment *appointment = &policy->appointments[i];

		add(index, by_person ? appointment->person : appointment->position, 0, i);
	}
	finish(index);
}

static void
index_positions(const crm_rule_policy *policy, crm_rule_index *index)
{
	start(index, policy->npositions);
	for (int i = 0; i < policy->npositions; i++)
		if (policy->positions[i].reports_to != CRM_RULE_NONE)
			add(index, policy->positions[i].reports_to, 0, i);
	finish(index);
}

static void
start(crm_rule_index *index, int most)
{
	index->n = 0;
	index->entries = palloc(Max(most, 1) * sizeof(crm_rule_entry));
}

static void
add(crm_rule_index *index, int one, int two, int place)
{
	index->entries[index->n++] = (crm_rule_entry){one, two, place};
}

static void
finish(crm_rule_index *index)
{
	qsort(index->entries, index->n, sizeof(crm_rule_entry), compare_entries);
}

static int
compare_keys(const crm_rule_entry *entry, int one, int two)
{
	if (entry->one != one)
		return entry->one < one ? -1 : 1;
	if (entry->two != two)
		return entry->two < two ? -1 : 1;
	return 0;
}

static int
compare_entries(const void *a, const void *b)
{
	const crm_rule_entry *left = a;
	const crm_rule_entry *right = b;
	int order = compare_keys(left, right->one, right->two);

	return order != 0 ? order : left->place - right->place;
}
