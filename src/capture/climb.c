/* climb.c - from changed rows of parts to the rows of their sources.
 *
 * By the rows as they are by now. What hung on a row that is gone or moved is found nevertheless:
 * its going or moving was itself noted, one step nearer to the source.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "miscadmin.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/timestamp.h"

#include "base/base.h"
#include "capture/capture.h"
#include "capture/climb.h"
#include "source/source_part.h"
#include "source/source_read.h"
#include "source/source_row.h"
#include "source/source_table.h"

/* Above this many rows it is cheaper to compare all of the source. */
#define CLIMB_MOST 50000

/* Changes of one part. */
typedef struct part_changes
{
	int32 part_id;
	List *keys;
	TimestampTz oldest;
} part_changes;

static bool shows_who_looks(const crm_source *lookup, const crm_source *parent);
static bool is_whole(Oid type);
static bool is_plain_text(Oid type);
static void find_column(const crm_source *source, List *names, Oid *type, Oid *collation);
static crm_climb climb_step(const crm_source *part, const crm_source *parent, List **keys);
static List *distinct(List *texts);
static int by_text(const ListCell *a, const ListCell *b);
static List *take_parts(int limit, List *stuck);
static void add_change(List **groups, int32 part_id, char *key, TimestampTz queued_at);
static bool expand(const part_changes *changes);
static void put(int32 source_id, List *keys, char op, TimestampTz queued_at);
static const char **as_array(List *texts);

crm_climb
crm_source_climb(const crm_source *part, const char *const *keys, int nkeys, List **found)
{
	List *now = NIL;

	for (int i = 0; i < nkeys; i++)
		now = lappend(now, (char *) keys[i]);
	for (;;)
	{
		const crm_source *parent = crm_source_load(part->parent_id);
		crm_climb outcome;

		CHECK_FOR_INTERRUPTS();
		if (parent == NULL || crm_part_is_direct(part, parent) || now == NIL)
			break;
		if (part->role == CRM_ROLE_LOOKUP && !shows_who_looks(part, parent))
			return CRM_CLIMB_WHOLE;
		outcome = climb_step(part, parent, &now);
		if (outcome != CRM_CLIMB_DONE)
			return outcome;
		if (parent->parent_id == 0)
			break;
		part = parent;
	}
	*found = distinct(now);
	return CRM_CLIMB_DONE;
}

crm_change *
crm_changes_climb(const crm_change *changes, int *nchanges)
{
	List *groups = NIL;
	crm_change *all;
	int n = 0;
	ListCell *cell;

	all = palloc(Max(*nchanges, 1) * sizeof(crm_change));
	for (int i = 0; i < *nchanges; i++)
	{
		if (changes[i].op == 'P')
			add_change(&groups, changes[i].source_id, (char *) changes[i].key, 0);
		else
			all[n++] = changes[i];
	}
	foreach (cell, groups)
	{
		part_changes *group = lfirst(cell);
		const crm_source *part = crm_source_load(group->part_id);
		List *found = NIL;
		ListCell *key;

		if (part != NULL && crm_source_climb(part, as_array(group->keys), list_length(group->keys),
											 &found) != CRM_CLIMB_DONE)
			ereport(ERROR, (errcode(ERRCODE_CRM_SOURCE_NEEDS_ATTENTION),
							errmsg("what hangs on changed rows of %s cannot be told now",
								   crm_part_title(part))));
		all = repalloc_huge(all, (n + list_length(found) + 1) * sizeof(crm_change));
		foreach (key, found)
			all[n++] = (crm_change){part->root_id, 'U', lfirst(key)};
	}
	*nchanges = n;
	return all;
}

int64
crm_source_expand_parts(int limit, List **stuck)
{
	crm_user before = crm_become(crm_owner(), 0);
	int nest_level = crm_source_pin();
	List *groups = take_parts(limit, *stuck);
	int64 taken = 0;
	ListCell *cell;

	foreach (cell, groups)
	{
		part_changes *changes = lfirst(cell);

		if (expand(changes))
		{
			taken += list_length(changes->keys);
			continue;
		}
		put(changes->part_id, changes->keys, 'P', changes->oldest);
		*stuck = lappend_int(*stuck, changes->part_id);
	}
	crm_source_unpin(nest_level);
	crm_restore_user(before);
	return taken;
}

