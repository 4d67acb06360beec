/*
 * match_model.c - the odds of a pair, and what each other thing that a pair may be shares.
 *
 * What the others share is assumed, not learned: how many of them there are is (match_train.c).
 * Members of a household mostly live at one address and often share family name and telephone,
 * seldom a mailbox; twins a birth date besides; colleagues the employer's address, switchboard and
 * e-mail domain. Given names, birth dates and identifiers are everybody's own.
 */
#include <math.h>
#include <string.h>

#include "match/match_model.h"

#define ALONE_ENOUGH (15 * CRM_BIT)

/* Sums of what is less likely by so much than the likeliest are not told apart from it. */
#define FAINT (12 * CRM_BIT)
#define STEP 8

/* A value that agrees is told from the average by so much at most. */
#define RARER_MOST (-4 * CRM_BIT)
#define COMMONER_MOST (8 * CRM_BIT)

/* Records of one customer, of four: the prior before anything is known. */
#define DUPLICATES 0.25
#define LEAST_RECORDS 4096 /* fewer are judged as these: what is kept apart can be reviewed */

static const char *const other_names[CRM_OTHERS] = {"strangers", "household", "twins", "namesakes",
													"colleagues"};

/* How often such a pair shares the attribute for a reason; else it agrees as strangers do. */
static const double shared[CRM_OTHERS][CRM_LEVEL_GROUPS] = {
	[CRM_HOUSEHOLD] = {[CRM_GROUP_FAMILY] = 0.75,
					   [CRM_GROUP_EMAIL] = 0.15,
					   [CRM_GROUP_PHONE] = 0.6,
					   [CRM_GROUP_PLACE] = 0.95,
					   [CRM_GROUP_REGION] = 0.97,
					   [CRM_GROUP_COUNTRY] = 0.99,
					   [CRM_GROUP_EMPLOYER] = 0.05},
	[CRM_TWINS] = {[CRM_GROUP_FAMILY] = 0.97,
				   [CRM_GROUP_DATE] = 1,
				   [CRM_GROUP_EMAIL] = 0.1,
				   [CRM_GROUP_PHONE] = 0.6,
				   [CRM_GROUP_PLACE] = 0.95,
				   [CRM_GROUP_REGION] = 0.97,
				   [CRM_GROUP_COUNTRY] = 0.99},
	[CRM_NAMESAKES] = {[CRM_GROUP_GIVEN] = 0.97,
					   [CRM_GROUP_FAMILY] = 0.97,
					   [CRM_GROUP_EMAIL] = 0.1,
					   [CRM_GROUP_PHONE] = 0.6,
					   [CRM_GROUP_PLACE] = 0.9,
					   [CRM_GROUP_REGION] = 0.97,
					   [CRM_GROUP_COUNTRY] = 0.99,
					   [CRM_GROUP_GENDER] = 1},
	[CRM_COLLEAGUES] = {[CRM_GROUP_FAMILY] = 0.15, /* of a firm that a family runs */
						[CRM_GROUP_PHONE] = 0.7,
						[CRM_GROUP_PLACE] = 0.9,
						[CRM_GROUP_REGION] = 0.97,
						[CRM_GROUP_COUNTRY] = 0.99,
						[CRM_GROUP_EMPLOYER] = 1},
};

/* Levels whose probability is told outright, because neither sharing nor chance explains it. */
static const struct
{
	crm_other other;
	crm_level level;
	double probability;
} particular[] = {
	{CRM_COLLEAGUES, CRM_EMAIL_EXACT, 0.01},
	{CRM_COLLEAGUES, CRM_EMAIL_SHARED, 0.3},
	{CRM_COLLEAGUES, CRM_EMAIL_CLOSE, 0.01},
	{CRM_COLLEAGUES, CRM_EMAIL_LOCAL, 0.001},
	{CRM_COLLEAGUES, CRM_EMAIL_NAMED, 0.001},
	{CRM_COLLEAGUES, CRM_EMAIL_DOMAIN, 0.6},
	{CRM_COLLEAGUES, CRM_EMAIL_DIFFERENT, 0.08},
	{CRM_HOUSEHOLD, CRM_GENERATION_DIFFERENT, 0.5},
	{CRM_NAMESAKES, CRM_GENERATION_DIFFERENT, 0.9},
	{CRM_HOUSEHOLD, CRM_DATE_GENERATION, 0.5},
	{CRM_NAMESAKES, CRM_DATE_GENERATION, 0.9},
	/* of organizations: companies in one building, or of one group */
	{CRM_HOUSEHOLD, CRM_ORGANIZATION_EXACT, 0.01},
	{CRM_HOUSEHOLD, CRM_ORGANIZATION_CLOSE, 0.02},
	{CRM_HOUSEHOLD, CRM_ORGANIZATION_PART, 0.15},
	{CRM_HOUSEHOLD, CRM_ORGANIZATION_SIMILAR, 0.05},
	{CRM_HOUSEHOLD, CRM_ORGANIZATION_DIFFERENT, 0.77},
};

