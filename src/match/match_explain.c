/*
 * match_explain.c - a weight taken apart into the steps that lead to it.
 *
 * It asks the model with one level more at each step, so it says what the model does, however that
 * combines levels.
 */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "match/match_explain.h"

#define TOLD_MOST 3 /* attributes for, and as many against */
#define TOLD_LEAST (CRM_BIT / 2)

typedef struct reason
{
	char *out;
	size_t used;
} reason;

static int32_t
against_strangers(const crm_model *model, const crm_pattern *pattern)
{
	int32_t weight[CRM_OTHERS];

	crm_weigh_against(model, pattern, weight);
	return weight[CRM_STRANGERS];
}

/* What the level would weigh less, were its value as frequent as values of its kind are. */
static int32_t
frequency_part(const crm_model *model, const crm_pattern *sofar, int32_t running)
{
	crm_pattern average = *sofar;

	for (int kind = 0; kind < CRM_TERM_KINDS; kind++)
		average.frequency[kind] = CRM_TERM_UNKNOWN;
	return running - against_strangers(model, &average);
}

static void
add_step(crm_step *steps, int *n, crm_step step)
{
	step.weight = step.running - (*n > 0 ? steps[*n - 1].running : 0);
	steps[(*n)++] = step;
}

static void
add_levels(const crm_model *model, const crm_pattern *pattern, crm_step *steps, int *n)
{
	crm_pattern sofar = *pattern;
	int32_t frequency = 0;

	sofar.levels = 0;
	sofar.alone = false;
	for (uint64_t left = pattern->levels; left != 0; left &= left - 1)
	{
		crm_step step = {.kind = CRM_STEP_LEVEL, .level = (crm_level) __builtin_ctzll(left)};
		int32_t all;

		sofar.levels |= left & -left;
		step.running = against_strangers(model, &sofar);
		all = frequency_part(model, &sofar, step.running);
		step.frequency = all - frequency;
		frequency = all;
		add_step(steps, n, step);
	}
}

static void
add_others(const crm_model *model, const crm_pattern *pattern, crm_step *steps, int *n)
{
	int32_t weight[CRM_OTHERS];
	double probability[CRM_OTHERS];

	crm_weigh_against(model, pattern, weight);
	(void) crm_weigh_all(model, pattern, probability);
	for (int other = 0; other < crm_others_of(pattern->kind); other++)
		add_step(steps, n,
				 (crm_step){.kind = CRM_STEP_OTHER,
							.other = (crm_other) other,
							.running = crm_weigh_together(weight, other + 1),
							.probability = probability[other]});
}

int
crm_explain(const crm_model *model, const crm_pattern *pattern, crm_step steps[CRM_STEPS_MAX])
{
	crm_pattern nothing = {.kind = pattern->kind};
	int n = 0;

	add_step(steps, &n,
			 (crm_step){.kind = CRM_STEP_PRIOR, .running = against_strangers(model, &nothing)});
	add_levels(model, pattern, steps, &n);
	if (pattern->alone)
		add_step(steps, &n,
				 (crm_step){.kind = CRM_STEP_ALONE, .running = against_strangers(model, pattern)});
	add_others(model, pattern, steps, &n);
	return n;
}

double
crm_weight_probability(int32_t weight)
{
	return 1 / (1 + exp2(-(double) weight / CRM_BIT));
}

static void
tell(reason *r, const char *before, const crm_step *step)
{
	const char *name = step->kind == CRM_STEP_OTHER   ? crm_other_name(step->other)
					   : step->kind == CRM_STEP_ALONE ? "a mailbox or number and no name"
													  : crm_level_name(step->level);
	int tenths = (step->weight < 0 ? step->weight - CRM_BIT / 20 : step->weight + CRM_BIT / 20) /
				 (CRM_BIT / 10);
	int length = snprintf(r->out + r->used, CRM_REASON_SIZE - r->used, "%s%s (%c%d.%d)", before,
						  name, tenths < 0 ? '-' : '+', tenths < 0 ? -tenths / 10 : tenths / 10,
						  tenths < 0 ? -tenths % 10 : tenths % 10);

	if (length > 0 && r->used + length < CRM_REASON_SIZE)
		r->used += length;
	r->out[r->used] = '\0';
}

/* The heaviest step of that sign that has not been told; others are told of apart. */
static int
heaviest(const crm_step *steps, int n, int sign, crm_step_kind kind, const bool *told)
{
	int found = -1;

	for (int i = 0; i < n; i++)
	{
		bool is_other = steps[i].kind == CRM_STEP_OTHER;

		if (told[i] || steps[i].kind == CRM_STEP_PRIOR || is_other != (kind == CRM_STEP_OTHER) ||
			steps[i].weight * sign < TOLD_LEAST)
			continue;
		if (found < 0 || steps[i].weight * sign > steps[found].weight * sign)
			found = i;
	}
	return found;
}

static void
tell_some(reason *r, const crm_step *steps, int n, int sign, crm_step_kind kind, const char *label)
{
	bool told[CRM_STEPS_MAX] = {false};

	for (int i = 0; i < TOLD_MOST; i++)
	{
		int next = heaviest(steps, n, sign, kind, told);
		char before[64];

		if (next < 0)
			return;
		told[next] = true;
		snprintf(before, sizeof(before), "%s%s",
				 i > 0         ? ", "
				 : r->used > 0 ? "; "
							   : "",
				 i > 0 ? "" : label);
		tell(r, before, &steps[next]);
	}
}

void
crm_explain_reason(const crm_step *steps, int n, char out[CRM_REASON_SIZE])
{
	reason r = {.out = out};

	out[0] = '\0';
	tell_some(&r, steps, n, 1, CRM_STEP_LEVEL, "");
	tell_some(&r, steps, n, -1, CRM_STEP_LEVEL, "against: ");
	tell_some(&r, steps, n, -1, CRM_STEP_OTHER, "may be ");
}
