/* nearest.c - the names that somebody may have meant who misspelt one.
 *
 * A name is near if a third of its letters at most have to be changed (of short names two: that is
 * what two letters in each other's place come to), or if one of the two holds the other.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "fmgr.h"
#include "lib/stringinfo.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/varlena.h"

PG_FUNCTION_INFO_V1(crm_did_you_mean);

#define MOST_NAMES 3
#define LONGEST_NAME 100

typedef struct near_name
{
	const char *name;
	int distance;
} near_name;

static int distance_of(const char *word, const char *name);
static int keep(near_name *nearest, int n, near_name candidate);

/* A sentence and a space for the beginning of a hint, or nothing. */
Datum
crm_did_you_mean(PG_FUNCTION_ARGS)
{
	const char *word = text_to_cstring(PG_GETARG_TEXT_PP(0));
	near_name nearest[MOST_NAMES];
	StringInfoData sentence;
	Datum *names;
	bool *nulls;
	int nnames;
	int n = 0;

	deconstruct_array(PG_GETARG_ARRAYTYPE_P(1), TEXTOID, -1, false, TYPALIGN_INT, &names, &nulls,
					  &nnames);
	for (int i = 0; i < nnames; i++)
	{
		near_name candidate = {nulls[i] ? "" : TextDatumGetCString(names[i])};

		candidate.distance = distance_of(word, candidate.name);
		if (candidate.distance >= 0)
			n = keep(nearest, n, candidate);
	}
	initStringInfo(&sentence);
	for (int i = 0; i < n; i++)
		appendStringInfo(&sentence, "%s%s", i == 0 ? "Did you mean " : " or ", nearest[i].name);
	if (n > 0)
		appendStringInfoString(&sentence, "? ");
	PG_RETURN_TEXT_P(cstring_to_text_with_len(sentence.data, sentence.len));
}

/* -1: not near. */
static int
distance_of(const char *word, const char *name)
{
	int nword = strlen(word);
	int nname = strlen(name);
	int longer = Max(nword, nname);
	int most = Max(longer / 3, Min(longer / 2, 2));
	int distance;

	if (nword < 2 || nname < 2 || nword > LONGEST_NAME || nname > LONGEST_NAME)
		return -1;
	distance = varstr_levenshtein_less_equal(word, nword, name, nname, 1, 1, 1, most, true);
	if (distance <= most)
		return distance;
	return strstr(name, word) != NULL || strstr(word, name) != NULL ? most + 1 : -1;
}

/* In order of distance; of equal ones the earlier. Returns how many are kept. */
static int
keep(near_name *nearest, int n, near_name candidate)
{
	int place = n;

	while (place > 0 && nearest[place - 1].distance > candidate.distance)
		place--;
	if (place == MOST_NAMES)
		return n;
	n = Min(n + 1, MOST_NAMES);
	memmove(&nearest[place + 1], &nearest[place], (n - place - 1) * sizeof(near_name));
	nearest[place] = candidate;
	return n;
}
