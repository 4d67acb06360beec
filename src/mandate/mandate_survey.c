/* mandate_survey.c - the scopes in which mandates on a decision differ from each other.
 *
 * A scope that no mandate names is as good as any other of them, so a few stand for all.
 */
#include "postgres.h"

#include "lib/stringinfo.h"
#include "utils/json.h"

#include "mandate/mandate_survey.h"

/* Of one mandate: it may list values of several dimensions, and all pairs of them are points. */
#define MOST_SCOPES 64

static bool concerns(const crm_policy *policy, const crm_rule_mandate *mandate, int decision);
static int find_scopes(const crm_policy *policy, const int *mandates, int n,
					   crm_survey_scope **scopes);
static int add_scopes(const crm_policy *policy, const int *mandates, int nmandates,
					  const crm_rule_mandate *mandate, crm_survey_scope *scopes);
static crm_scope_value value_of(const crm_rule_bound *bound, int digit);
static bool is_point(const crm_policy *policy, const int *mandates, int n,
					 const crm_rule_bound *bound, int digit);
static bool is_listed(const crm_policy *policy, const int *mandates, int n, const char *dimension,
					  const char *value);
static crm_survey_scope scope_of(int nvalues, crm_scope_value *values);
static int compare_scopes(const void *a, const void *b);
static int compare_values(const void *a, const void *b);

int
crm_survey_scopes(const crm_policy *policy, int decision, crm_survey_scope **scopes)
{
	int *mandates = palloc(Max(policy->rule.nmandates, 1) * sizeof(int));
	int n = 0;

	for (int i = 0; i < policy->rule.nmandates; i++)
		if (policy->rule.mandates[i].nbounds > 0 &&
			concerns(policy, &policy->rule.mandates[i], decision))
			mandates[n++] = i;
	n = find_scopes(policy, mandates, n, scopes);
	pfree(mandates);
	return n;
}

/* On the decision or on one that it is a part of. */
static bool
concerns(const crm_policy *policy, const crm_rule_mandate *mandate, int decision)
{
	const char *own = policy->decisions.names[decision];
	const char *of = policy->decisions.names[mandate->decision];
	Size length = strlen(of);

	return strncmp(own, of, length) == 0 && (own[length] == '\0' || own[length] == '.');
}

/* That without any value first. */
static int
find_scopes(const crm_policy *policy, const int *mandates, int n, crm_survey_scope **scopes)
{
	int found = 1;
	int different = 0;
	int most = 1 + MOST_SCOPES;

	*scopes = palloc(most * sizeof(crm_survey_scope));
	(*scopes)[0] = scope_of(0, NULL);
	for (int i = 0; i < n; i++)
	{
		const crm_rule_mandate *one = &policy->rule.mandates[mandates[i]];

		if (found + MOST_SCOPES > most)
		{
			most = 2 * (found + MOST_SCOPES);
			*scopes = repalloc_huge(*scopes, most * sizeof(crm_survey_scope));
		}
		found += add_scopes(policy, mandates, n, one, *scopes + found);
	}
	qsort(*scopes, found, sizeof(crm_survey_scope), compare_scopes);
	for (int i = 0; i < found; i++)
		if (i == 0 || compare_scopes(&(*scopes)[i], &(*scopes)[different - 1]) != 0)
			(*scopes)[different++] = (*scopes)[i];
	return different;
}

/*
 * The values of each dimension with those of each other, like the digits of a number. What lies
 * within a value is as good as the value itself, unless that is listed somewhere on its own.
 */
static int
add_scopes(const crm_policy *policy, const int *mandates, int nmandates,
		   const crm_rule_mandate *mandate, crm_survey_scope *scopes)
{
	int *digits = palloc0(mandate->nbounds * sizeof(int));
	int n = 0;
	int turned = 0;

	for (int i = 0; i < mandate->nbounds; i++)
		if (mandate->bounds[i].nvalues == 0)
			return 0;
	while (turned < mandate->nbounds && n < MOST_SCOPES)
	{
		crm_scope_value *values = palloc(mandate->nbounds * sizeof(crm_scope_value));

		for (int i = 0; i < mandate->nbounds; i++)
			values[i] = value_of(&mandate->bounds[i], digits[i]);
		scopes[n++] = scope_of(mandate->nbounds, values);
		for (turned = 0; turned < mandate->nbounds; turned++)
		{
			while (++digits[turned] < 2 * mandate->bounds[turned].nvalues)
				if (is_point(policy, mandates, nmandates, &mandate->bounds[turned], digits[turned]))
					break;
			if (digits[turned] < 2 * mandate->bounds[turned].nvalues)
				break;
			digits[turned] = 0;
		}
	}
	return n;
}

/* First the values, then what else lies within each. */
static crm_scope_value
value_of(const crm_rule_bound *bound, int digit)
{
	return (crm_scope_value){bound->dimension, bound->values[digit % bound->nvalues],
							 digit >= bound->nvalues};
}

static bool
is_point(const crm_policy *policy, const int *mandates, int n, const crm_rule_bound *bound,
		 int digit)
{
	return digit < bound->nvalues ||
		   (bound->within && is_listed(policy, mandates, n, bound->dimension,
									   bound->values[digit % bound->nvalues]));
}

static bool
is_listed(const crm_policy *policy, const int *mandates, int n, const char *dimension,
		  const char *value)
{
	for (int i = 0; i < n; i++)
	{
		const crm_rule_mandate *one = &policy->rule.mandates[mandates[i]];

		for (int j = 0; j < one->nbounds; j++)
			if (!one->bounds[j].within && strcmp(one->bounds[j].dimension, dimension) == 0)
				for (int k = 0; k < one->bounds[j].nvalues; k++)
					if (strcmp(one->bounds[j].values[k], value) == 0)
						return true;
	}
	return false;
}

static crm_survey_scope
scope_of(int nvalues, crm_scope_value *values)
{
	StringInfoData text;

	if (nvalues > 1)
		qsort(values, nvalues, sizeof(crm_scope_value), compare_values);
	initStringInfo(&text);
	appendStringInfoChar(&text, '{');
	for (int i = 0; i < nvalues; i++)
	{
		appendStringInfoString(&text, i > 0 ? ", " : "");
		escape_json(&text, values[i].dimension);
		appendStringInfoString(&text, values[i].elsewhere ? ": {\"within\": " : ": ");
		escape_json(&text, values[i].value);
		appendStringInfoString(&text, values[i].elsewhere ? "}" : "");
	}
	appendStringInfoChar(&text, '}');
	return (crm_survey_scope){nvalues, values, text.data};
}

static int
compare_scopes(const void *a, const void *b)
{
	const crm_survey_scope *left = a;
	const crm_survey_scope *right = b;

	if (left->nvalues != right->nvalues)
		return left->nvalues - right->nvalues;
	return strcmp(left->text, right->text);
}

static int
compare_values(const void *a, const void *b)
{
	return strcmp(((const crm_scope_value *) a)->dimension,
				  ((const crm_scope_value *) b)->dimension);
}
