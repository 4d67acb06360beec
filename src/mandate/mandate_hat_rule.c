/* mandate_hat_rule.c - the positions that a person may act for at a time.
 *
 * A vacant position that may be acted for goes to the holder of the nearest position above it that
 * is not vacant. A closed position counts as vacant: nobody acts in it, what is below looks
 * further up.
 */
#include "postgres.h"

#include "mandate/mandate_rule.h"
#include "mandate/mandate_time_rule.h"

typedef struct hat_list
{
	int n;
	int most;
	crm_rule_hat *hats;
} hat_list;

/* A reporting line that runs in a circle must not run for ever. */
#define MOST_STEPS 1000

static bool has_holder(crm_rule_work *work, int position);
static void add_appointed(crm_rule_work *work, int person, hat_list *list);
static void add_acting(crm_rule_work *work, int position, hat_list *list, int steps);
static void put(hat_list *list, int position, crm_capacity capacity);
static bool is_open(crm_rule_work *work, int position);
static bool is_active(crm_rule_work *work, const crm_rule_appointment *appointment);

int
crm_rule_hats(crm_rule_work *work, int person, crm_rule_hat **hats)
{
	hat_list list = {0};
	int appointed;

	if (person != CRM_RULE_NONE)
		add_appointed(work, person, &list);
	appointed = list.n;
	for (int i = 0; i < appointed; i++)
		if (list.hats[i].capacity == CRM_HOLDER)
			add_acting(work, list.hats[i].position, &list, MOST_STEPS);
	*hats = list.hats;
	return list.n;
}

bool
crm_rule_vacant(crm_rule_work *work, int position)
{
	const crm_rule_policy *policy = work->policy;
	const crm_rule_entry *entry;

	if (!is_open(work, position))
		return true;
	for (entry = crm_rule_find(&policy->of_position, position, 0); entry != NULL;
		 entry = crm_rule_more(&policy->of_position, entry))
	{
		const crm_rule_appointment *appointment = &policy->appointments[entry->place];

		if (appointment->capacity != CRM_LIAISON && is_active(work, appointment))
			return false;
	}
	return true;
}

bool
crm_rule_filled(crm_rule_work *work, int position)
{
	const crm_rule_policy *policy = work->policy;
	int above = position;
	int steps = 0;

	if (!crm_rule_vacant(work, position))
		return true;
	if (!is_open(work, position) || !policy->positions[position].may_be_acted_for)
		return false;
	do
		above = policy->positions[above].reports_to;
	while (above != CRM_RULE_NONE && crm_rule_vacant(work, above) && steps++ < MOST_STEPS);
	return above != CRM_RULE_NONE && has_holder(work, above);
}

static bool
has_holder(crm_rule_work *work, int position)
{
	const crm_rule_policy *policy = work->policy;
	const crm_rule_entry *entry;

	for (entry = crm_rule_find(&policy->of_position, position, 0); entry != NULL;
		 entry = crm_rule_more(&policy->of_position, entry))
	{
		const crm_rule_appointment *appointment = &policy->appointments[entry->place];

		if (appointment->capacity == CRM_HOLDER && is_active(work, appointment))
			return true;
	}
	return false;
}

static void
add_appointed(crm_rule_work *work, int person, hat_list *list)
{
	const crm_rule_policy *policy = work->policy;
	const crm_rule_entry *entry;

	for (entry = crm_rule_find(&policy->of_person, person, 0); entry != NULL;
		 entry = crm_rule_more(&policy->of_person, entry))
	{
		const crm_rule_appointment *appointment = &policy->appointments[entry->place];

		if (appointment->capacity == CRM_LIAISON || !is_active(work, appointment) ||
			!is_open(work, appointment->position))
			continue;
		put(list, appointment->position, appointment->capacity);
	}
}

static void
add_acting(crm_rule_work *work, int position, hat_list *list, int steps)
{
	const crm_rule_policy *policy = work->policy;
	const crm_rule_entry *entry;

	if (steps == 0)
		return;
	for (entry = crm_rule_find(&policy->below, position, 0); entry != NULL;
		 entry = crm_rule_more(&policy->below, entry))
	{
		if (!crm_rule_vacant(work, entry->place))
			continue;
		if (policy->positions[entry->place].may_be_acted_for && is_open(work, entry->place))
			put(list, entry->place, CRM_ACTING);
		add_acting(work, entry->place, list, steps - 1);
	}
}

static void
put(hat_list *list, int position, crm_capacity capacity)
{
	for (int i = 0; i < list->n; i++)
	{
		if (list->hats[i].position != position)
			continue;
		list->hats[i].capacity = Min(list->hats[i].capacity, capacity);
		return;
	}
	if (list->n == list->most)
	{
		list->most = Max(4, 2 * list->most);
		list->hats = list->hats == NULL ? palloc(list->most * sizeof(crm_rule_hat))
										: repalloc(list->hats, list->most * sizeof(crm_rule_hat));
	}
	list->hats[list->n++] = (crm_rule_hat){position, capacity};
}

static bool
is_open(crm_rule_work *work, int position)
{
	const crm_rule_position *one = &work->policy->positions[position];

	return one->registered && !crm_rule_reached(work, one->closed_at);
}

static bool
is_active(crm_rule_work *work, const crm_rule_appointment *appointment)
{
	return crm_rule_reached(work, appointment->valid_from) &&
		   !crm_rule_reached(work, appointment->valid_until);
}
