/* guard_release.c - a row that waited for approval gets the state that was asked for.
 *
 * crm.approve() has crm set it, as the owner of the table: the one who approves need not have the
 * right to write there. The guard lets the write pass in the name of the one who asked, by the
 * approval and by nothing else, and only as long as the row is what was approved.
 */
#include "postgres.h"

#include "access/table.h"
#include "catalog/namespace.h"
#include "catalog/pg_type.h"
#include "fmgr.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"

#include "base/base.h"
#include "guard/guard_name.h"
#include "guard/guard_plan.h"
#include "guard/guard_release.h"
#include "source/source_registry.h"
#include "source/source_table.h"

PG_FUNCTION_INFO_V1(crm_release_waiting);

#define REQUEST_COLUMNS                                                                            \
	"SELECT r.guard_id, r.row_key, r.requester, r.known_by, r.amount, COALESCE(r.customer_id, 0)," \
	" r.asked::pg_catalog.text FROM crm_internal.request r "                                       \
	"WHERE r.request_id OPERATOR(pg_catalog.=) $1 AND r.asked IS NOT NULL"

static crm_guard_release *releasing = NULL;

static crm_guard_release *load(int64 request_id);
static crm_known_by known_by_of(const char *name);
static Relation open_guarded(const crm_guard_release *release, const crm_guard *guard);
static void set_wanted(crm_guard_release *release, const crm_guard_plan *plan, Relation relation);
static char *statement_of(const crm_guard_plan *plan, Relation relation);
static void append_key(StringInfo sql, Relation relation);
static const char *type_of(Relation relation, AttrNumber column);
static void refuse_gone(const crm_guard_release *release, const char *table);

crm_guard_release *
crm_guard_releasing(int32 guard_id)
{
	return releasing != NULL && releasing->guard_id == guard_id ? releasing : NULL;
}

Datum
crm_release_waiting(PG_FUNCTION_ARGS)
{
	crm_guard_release *release = load(PG_GETARG_INT64(0));
	crm_guard *guard = crm_guard_load(release->guard_id);
	Relation relation = open_guarded(release, guard);
	const crm_guard_plan *plan = crm_guard_plan_of(release->guard_id, relation);

	if (plan->problem != NULL)
		ereport(ERROR, (errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
						errmsg("guard %d on %s cannot tell what is decided", release->guard_id,
							   guard->table_name),
						errdetail("%s.", plan->problem), errhint("%s", plan->hint)));
	set_wanted(release, plan, relation);
	table_close(relation, NoLock);
	PG_RETURN_VOID();
}

static crm_guard_release *
load(int64 request_id)
{
	MemoryContext context = CurrentMemoryContext;
	crm_guard_release *release = palloc0(sizeof(crm_guard_release));
	Oid types[] = {INT8OID};
	Datum values[] = {Int64GetDatum(request_id)};
	crm_user before = crm_become(crm_owner(), 0);
	HeapTuple row;
	TupleDesc desc;
	MemoryContext old;
	Datum amount;
	bool isnull;

	SPI_connect();
	crm_source_execute(REQUEST_COLUMNS, 1, types, values, NULL, SPI_OK_SELECT);
	if (SPI_processed == 0)
		ereport(ERROR, (errcode(ERRCODE_UNDEFINED_OBJECT),
						errmsg("request " INT64_FORMAT " is not of a row that waits", request_id)));
	row = SPI_tuptable->vals[0];
	desc = SPI_tuptable->tupdesc;
	old = MemoryContextSwitchTo(context);
	release->request_id = request_id;
	release->guard_id = DatumGetInt32(SPI_getbinval(row, desc, 1, &isnull));
	release->row_key = SPI_getvalue(row, desc, 2);
	release->requester.person = SPI_getvalue(row, desc, 3);
	release->requester.known_by = known_by_of(SPI_getvalue(row, desc, 4));
	amount = SPI_getbinval(row, desc, 5, &isnull);
	release->amount = isnull ? NULL : DatumGetNumericCopy(amount);
	release->customer_id = DatumGetInt64(SPI_getbinval(row, desc, 6, &isnull));
	release->asked = SPI_getvalue(row, desc, 7);
	MemoryContextSwitchTo(old);
	SPI_finish();
	crm_restore_user(before);
	return release;
}

