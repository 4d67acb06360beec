/* mandate_answer.c - who could answer a request, if anybody.
 *
 * The room of requests finds out who does, and in which order they are asked. But a refusal must
 * not send anybody to ask where no answer can come, and what needs signatures is nobody's decision
 * where not enough can sign.
 */
#include "postgres.h"

#include "mandate/mandate_survey.h"

/* A power of two: the room for answers doubles whenever it is full. */
#define FIRST_ROOM 8

/* Who asks: by four eyes nobody answers in a position of his, or by a mandate that it shared. */
typedef struct asker
{
	crm_policy *policy;
	const crm_asked *asked;
	crm_rule_point point;
	int person;
	int nhats;
	crm_rule_hat *hats;
} asker;

static asker asker_of(crm_policy *policy, const crm_asked *asked, const char *person);
static bool *candidates_of(const asker *one);
static void add_those_in(const asker *one, int position, bool *candidates);
static int add_answers(const asker *one, int person, int n, crm_taker **takers);
static const crm_ruling *answers(const asker *one, int person, int32 joint_id);
static bool may_answer(const asker *one, const crm_ruling *ruling);
static bool wears(const asker *one, int position);
static bool comes_before(const asker *one, const crm_rule_mandate *a, const crm_taker *of_a,
						 const crm_rule_mandate *b, const crm_taker *of_b);
static bool is_asker(const asker *one, const crm_taker *signer);
static int find_signers(const asker *one, const crm_rule_mandate *joint, crm_taker *signers);
static int add_signer(const asker *one, int person, const crm_rule_mandate *joint,
					  crm_taker *signer);

bool
crm_answerable(crm_policy *policy, const crm_asked *asked)
{
	asker one = asker_of(policy, asked, asked->person);
	crm_taker *signers;

	for (int person = 0; person < policy->persons.n; person++)
		if (answers(&one, person, 0) != NULL)
			return true;
	return crm_signers(policy, asked, asked->person, &signers) > 0;
}

bool
crm_may_answer_as(const char *capacity)
{
	return strcmp(capacity, "contractor") != 0 && strcmp(capacity, "machine") != 0;
}

int
crm_who_answer(const crm_asked *asked, const char *answerer, crm_taker **takers)
{
	asker one = asker_of(crm_policy_now(), asked, asked->person);
	bool *candidates;
	int n = 0;

	*takers = NULL;
	if (answerer != NULL)
		return add_answers(&one, crm_policy_find(&one.policy->persons, answerer), 0, takers);
	candidates = candidates_of(&one);
	for (int person = 0; person < one.policy->persons.n; person++)
		if (candidates[person])
			n = add_answers(&one, person, n, takers);
	return n;
}

/* By place: those who act where the decision is, alone or together with others. */
static bool *
candidates_of(const asker *one)
{
	const crm_rule_policy *rule = &one->policy->rule;
	crm_rule_work *work = one->policy->work;
	bool *candidates = palloc0(Max(one->policy->persons.n, 1) * sizeof(bool));

	crm_rule_begin(work, &one->point);
	for (int i = 0; i < rule->npositions; i++)
	{
		crm_rule_hat hat = {i, crm_rule_vacant(work, i) ? CRM_ACTING : CRM_HOLDER};
		crm_rule_option *options;

		if (crm_rule_authority(work, hat, &options) > 0)
			add_those_in(one, i, candidates);
	}
	for (int i = 0; i < rule->joint.n; i++)
	{
		int place = rule->joint.entries[i].place;

		if (crm_rule_effective(work, place))
			add_those_in(one, rule->mandates[place].to, candidates);
	}
	return candidates;
}

/* Of a vacant position those who may stand in for it. */
static void
add_those_in(const asker *one, int position, bool *candidates)
{
	const crm_rule_policy *rule = &one->policy->rule;
	const crm_rule_entry *entry;
	int steps = 0;

	while (crm_rule_vacant(one->policy->work, position))
	{
		position = rule->positions[position].reports_to;
		if (position == CRM_RULE_NONE || steps++ > rule->npositions)
			return;
	}
	for (entry = crm_rule_find(&rule->of_position, position, 0); entry != NULL;
		 entry = crm_rule_more(&rule->of_position, entry))
		candidates[rule->appointments[entry->place].person] = true;
}

static int
add_answers(const asker *one, int person, int n, crm_taker **takers)
{
	crm_rule_span span;
	const crm_ruling *ruling;

	if (person == CRM_RULE_NONE || person == one->person)
		return n;
	ruling = crm_policy_judge(one->policy, person, &one->point, one->asked->amount, one->asked->at,
							  &span);
	if (ruling->verdict != CRM_ALLOWED && ruling->verdict != CRM_CONSULT_FIRST &&
		ruling->verdict != CRM_SIGNATURES)
		return n;
	for (; ruling != NULL; ruling = ruling->next)
	{
		if (!crm_may_answer_as(ruling->capacity) || !may_answer(one, ruling))
			continue;
		if (n == 0)
			*takers = palloc(FIRST_ROOM * sizeof(crm_taker));
		else if (n >= FIRST_ROOM && (n & (n - 1)) == 0)
			*takers = repalloc(*takers, 2 * n * sizeof(crm_taker));
		(*takers)[n++] = (crm_taker){one->policy->persons.names[person], ruling};
	}
	return n;
}

