/* capture_rule.c - what several changes of one key come to. */
/*
 * A partition move, and an application that saves by DELETE and INSERT, must not cost the customer
 * its id: delete and insert of one key is an update.
 */
#include "postgres.h"

#include "capture/capture_rule.h"

typedef struct numbered_change
{
	crm_change change;
	int number;
} numbered_change;

char
crm_change_fold(char first, char then)
{
	/* A part's key says nothing about the life of a row of its source. */
	if (then == 'D' || then == 'P')
		return then;
	if (first == 'I')
		return 'I';
	return 'U';
}

static bool
same_key(const crm_change *a, const crm_change *b)
{
	return a->source_id == b->source_id && strcmp(a->key, b->key) == 0;
}

static int
by_key_then_time(const void *left, const void *right)
{
	const numbered_change *a = left;
	const numbered_change *b = right;
	int order;

	if (a->change.source_id != b->change.source_id)
		return a->change.source_id < b->change.source_id ? -1 : 1;
	order = strcmp(a->change.key, b->change.key);
	return order != 0 ? order : a->number - b->number;
}

int
crm_changes_collapse(crm_change *changes, int nchanges)
{
	numbered_change *sorted = palloc(sizeof(numbered_change) * Max(nchanges, 1));
	int kept = 0;

	for (int i = 0; i < nchanges; i++)
	{
		sorted[i].change = changes[i];
		sorted[i].number = i;
	}
	qsort(sorted, nchanges, sizeof(numbered_change), by_key_then_time);
	for (int i = 0; i < nchanges; i++)
	{
		if (kept > 0 && same_key(&changes[kept - 1], &sorted[i].change))
			changes[kept - 1].op = crm_change_fold(changes[kept - 1].op, sorted[i].change.op);
		else
			changes[kept++] = sorted[i].change;
	}
	pfree(sorted);
	return kept;
}
