/* follow_substitute.c - whether another table may stand for the one that was registered. */
#include "postgres.h"

#include "access/relation.h"
#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"

#include "base/base.h"
#include "follow/follow_substitute.h"
#include "source/source_expression.h"
#include "source/source_read.h"
#include "source/source_table.h"
#include "source/source_trigger.h"

typedef struct row_search
{
	char *table;
	bool found;
} row_search;

static bool same_category(const char *then, Oid now);
static Oid type_named(const char *name);
static char category_of(Oid type);
static bool is_empty(const crm_source *source);
static void look_for_rows(void *arg);
static bool has_records(int32 source_id);

char *
crm_source_misfit(const crm_source *source, Relation relation)
{
	char *label = crm_source_label(source->schema, source->table);
	char *owner = crm_source_owner(relation);
	ListCell *name;
	ListCell *type;

	if (crm_source_has_triggers(source->relation_kind) &&
		!crm_source_has_triggers(relation->rd_rel->relkind))
		return psprintf("\"%s\" is no table any more but a view or foreign table", label);
	if (source->owner != NULL && strcmp(owner, source->owner) != 0)
		return psprintf("\"%s\" is another table by now, and belongs to \"%s\"", label, owner);
	forboth(name, source->columns, type, source->column_types)
	{
		AttrNumber number = crm_source_column_number(relation, lfirst(name));
		Oid now =
			number ? TupleDescAttr(RelationGetDescr(relation), number - 1)->atttypid : InvalidOid;

		if (number != 0 && !same_category(lfirst(type), now))
			return psprintf("\"%s\" is another table by now, where \"%s\" is of type %s", label,
							(char *) lfirst(name), format_type_be(now));
	}
	return NULL;
}

bool
crm_source_reads_alike(const crm_source *source, Oid table)
{
	Relation relation = try_relation_open(table, AccessShareLock);
	bool meant;
	ListCell *cell;

	if (relation == NULL)
		return false;
	meant = crm_source_misfit(source, relation) == NULL;
	foreach (cell, source->columns)
		meant = meant && crm_source_column_number(relation, lfirst(cell)) != 0;
	relation_close(relation, AccessShareLock);
	return meant;
}

bool
crm_source_would_empty(const crm_source *source)
{
	return has_records(source->root_id ? source->root_id : source->source_id) && is_empty(source);
}

/* A migration may widen what it copies; a number where a name was is no copy. */
static bool
same_category(const char *then, Oid now)
{
	Oid type = type_named(then);

	if (!OidIsValid(type))
		return false;
	return type == now ||
		   (category_of(type) != TYPCATEGORY_USER && category_of(type) == category_of(now));
}

static Oid
type_named(const char *name)
{
	Oid types[] = {TEXTOID};
	Datum values[] = {CStringGetTextDatum(name)};
	bool isnull;
	Datum type;

	SPI_connect();
	crm_source_execute("SELECT pg_catalog.to_regtype($1)", 1, types, values, NULL, SPI_OK_SELECT);
	type = SPI_getbinval(SPI_tuptable->vals[0], SPI_tuptable->tupdesc, 1, &isnull);
	SPI_finish();
	return isnull ? InvalidOid : DatumGetObjectId(type);
}

static char
category_of(Oid type)
{
	char category;
	bool preferred;

	get_type_category_preferred(getBaseType(type), &category, &preferred);
	return category == TYPCATEGORY_ENUM ? TYPCATEGORY_STRING : category;
}

static bool
is_empty(const crm_source *source)
{
	row_search search = {crm_source_qualified(source), false};

	return crm_source_guarded(source, look_for_rows, &search) == NULL && !search.found;
}

/* Runs under crm_source_guarded(). */
static void
look_for_rows(void *arg)
{
	row_search *search = arg;

	crm_source_execute(psprintf("SELECT 1 FROM %s LIMIT 1", search->table), 0, NULL, NULL, NULL,
					   SPI_OK_SELECT);
	search->found = SPI_processed > 0;
}

static bool
has_records(int32 source_id)
{
	crm_user before = crm_become(crm_owner(), 0);
	Oid types[] = {INT4OID};
	Datum values[] = {Int32GetDatum(source_id)};
	bool found;

	SPI_connect();
	crm_source_execute("SELECT 1 FROM crm_internal.record "
					   "WHERE source_id OPERATOR(pg_catalog.=) $1 LIMIT 1",
					   1, types, values, NULL, SPI_OK_SELECT);
	found = SPI_processed > 0;
	SPI_finish();
	crm_restore_user(before);
	return found;
}