/*
 * Whether the rows that look there are those whose column equals the key. They are not where the
 * key is an expression, or is read as another type, in which more values are equal: 'NL' as citext,
 * '05' as a number.
 */
static bool
shows_who_looks(const crm_source *lookup, const crm_source *parent)
{
	Oid from;
	Oid to;
	Oid from_collation;
	Oid to_collation;

	if (lookup->parent_columns == NIL)
		return false;
	find_column(parent, lookup->parent_columns, &from, &from_collation);
	find_column(lookup, lookup->key, &to, &to_collation);
	if (OidIsValid(to_collation) && to_collation != from_collation &&
		!get_collation_isdeterministic(to_collation))
		return false;
	if (from == to)
		return true;
	return (is_whole(from) && is_whole(to)) ||
		   (is_plain_text(to) && (is_plain_text(from) || from == BPCHAROID));
}

static bool
is_whole(Oid type)
{
	return type == INT2OID || type == INT4OID || type == INT8OID;
}

static bool
is_plain_text(Oid type)
{
	return type == TEXTOID || type == VARCHAROID || type == NAMEOID;
}

/* Of the one column, as it is by now; InvalidOid if it is not there. */
static void
find_column(const crm_source *source, List *names, Oid *type, Oid *collation)
{
	Oid table = crm_source_table_id(source);
	AttrNumber number = OidIsValid(table) ? get_attnum(table, linitial(names)) : 0;
	int32 typmod;

	*type = *collation = InvalidOid;
	if (number == InvalidAttrNumber)
		return;
	get_atttypetypmodcoll(table, number, type, &typmod, collation);
	*type = getBaseType(*type);
}

/* The rows of the parent that the part's keys equal, by the key by which it hangs itself. */
static crm_climb
climb_step(const crm_source *part, const crm_source *parent, List **keys)
{
	crm_source probe = *parent;
	List *wanted = distinct(*keys);
	List *rows = NIL;
	List *found = NIL;
	ErrorData *error;
	ListCell *cell;

	probe.role = CRM_ROLE_LOOKUP;
	probe.key = part->parent_columns;
	probe.anchors = parent->key;
	probe.items = NIL;
	probe.filter = probe.kind = probe.region = probe.changed_at = probe.preferred = NULL;
	error =
		crm_source_read_some(&probe, as_array(wanted), list_length(wanted), CLIMB_MOST + 1, &rows);
	if (error != NULL)
	{
		crm_source_mark_broken(parent, error);
		return CRM_CLIMB_STUCK;
	}
	if (list_length(rows) > CLIMB_MOST)
		return CRM_CLIMB_WHOLE;
	foreach (cell, rows)
	{
		crm_source_row *row = lfirst(cell);
		const char *key;

		if (row->error != NULL)
			return CRM_CLIMB_WHOLE;
		key = crm_source_key_text(row->anchors, list_length(parent->key));
		if (key != NULL)
			found = lappend(found, (char *) key);
	}
	*keys = found;
	return CRM_CLIMB_DONE;
}

static List *
distinct(List *texts)
{
	List *kept = NIL;
	ListCell *cell;

	texts = list_copy(texts);
	list_sort(texts, by_text);
	foreach (cell, texts)
		if (kept == NIL || strcmp(llast(kept), lfirst(cell)) != 0)
			kept = lappend(kept, lfirst(cell));
	return kept;
}

static int
by_text(const ListCell *a, const ListCell *b)
{
	return strcmp(lfirst(a), lfirst(b));
}

