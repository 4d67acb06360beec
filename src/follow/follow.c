/* follow.c - lets sources follow what departments do to their tables.
 *
 * A run does this before it reads anything. What is followed is written in one subtransaction with
 * the entry that has the whole source compared; what cannot be followed leaves no trace but the
 * note that it needs attention, and is looked at again by the next run.
 */
#include "postgres.h"

#include "access/relation.h"
#include "access/xact.h"
#include "catalog/pg_type.h"
#include "miscadmin.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/guc.h"
#include "utils/rel.h"

#include "base/attempt.h"
#include "base/base.h"
#include "follow/follow.h"
#include "follow/follow_lookup.h"
#include "follow/follow_verdict.h"
#include "source/source_lock.h"
#include "source/source_store.h"
#include "source/source_table.h"
#include "source/source_trigger.h"

#define LOCK_PATIENCE "50ms"

typedef struct following
{
	int32 source_id;
	bool readable;
} following;

static void patiently(void *argument);
static void follow(following *work);
static void follow_table(following *work, const crm_source *source, const crm_source_look *look);
static void follow_name(following *work, const crm_source *source,
						const crm_follow_verdict *verdict);
static void write_changes(const crm_source *source, const crm_follow_verdict *verdict);
static bool lock_registry_row(int32 source_id);
static void execute(const char *sql, int nargs, Oid *types, Datum *values, int expected);
static void note_followed(const crm_source *source, const char *changes);
static void detach_elsewhere(void *argument);

int32 *
crm_source_changed(int *n)
{
	List *changed = crm_source_look_changed();
	int32 *ids = palloc(sizeof(int32) * Max(list_length(changed), 1));
	ListCell *cell;

	*n = 0;
	foreach (cell, changed)
		ids[(*n)++] = lfirst_int(cell);
	return ids;
}

int32
crm_source_follow(int32 source_id)
{
	following work = {source_id, true};
	ErrorData *error = NULL;
	crm_source *source;

	if (crm_attempt(patiently, &work, &error) && work.readable)
		return 0;
	if (error != NULL)
		ereport(LOG,
				(errcode(error->sqlerrcode), errmsg("source %d could not follow its table yet: %s",
													source_id, error->message)));
	source = crm_source_load(source_id);
	return source && source->root_id ? source->root_id : source_id;
}

void
crm_source_follow_begin(int32 source_id)
{
	CommandCounterIncrement();
	crm_source_look_begin(source_id);
}

/* What higher rooms keep of the name of a source is theirs to renew. */
void
crm_source_follow_name(int32 source_id)
{
	Oid types[] = {INT4OID};
	Datum values[] = {Int32GetDatum(source_id)};

	execute("SELECT crm_internal.rename_source($1)", 1, types, values, SPI_OK_SELECT);
}

/* Runs in a subtransaction, as the owner of crm's tables. Nobody must wait behind a lock of ours.
 */
static void
patiently(void *argument)
{
	int nest_level = NewGUCNestLevel();

	(void) set_config_option("lock_timeout", LOCK_PATIENCE, PGC_USERSET, PGC_S_SESSION,
							 GUC_ACTION_SAVE, true, 0, false);
	follow(argument);
	AtEOXact_GUC(true, nest_level);
}

static void
follow(following *work)
{
	crm_source *source;
	crm_source_look *look;

	/* Whoever holds the row is at it. */
	if (!lock_registry_row(work->source_id))
		return;
	source = crm_source_load(work->source_id);
	look = crm_source_look_at(work->source_id);
	if (source != NULL && look != NULL)
		follow_table(work, source, look);
}