int
crm_signers(crm_policy *policy, const crm_asked *asked, const char *person, crm_taker **signers)
{
	asker one = asker_of(policy, asked, person);
	const crm_rule_mandate *best = NULL;

	for (int i = 0; i < policy->rule.joint.n; i++)
	{
		int place = policy->rule.joint.entries[i].place;
		const crm_rule_mandate *joint = &policy->rule.mandates[place];
		crm_taker *found;

		crm_rule_begin(policy->work, &one.point);
		if (!crm_rule_effective(policy->work, place))
			continue;
		found = palloc(joint->quorum * sizeof(crm_taker));
		if (find_signers(&one, joint, found) < joint->quorum ||
			(best != NULL && !comes_before(&one, joint, found, best, *signers)))
			continue;
		best = joint;
		*signers = found;
	}
	return best == NULL ? 0 : best->quorum;
}

/* As requests go: first to those of whom one asks, then by number. */
static bool
comes_before(const asker *one, const crm_rule_mandate *a, const crm_taker *of_a,
			 const crm_rule_mandate *b, const crm_taker *of_b)
{
	bool own_a = is_asker(one, &of_a[0]);
	bool own_b = is_asker(one, &of_b[0]);

	return own_a != own_b ? own_a : a->joint_id < b->joint_id;
}

static bool
is_asker(const asker *one, const crm_taker *signer)
{
	return one->person != CRM_RULE_NONE &&
		   strcmp(one->policy->persons.names[one->person], signer->person) == 0;
}

static asker
asker_of(crm_policy *policy, const crm_asked *asked, const char *person)
{
	asker one = {policy, asked, .person = CRM_RULE_NONE};

	one.point = crm_policy_point_of(policy, asked->decision, asked->scope, asked->nscope);
	one.point.at = asked->at;
	one.point.rank = crm_policy_rank(policy, asked->amount);
	if (person != NULL)
		one.person = crm_policy_find(&policy->persons, person);
	if (one.person == CRM_RULE_NONE)
		return one;
	crm_rule_begin(policy->work, &one.point);
	one.nhats = crm_rule_hats(policy->work, one.person, &one.hats);
	return one;
}

/* The ruling by which a person answers, under this joint mandate or (0) alone; NULL: he does not.
 */
static const crm_ruling *
answers(const asker *one, int person, int32 joint_id)
{
	crm_rule_span span;
	const crm_ruling *ruling = crm_policy_judge(one->policy, person, &one->point,
												one->asked->amount, one->asked->at, &span);

	if (joint_id != 0 ? ruling->verdict != CRM_SIGNATURES
					  : ruling->verdict != CRM_ALLOWED && ruling->verdict != CRM_CONSULT_FIRST)
		return NULL;
	for (; ruling != NULL; ruling = ruling->next)
		if ((joint_id == 0 ? person != one->person : ruling->joint_id == joint_id) &&
			crm_may_answer_as(ruling->capacity) &&
			(person == one->person || may_answer(one, ruling)))
			return ruling;
	return NULL;
}

static bool
may_answer(const asker *one, const crm_ruling *ruling)
{
	if (wears(one, crm_policy_find(&one->policy->positions, ruling->position)))
		return false;
	for (int i = 0; i < ruling->npath; i++)
	{
		int place = crm_policy_find_mandate(one->policy, ruling->path[i]);

		if (place != CRM_RULE_NONE && one->policy->rule.mandates[place].kind == CRM_SHARE &&
			wears(one, one->policy->rule.mandates[place].from))
			return false;
	}
	return true;
}

static bool
wears(const asker *one, int position)
{
	for (int i = 0; i < one->nhats; i++)
		if (one->hats[i].position == position)
			return true;
	return false;
}

/* Who asks signs by asking: he comes first, if he is one of them. */
static int
find_signers(const asker *one, const crm_rule_mandate *joint, crm_taker *signers)
{
	int found = add_signer(one, one->person, joint, signers);

	for (int person = 0; person < one->policy->persons.n && found < joint->quorum; person++)
		if (person != one->person)
			found += add_signer(one, person, joint, &signers[found]);
	return found;
}

static int
add_signer(const asker *one, int person, const crm_rule_mandate *joint, crm_taker *signer)
{
	const crm_ruling *ruling =
		person == CRM_RULE_NONE ? NULL : answers(one, person, joint->joint_id);

	if (ruling == NULL)
		return 0;
	*signer = (crm_taker){one->policy->persons.names[person], ruling};
	return 1;
}