/* Where the rest of a group's probability goes down with a particular level of it. */
#define HOUSEHOLD_OTHER_DATES 0.9
#define NAMESAKES_OTHER_DATES 0.2

/* Who has a mailbox named after the family mostly shares it with the family. */
#define FAMILY_MAILBOX 0.7

static const crm_term_kind no_term = CRM_TERM_KINDS;

static crm_term_kind
term_of(crm_level level)
{
	switch (level)
	{
		case CRM_GIVEN_EXACT:
			return CRM_TERM_GIVEN;
		case CRM_FAMILY_EXACT:
			return CRM_TERM_FAMILY;
		case CRM_CITY_EXACT:
			return CRM_TERM_CITY;
		default:
			return no_term;
	}
}

double
crm_model_probability(const crm_model *model, crm_other other, crm_level level)
{
	crm_level_group group = crm_level_group_of(level);
	double share = shared[other][group];

	for (size_t i = 0; i < sizeof(particular) / sizeof(particular[0]); i++)
		if (particular[i].other == other && particular[i].level == level)
			return particular[i].probability;
	if (level == CRM_EMAIL_FAMILY && share > 0)
		share = FAMILY_MAILBOX;
	if (group == CRM_GROUP_DATE && other == CRM_HOUSEHOLD)
		return HOUSEHOLD_OTHER_DATES * model->u[level];
	if (group == CRM_GROUP_DATE && other == CRM_NAMESAKES)
		return NAMESAKES_OTHER_DATES * model->u[level];
	return share * model->m[level] + (1 - share) * model->u[level];
}

static int32_t
bits(double probability)
{
	return (int32_t) lround(log2(probability) * CRM_BIT);
}

void
crm_model_prepare(crm_model *model)
{
	for (int i = 0; i < CRM_ODDS; i++)
		model->prior[i] = (int32_t) lround(-model->odds[i] * CRM_BIT);
	for (int other = 0; other < CRM_OTHERS; other++)
	{
		model->own[other] = 0;
		for (int level = 0; level < CRM_LEVELS; level++)
			model->weight[other][level] =
				bits(model->m[level] /
					 crm_model_probability(model, (crm_other) other, (crm_level) level));
		for (int level = 0; level < CRM_LEVELS; level++)
			if (shared[other][crm_level_group_of((crm_level) level)] == 0)
				model->own[other] |= UINT64_C(1) << level;
	}
	for (int level = 0; level < CRM_LEVELS; level++)
	{
		model->log_u[level] = bits(model->u[level]);
		for (int other = 0; other < CRM_OTHERS; other++)
			model->step[level][other] = model->weight[other][level];
	}
}

/* Two strangers among more records agree more often by chance: pairs grow faster than customers. */
void
crm_model_builtin(crm_model *model, int64_t records)
{
	double most = records > LEAST_RECORDS ? (double) records : LEAST_RECORDS;

	memset(model, 0, sizeof(*model));
	for (int level = 0; level < CRM_LEVELS; level++)
	{
		model->m[level] = crm_level_builtin_m((crm_level) level);
		model->u[level] = crm_level_builtin_u((crm_level) level);
	}
	model->odds[CRM_STRANGERS] = log2((most - 1) / 2 / DUPLICATES);
	model->odds[CRM_HOUSEHOLD] = 1;
	model->odds[CRM_TWINS] = -6;
	model->odds[CRM_NAMESAKES] = -5;
	model->odds[CRM_COLLEAGUES] = -1;
	for (int other = 0; other < CRM_OTHERS_OF_ORGANIZATIONS; other++)
		model->odds[crm_odds_at('o', (crm_other) other)] = model->odds[other];
	crm_model_prepare(model);
}