static void
follow_table(following *work, const crm_source *source, const crm_source_look *look)
{
	crm_follow_verdict *verdict = crm_source_follow_verdict(source, look);

	work->readable = verdict->readable;
	if (verdict->attention != NULL)
	{
		crm_source_mark(work->source_id, verdict->attention, verdict->repair);
		return;
	}
	if (!OidIsValid(look->facts.table))
	{
		follow_name(work, source, verdict);
		return;
	}
	if (verdict->attach)
	{
		crm_source_lock_tree(verdict->table, ShareRowExclusiveLock);
		crm_source_attach(verdict->table, verdict->draft);
	}
	if (verdict->changed)
		write_changes(source, verdict);
	if (verdict->compare)
		crm_source_enqueue_all(source->root_id ? source->root_id : source->source_id);
	if (verdict->changes != NULL)
		note_followed(verdict->draft, verdict->changes);
	CommandCounterIncrement();
	crm_source_look_keep(work->source_id, look);
	if (look->elsewhere != NIL)
		(void) crm_attempt(detach_elsewhere, verdict, NULL);
}

/* The table has moved: then it is looked at where it is. */
static void
follow_name(following *work, const crm_source *source, const crm_follow_verdict *verdict)
{
	crm_source *now = verdict->draft;
	Oid types[] = {INT4OID, TEXTOID, TEXTOID, TEXTOID, TEXTOID};
	Datum values[] = {Int32GetDatum(source->source_id), CStringGetTextDatum(now->schema),
					  CStringGetTextDatum(now->table), CStringGetTextDatum(source->schema),
					  CStringGetTextDatum(source->table)};

	execute("UPDATE crm_internal.source SET schema_name = $2, table_name = $3, "
			"former_name = ARRAY[$4, $5] WHERE source_id OPERATOR(pg_catalog.=) $1",
			5, types, values, SPI_OK_UPDATE);
	if (source->role == CRM_ROLE_LOOKUP)
		crm_source_rename_lookup(source, now);
	if (source->role == CRM_ROLE_SOURCE)
	{
		crm_source_rename_related(source->schema, source->table, now);
		crm_source_follow_name(source->source_id);
	}
	note_followed(now, verdict->changes);
	CommandCounterIncrement();
	follow_table(work, now, crm_source_look_at(source->source_id));
}

static void
write_changes(const crm_source *source, const crm_follow_verdict *verdict)
{
	Relation relation = relation_open(verdict->table, NoLock);

	crm_source_update(verdict->draft, relation);
	relation_close(relation, NoLock);
	if (source->role == CRM_ROLE_LOOKUP)
		crm_source_rename_lookup(source, verdict->draft);
}

static bool
lock_registry_row(int32 source_id)
{
	Oid types[] = {INT4OID};
	Datum values[] = {Int32GetDatum(source_id)};
	bool locked;

	SPI_connect();
	crm_source_execute("SELECT 1 FROM crm_internal.source "
					   "WHERE source_id OPERATOR(pg_catalog.=) $1 FOR UPDATE SKIP LOCKED",
					   1, types, values, NULL, SPI_OK_SELECT);
	locked = SPI_processed > 0;
	SPI_finish();
	return locked;
}

static void
execute(const char *sql, int nargs, Oid *types, Datum *values, int expected)
{
	crm_user before = crm_become(crm_owner(), 0);

	SPI_connect();
	crm_source_execute(sql, nargs, types, values, NULL, expected);
	SPI_finish();
	crm_restore_user(before);
}

static void
note_followed(const crm_source *source, const char *changes)
{
	Oid types[] = {INT4OID, TEXTOID};
	Datum values[] = {Int32GetDatum(source->source_id), CStringGetTextDatum(changes)};

	execute("UPDATE crm_internal.source SET followed = $2, followed_at = pg_catalog.now() "
			"WHERE source_id OPERATOR(pg_catalog.=) $1",
			2, types, values, SPI_OK_UPDATE);
	ereport(LOG, (errmsg("source \"%s.%s\" follows its table: %s", source->schema, source->table,
						 changes)));
}

/* In a subtransaction of its own: a table that was left behind may be in use for hours. */
static void
detach_elsewhere(void *argument)
{
	crm_follow_verdict *verdict = argument;

	crm_source_detach_elsewhere(verdict->table, verdict->draft->source_id);
}
