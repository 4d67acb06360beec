/* changes.c - what this transaction changed, in memory, by subtransaction. */
/*
 * One level a subtransaction that changed something; a level's changes are packed in chunks.
 * Changes of an ancestor that were dealt with inside a savepoint are kept, marked with that
 * savepoint, until its fate is known: rolled back, they wait again (else they would be lost).
 */
#include "postgres.h"

#include "access/xact.h"
#include "utils/memutils.h"

#include "capture/changes.h"
#include "capture/chunk.h"

#define MANY 8192

struct crm_level
{
	crm_level *parent;
	SubTransactionId subtransaction;
	crm_chunk_list list[2];
	int64 waiting[2];
	int64 many; /* see crm_changes_are_many */
};

static crm_level *top = NULL;
static bool some_done = false; /* some chunk has done_in set */

/* From the bit of a road to its place in the arrays. */
#define PLACE(road) ((road) -1)
#define ENTRY_ALIGN(size) INTALIGN(size)

static crm_level *
current_level(void)
{
	SubTransactionId current = GetCurrentSubTransactionId();
	crm_level *level = top;

	if (level != NULL && level->subtransaction == current)
		return level;
	level = MemoryContextAllocZero(TopTransactionContext, sizeof(crm_level));
	level->parent = top;
	level->subtransaction = current;
	level->many = MANY;
	top = level;
	return level;
}

static bool
repeats_last(const crm_chunk *chunk, int32 source_id, char op, const char *key, int length)
{
	const crm_entry *last;

	if (chunk->count == 0)
		return false;
	last = (const crm_entry *) (chunk->data + chunk->last);
	if (last->source_id != source_id || last->op != op || last->whole != (key == NULL))
		return false;
	return key == NULL || (VARSIZE(crm_entry_text(last)) - VARHDRSZ == length &&
						   memcmp(VARDATA(crm_entry_text(last)), key, length) == 0);
}

void
crm_changes_add(int32 source_id, char op, const char *key, int length, int road)
{
	crm_level *level = current_level();
	crm_chunk *chunk = level->list[PLACE(road)].last;
	uint32 need = sizeof(crm_entry) + (key == NULL ? 0 : ENTRY_ALIGN(VARHDRSZ + length + 1));
	crm_entry *entry;

	if (chunk != NULL && chunk->done_in == InvalidSubTransactionId &&
		repeats_last(chunk, source_id, op, key, length))
		return;
	if (chunk == NULL || chunk->done_in != InvalidSubTransactionId ||
		chunk->size - chunk->used < need)
		chunk = crm_chunk_add(&level->list[PLACE(road)], need);

	entry = (crm_entry *) (chunk->data + chunk->used);
	entry->source_id = source_id;
	entry->op = op;
	entry->whole = key == NULL;
	if (key != NULL)
	{
		SET_VARSIZE(crm_entry_text(entry), VARHDRSZ + length);
		memcpy(VARDATA(crm_entry_text(entry)), key, length);
		VARDATA(crm_entry_text(entry))[length] = '\0';
	}
	chunk->last = chunk->used;
	chunk->used += need;
	chunk->count++;
	level->waiting[PLACE(road)]++;
}

/* An ancestor counts too: a loop of savepoints hands its changes to it, one by one. */
bool
crm_changes_are_many(void)
{
	const crm_level *level = top;

	for (int i = 0; i < 2 && level != NULL; i++, level = level->parent)
		if (level->waiting[0] + level->waiting[1] >= level->many)
			return true;
	return false;
}

static bool
is_meant(const crm_level *level, bool all_levels)
{
	return all_levels || level->subtransaction == GetCurrentSubTransactionId();
}

int64
crm_changes_count(int roads, bool all_levels)
{
	int64 count = 0;

	for (const crm_level *level = top; level != NULL && is_meant(level, all_levels);
		 level = level->parent)
	{
		if (roads & CRM_TO_WRITE)
			count += level->waiting[PLACE(CRM_TO_WRITE)];
		if (roads & CRM_TO_RESOLVE)
			count += level->waiting[PLACE(CRM_TO_RESOLVE)];
	}
	return count;
}

void
crm_changes_scan(crm_entry_scan *scan, int roads, bool all_levels)
{
	memset(scan, 0, sizeof(*scan));
	scan->roads = roads;
	scan->all_levels = all_levels;
	scan->level = top;
	if (top != NULL && !is_meant(top, all_levels))
		scan->level = NULL;
}