const char *
crm_other_name(crm_other other)
{
	return other_names[other];
}

/* log2(2^a + 2^b) by a table. It rounds, so the order counts: always that of the enumeration. */
static int32_t
add_logs(int32_t a, int32_t b)
{
	static int32_t more[FAINT / STEP + 1];
	int32_t most = a > b ? a : b;
	int32_t apart = a > b ? a - b : b - a;

	if (more[0] == 0)
		for (int i = FAINT / STEP; i >= 0; i--)
			more[i] = (int32_t) lround(log2(1 + exp2(-(double) i * STEP / CRM_BIT)) * CRM_BIT);
	return apart >= FAINT ? most : most + more[apart / STEP];
}

/* By how much the value that agrees is more frequent than the level's average. */
static int32_t
commonness(const crm_model *model, const crm_pattern *pattern, crm_level level)
{
	crm_term_kind term = term_of(level);
	int32_t more;

	if (term == no_term || pattern->frequency[term] >= CRM_TERM_UNKNOWN)
		return 0;
	more = pattern->frequency[term] - model->log_u[level];
	return more < RARER_MOST ? RARER_MOST : more > COMMONER_MOST ? COMMONER_MOST : more;
}

/* Of organizations there are neither twins nor colleagues. */
int
crm_others_of(char kind)
{
	return kind == 'o' ? CRM_OTHERS_OF_ORGANIZATIONS : CRM_OTHERS;
}

/* What speaks for one customer against each other thing, less the prior. */
static int32_t
weigh_levels(const crm_model *model, const crm_pattern *pattern, int32_t weight[CRM_OTHERS])
{
	int32_t conflict = 0;

	int others = crm_others_of(pattern->kind);

	for (int other = others; other < CRM_OTHERS; other++)
		weight[other] = 0;
	for (int other = 0; other < others; other++)
		weight[other] = model->prior[crm_odds_at(pattern->kind, (crm_other) other)] +
						(pattern->alone ? ALONE_ENOUGH : 0);
	for (uint64_t left = pattern->levels; left != 0; left &= left - 1)
	{
		crm_level level = (crm_level) __builtin_ctzll(left);
		int32_t common = commonness(model, pattern, level);
		int32_t chance = model->weight[CRM_STRANGERS][level] - common;

		for (int other = 0; other < CRM_OTHERS; other++)
			weight[other] += model->step[level][other];
		if (common != 0)
			for (int other = 0; other < CRM_OTHERS; other++)
				weight[other] -= (model->own[other] >> level & 1) ? common : 0;
		if (chance < 0)
			conflict += chance;
	}
	return conflict;
}

void
crm_weigh_against(const crm_model *model, const crm_pattern *pattern, int32_t weight[CRM_OTHERS])
{
	(void) weigh_levels(model, pattern, weight);
}

int32_t
crm_weigh_together(const int32_t *weight, int n)
{
	int32_t all = -weight[0];

	for (int other = 1; other < n; other++)
		all = add_logs(all, -weight[other]);
	return -all;
}

crm_comparison
crm_weigh(const crm_model *model, const crm_pattern *pattern)
{
	int32_t weight[CRM_OTHERS];
	crm_comparison result;

	result.conflict = weigh_levels(model, pattern, weight);
	result.weight = crm_weigh_together(weight, crm_others_of(pattern->kind));
	return result;
}

double
crm_weigh_all(const crm_model *model, const crm_pattern *pattern, double other[CRM_OTHERS])
{
	int32_t weight[CRM_OTHERS];
	double all = 1;

	(void) weigh_levels(model, pattern, weight);
	for (int i = 0; i < CRM_OTHERS; i++)
	{
		other[i] = i < crm_others_of(pattern->kind) ? exp2(-(double) weight[i] / CRM_BIT) : 0;
		all += other[i];
	}
	for (int i = 0; i < CRM_OTHERS; i++)
		other[i] /= all;
	return 1 / all;
}