static crm_known_by
known_by_of(const char *name)
{
	for (crm_known_by known_by = CRM_KNOWN_BY_ACT_AS; known_by < CRM_KNOWN_BY_OWNER; known_by++)
		if (strcmp(crm_known_by_name(known_by), name) == 0)
			return known_by;
	return CRM_KNOWN_BY_OWNER;
}

static Relation
open_guarded(const crm_guard_release *release, const crm_guard *guard)
{
	char *schema;
	char *table;
	Oid relation_id = InvalidOid;

	if (guard != NULL && !guard->is_dropped && guard->waiting != NIL &&
		crm_source_resolve_name(guard->table_name, &schema, &table))
		relation_id = get_relname_relid(table, get_namespace_oid(schema, true));
	if (!OidIsValid(relation_id))
		refuse_gone(release, guard ? guard->table_name : "a table");
	return table_open(relation_id, RowExclusiveLock);
}

static void
set_wanted(crm_guard_release *release, const crm_guard_plan *plan, Relation relation)
{
	Oid types[] = {TEXTOID, TEXTOID};
	Datum values[] = {CStringGetTextDatum(release->asked), CStringGetTextDatum(release->row_key)};
	char *sql = statement_of(plan, relation);
	crm_user before = crm_become(relation->rd_rel->relowner, SECURITY_NOFORCE_RLS);
	int nest_level = crm_source_pin();
	uint64 written;

	SPI_connect();
	releasing = release;
	PG_TRY();
	{
		crm_source_execute(sql, 2, types, values, NULL, SPI_OK_UPDATE);
	}
	PG_FINALLY();
	{
		releasing = NULL;
	}
	PG_END_TRY();
	written = SPI_processed;
	SPI_finish();
	crm_source_unpin(nest_level);
	crm_restore_user(before);
	if (written != 1 || !release->passed)
		refuse_gone(release, plan->guard->table_name);
}

/* $1: what was asked for, $2: the key, as crm_guard_row_key() wrote it. */
static char *
statement_of(const crm_guard_plan *plan, Relation relation)
{
	StringInfoData sql;

	initStringInfo(&sql);
	appendStringInfo(&sql, "UPDATE %s SET ", crm_table_qualified(RelationGetRelid(relation)));
	for (int i = 0; i < plan->nwaits; i++)
		appendStringInfo(&sql, "%s%s = ($1::pg_catalog.jsonb OPERATOR(pg_catalog.->>) %s)::%s",
						 i > 0 ? ", " : "", quote_identifier(plan->waits[i].name),
						 quote_literal_cstr(plan->waits[i].name),
						 type_of(relation, plan->waits[i].column));
	append_key(&sql, relation);
	return sql.data;
}

/* By the equality of the primary key, which need not be on any search_path. */
static void
append_key(StringInfo sql, Relation relation)
{
	List *numbers = crm_guard_key_numbers(relation);
	List *operators = crm_guard_key_operators(relation);
	ListCell *number;
	ListCell *operator;

	forboth(number, numbers, operator, operators)
	{
		int i = foreach_current_index(number);

		appendStringInfo(
			sql, "%s %s %s ", i == 0 ? " WHERE" : "AND",
			quote_identifier(get_attname(RelationGetRelid(relation), lfirst_int(number), false)),
			(char *) lfirst(operator));
		if (list_length(numbers) == 1)
			appendStringInfo(sql, "($2::%s) ", type_of(relation, lfirst_int(number)));
		else
			appendStringInfo(sql, "(($2::pg_catalog.jsonb OPERATOR(pg_catalog.->>) %d)::%s) ", i,
							 type_of(relation, lfirst_int(number)));
	}
}

static const char *
type_of(Relation relation, AttrNumber column)
{
	Form_pg_attribute attribute = TupleDescAttr(RelationGetDescr(relation), column - 1);

	return format_type_extended(attribute->atttypid, attribute->atttypmod,
								FORMAT_TYPE_TYPEMOD_GIVEN | FORMAT_TYPE_FORCE_QUALIFY);
}

static void
refuse_gone(const crm_guard_release *release, const char *table)
{
	ereport(ERROR, (errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
					errmsg("the row of %s that request " INT64_FORMAT " is about waits no more",
						   table, release->request_id),
					errhint("SELECT crm.decline(" INT64_FORMAT ", '...');", release->request_id)));
}