static List *
take_parts(int limit, List *stuck)
{
	MemoryContext context = CurrentMemoryContext;
	Oid types[] = {INT4OID, INT4ARRAYOID};
	Datum *numbers = palloc(Max(list_length(stuck), 1) * sizeof(Datum));
	Datum values[2];
	List *groups = NIL;
	ListCell *cell;

	foreach (cell, stuck)
		numbers[foreach_current_index(cell)] = Int32GetDatum(lfirst_int(cell));
	values[0] = Int32GetDatum(limit);
	values[1] = PointerGetDatum(
		construct_array(numbers, list_length(stuck), INT4OID, sizeof(int32), true, TYPALIGN_INT));
	SPI_connect();
	crm_source_execute(
		"WITH taken AS (DELETE FROM crm_internal.pending p WHERE p.ctid = ANY (ARRAY("
		"SELECT q.ctid FROM crm_internal.pending q WHERE q.op = 'P' "
		"AND q.source_id <> ALL ($2) LIMIT $1 FOR UPDATE SKIP LOCKED)) "
		"RETURNING p.source_id, p.source_key, p.queued_at, p.spent, p.written)," CRM_ADD_UP_COST
		" SELECT t.source_id, t.source_key, t.queued_at FROM taken t",
		2, types, values, NULL, SPI_OK_SELECT);
	for (uint64 i = 0; i < SPI_processed; i++)
	{
		HeapTuple row = SPI_tuptable->vals[i];
		TupleDesc desc = SPI_tuptable->tupdesc;
		MemoryContext old = MemoryContextSwitchTo(context);
		bool isnull;

		add_change(&groups, DatumGetInt32(SPI_getbinval(row, desc, 1, &isnull)),
				   SPI_getvalue(row, desc, 2),
				   DatumGetTimestampTz(SPI_getbinval(row, desc, 3, &isnull)));
		MemoryContextSwitchTo(old);
	}
	SPI_finish();
	return groups;
}

static void
add_change(List **groups, int32 part_id, char *key, TimestampTz queued_at)
{
	part_changes *group = NULL;
	ListCell *cell;

	foreach (cell, *groups)
		if (((part_changes *) lfirst(cell))->part_id == part_id)
			group = lfirst(cell);
	if (group == NULL)
	{
		group = palloc(sizeof(part_changes));
		*group = (part_changes){part_id, NIL, queued_at};
		*groups = lappend(*groups, group);
	}
	group->keys = lappend(group->keys, key);
	group->oldest = Min(group->oldest, queued_at);
}

/* False: it cannot be told now. */
static bool
expand(const part_changes *changes)
{
	const crm_source *part = crm_source_load(changes->part_id);
	List *found = NIL;

	/* It was dropped, and its source compared. */
	if (part == NULL || part->root_id == 0)
		return true;
	switch (crm_source_climb(part, as_array(changes->keys), list_length(changes->keys), &found))
	{
		case CRM_CLIMB_DONE:
			put(part->root_id, found, 'U', changes->oldest);
			return true;
		case CRM_CLIMB_WHOLE:
			crm_source_enqueue_all(part->root_id);
			return true;
		case CRM_CLIMB_STUCK:
			break;
	}
	return false;
}

static void
put(int32 source_id, List *keys, char op, TimestampTz queued_at)
{
	Oid types[] = {INT4OID, TEXTARRAYOID, CHAROID, TIMESTAMPTZOID};
	Datum *texts = palloc(Max(list_length(keys), 1) * sizeof(Datum));
	Datum values[4];
	ListCell *cell;

	foreach (cell, keys)
		texts[foreach_current_index(cell)] = CStringGetTextDatum(lfirst(cell));
	values[0] = Int32GetDatum(source_id);
	values[1] = PointerGetDatum(
		construct_array(texts, list_length(keys), TEXTOID, -1, false, TYPALIGN_INT));
	values[2] = CharGetDatum(op);
	values[3] = TimestampTzGetDatum(queued_at);
	SPI_connect();
	crm_source_execute("INSERT INTO crm_internal.pending (source_id, source_key, op, queued_at) "
					   "SELECT $1, k, $3, $4 FROM unnest($2) k",
					   4, types, values, NULL, SPI_OK_INSERT);
	SPI_finish();
}

static const char **
as_array(List *texts)
{
	const char **array = palloc(Max(list_length(texts), 1) * sizeof(char *));
	ListCell *cell;

	foreach (cell, texts)
		array[foreach_current_index(cell)] = lfirst(cell);
	return array;
}