/* The next chunk that waits, over roads and levels; NULL at the end. */
static crm_chunk *
next_chunk(crm_entry_scan *scan)
{
	crm_chunk *chunk = scan->chunk == NULL ? NULL : scan->chunk->next;

	while (scan->level != NULL)
	{
		while (chunk != NULL && chunk->done_in != InvalidSubTransactionId)
			chunk = chunk->next;
		if (chunk != NULL)
			return chunk;
		if (scan->road == CRM_TO_RESOLVE)
		{
			scan->road = 0;
			scan->level = scan->all_levels ? scan->level->parent : NULL;
			continue;
		}
		scan->road++;
		if (scan->roads & scan->road)
			chunk = scan->level->list[PLACE(scan->road)].first;
	}
	return NULL;
}

const crm_entry *
crm_changes_next(crm_entry_scan *scan)
{
	const crm_entry *entry;

	if (scan->chunk == NULL || scan->offset == scan->chunk->used)
	{
		scan->chunk = next_chunk(scan);
		scan->offset = 0;
		if (scan->chunk == NULL)
			return NULL;
	}
	entry = (const crm_entry *) (scan->chunk->data + scan->offset);
	scan->offset += sizeof(crm_entry);
	if (!entry->whole)
		scan->offset += ENTRY_ALIGN(VARSIZE(crm_entry_text(entry)) + 1);
	return entry;
}

static void
list_done(crm_level *level, int place, SubTransactionId current)
{
	level->waiting[place] = 0;
	if (level->subtransaction == current)
	{
		crm_chunks_free(&level->list[place]);
		return;
	}
	for (crm_chunk *chunk = level->list[place].first; chunk != NULL; chunk = chunk->next)
		if (chunk->done_in == InvalidSubTransactionId)
		{
			chunk->done_in = current;
			some_done = true;
		}
}

void
crm_changes_done(int roads, bool all_levels)
{
	SubTransactionId current = GetCurrentSubTransactionId();

	for (crm_level *level = top; level != NULL && is_meant(level, all_levels);
		 level = level->parent)
	{
		if (roads & CRM_TO_WRITE)
			list_done(level, PLACE(CRM_TO_WRITE), current);
		if (roads & CRM_TO_RESOLVE)
			list_done(level, PLACE(CRM_TO_RESOLVE), current);
	}
}

void
crm_changes_give_up_resolving(void)
{
	for (crm_level *level = top; level != NULL; level = level->parent)
	{
		crm_chunks_append(&level->list[PLACE(CRM_TO_WRITE)], &level->list[PLACE(CRM_TO_RESOLVE)]);
		level->waiting[PLACE(CRM_TO_WRITE)] += level->waiting[PLACE(CRM_TO_RESOLVE)];
		level->waiting[PLACE(CRM_TO_RESOLVE)] = 0;
	}
}

void
crm_changes_postpone(void)
{
	for (crm_level *level = top; level != NULL; level = level->parent)
		level->many = Max(level->many, 2 * (level->waiting[0] + level->waiting[1]));
}

static void
settle_all_done(SubTransactionId mine, SubTransactionId parent, bool committed)
{
	bool wait = false;

	for (crm_level *level = top; level != NULL; level = level->parent)
		for (int place = 0; place < 2; place++)
		{
			int64 again = crm_chunks_settle(&level->list[place], mine, parent, committed);

			level->waiting[place] += again;
			wait |= again > 0;
			if (committed && level->subtransaction == parent)
				crm_chunks_drop_done(&level->list[place], parent);
		}
	/* A rolled-back savepoint has written in vain: wait longer, or it would be done for each. */
	if (wait)
		crm_changes_postpone();
}

static void
hand_to_parent(crm_level *level, SubTransactionId parent)
{
	crm_level *heir = level->parent;

	if (heir == NULL || heir->subtransaction != parent)
	{
		level->subtransaction = parent;
		return;
	}
	for (int place = 0; place < 2; place++)
	{
		if (!crm_chunks_pack(&heir->list[place], &level->list[place]))
			crm_chunks_append(&heir->list[place], &level->list[place]);
		heir->waiting[place] += level->waiting[place];
	}
	top = heir;
	pfree(level);
}

void
crm_changes_subtransaction_end(SubTransactionId mine, SubTransactionId parent, bool committed)
{
	if (top != NULL && top->subtransaction == mine)
	{
		crm_level *level = top;

		if (committed)
			hand_to_parent(level, parent);
		else
		{
			top = level->parent;
			crm_chunks_free(&level->list[0]);
			crm_chunks_free(&level->list[1]);
			pfree(level);
		}
	}
	if (some_done)
		settle_all_done(mine, parent, committed);
}

void
crm_changes_forget(void)
{
	/* Its memory goes with the transaction. */
	top = NULL;
	some_done = false;
}
