/*
 * source_given.c - a row that is not stored, as its source would read it.
 *
 * Mapping expressions see it as a row of the table and run as the table's owner, as always.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "executor/spi.h"

#include "base/base.h"
#include "source/source_given.h"
#include "source/source_read.h"
#include "source/source_row.h"

typedef struct given_row
{
	const crm_source *source;
	Datum columns;
	MemoryContext context; /* where the row goes */
	crm_source_row *row;
} given_row;

/* Runs under crm_source_guarded(). */
static void
read_given(void *arg)
{
	given_row *given = arg;
	crm_source_query *query = crm_source_query_build(given->source, CRM_SCOPE_GIVEN);
	Oid types[] = {JSONBOID};
	MemoryContext old;

	if (SPI_execute_with_args(query->sql, 1, types, &given->columns, NULL, true, 1) !=
		SPI_OK_SELECT)
		elog(ERROR, "reading a row failed");
	if (SPI_processed == 0)
		return;
	old = MemoryContextSwitchTo(given->context);
	given->row = crm_source_query_row(given->source, SPI_tuptable->vals[0], SPI_tuptable->tupdesc);
	MemoryContextSwitchTo(old);
}

static void
raise_unread(const crm_source *source, int sqlerrcode, const char *text)
{
	ereport(ERROR,
			(errcode(sqlerrcode), errmsg("the row cannot be read as one of source \"%s.%s\": %s",
										 source->schema, source->table, text)));
}

const crm_source_row *
crm_source_read_given(const crm_source *source, Datum columns)
{
	crm_source bare = *source;
	given_row given = {&bare, columns, CurrentMemoryContext, NULL};
	ErrorData *error;

	bare.belongs_to = NULL;
	bare.anchors = NIL;
	error = crm_source_guarded(&bare, read_given, &given);
	if (error != NULL)
		raise_unread(source, error->sqlerrcode, crm_source_error_text(error));
	if (given.row != NULL && given.row->error != NULL)
		raise_unread(source, given.row->sqlerrcode, given.row->error);
	return given.row;
}
