/* preset_add.c - registers the sources of a preset by the statements that it amounts to.
 *
 * The plan is made as the owner of crm's tables, which keep the documents; its statements run as
 * the caller, whose own rights decide about the tables.
 */
#include "postgres.h"

#include "access/xact.h"
#include "catalog/pg_type.h"
#include "funcapi.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/datum.h"
#include "utils/jsonb.h"

#include "act/act_own.h"
#include "base/base.h"
#include "follow/follow.h"
#include "preset/preset.h"
#include "source/source_expression.h"
#include "source/source_lock.h"
#include "source/source_registry.h"

/* The values that one query as the owner takes. */
typedef struct query_values
{
	int n;
	Oid types[24];
	Datum values[24];
	char nulls[24];
} query_values;

PG_FUNCTION_INFO_V1(crm_preset_statements);
PG_FUNCTION_INFO_V1(crm_refresh_preset);

/* InvalidOid: nothing is being planned. */
static Oid caller = InvalidOid;

/* What a preset's source may be given, in the order of the arguments of crm.add_source(). */
static const struct
{
	const char *name;
	int number;
	Oid type;
} given[] = {
	{"department", 1, TEXTOID},  {"map", 2, JSONBOID},        {"key", 3, TEXTARRAYOID},
	{"filter", 4, TEXTOID},      {"kind", 5, TEXTOID},        {"region", 6, TEXTOID},
	{"changed_at", 7, TEXTOID},  {"trust", 8, FLOAT4OID},     {"mode", 9, TEXTOID},
	{"entered_by", 10, TEXTOID}, {"belongs_to", 11, TEXTOID}, {"related", 12, TEXTOID},
	{"relation", 13, TEXTOID},   {"since", 14, TEXTOID},      {"until", 15, TEXTOID},
};

static Datum refresh_preset(FunctionCallInfo fcinfo);
static void follow(int32 source_id);
static Datum given_arguments(FunctionCallInfo fcinfo);
static void add_value(query_values *query, Oid type, Datum value, bool isnull);
static void add_text(query_values *query, const char *value);
static Datum plan_as_owner(const char *sql, query_values *query);
static Datum ask_as_owner(const char *sql, query_values *query);
static List *statements_of(const char *sql, Datum plan);
static void run_as_caller(List *statements);
static void run_each(void *statements);
static void put_plan(ReturnSetInfo *result, Datum plan);
static void put_rows(ReturnSetInfo *result, List *statements);

text *
crm_preset_add(FunctionCallInfo fcinfo, int preset_argument)
{
	query_values question = {0};
	query_values note = {0};
	Datum preset = PG_GETARG_DATUM(preset_argument);
	Datum arguments = given_arguments(fcinfo);
	Datum plan;
	char *schema;
	char *table;

	if (!PG_ARGISNULL(4) && VARSIZE_ANY_EXHDR(PG_GETARG_TEXT_PP(4)) > 0)
		(void) crm_source_parse(text_to_cstring(PG_GETARG_TEXT_PP(4)));
	crm_preset_find_target(PG_GETARG_TEXT_PP(0), &schema, &table);
	add_text(&question, schema);
	add_text(&question, table);
	add_value(&question, TEXTOID, preset, false);
	add_value(&question, JSONBOID, arguments, false);
	plan = plan_as_owner("SELECT crm_internal.start_preset($1, $2, $3, $4)", &question);
	run_as_caller(
		statements_of("SELECT p.item OPERATOR(pg_catalog.->>) 'statement' "
					  "FROM pg_catalog.jsonb_array_elements($1) WITH ORDINALITY p (item, position) "
					  "WHERE p.item OPERATOR(pg_catalog.?) 'statement' ORDER BY p.position",
					  plan));
	add_value(&note, JSONBOID, plan, false);
	add_value(&note, TEXTOID, preset, false);
	add_value(&note, JSONBOID, arguments, false);
	return DatumGetTextPP(ask_as_owner("SELECT crm_internal.note_preset($1, $2, $3)", &note));
}

Oid
crm_preset_caller(void)
{
	return OidIsValid(caller) ? caller : GetUserId();
}

char *
crm_preset_of_table(const char *schema, const char *table)
{
	query_values question = {0};
	char *preset;

	add_text(&question, schema);
	add_text(&question, table);
	preset = TextDatumGetCString(
		ask_as_owner("SELECT coalesce(crm_internal.preset_of_table($1, $2), '')", &question));
	return *preset ? preset : NULL;
}

/* (source, preset, department) */
Datum
crm_preset_statements(PG_FUNCTION_ARGS)
{
	query_values question = {0};
	Datum plan;
	char *schema;
	char *table;

	InitMaterializedSRF(fcinfo, 0);
	if (PG_ARGISNULL(0) || PG_ARGISNULL(1))
		return (Datum) 0;
	crm_preset_find_target(PG_GETARG_TEXT_PP(0), &schema, &table);
	add_text(&question, schema);
	add_text(&question, table);
	add_value(&question, TEXTOID, PG_GETARG_DATUM(1), false);
	if (PG_ARGISNULL(2))
		add_text(&question, schema);
	else
		add_value(&question, TEXTOID, PG_GETARG_DATUM(2), false);
	plan = plan_as_owner("SELECT crm_internal.preset_plan($1, $2, $3, "
						 "pg_catalog.jsonb_build_object('department', $4))",
						 &question);
	put_plan((ReturnSetInfo *) fcinfo->resultinfo, plan);
	return (Datum) 0;
}

Datum
crm_refresh_preset(PG_FUNCTION_ARGS)
{
	InitMaterializedSRF(fcinfo, 0);
	crm_decide(fcinfo, "process.policy");
	return crm_source_patiently(fcinfo, refresh_preset);
}

static Datum
refresh_preset(FunctionCallInfo fcinfo)
{
	int32 source_id = crm_source_number(text_to_cstring(PG_GETARG_TEXT_PP(0)));
	query_values question = {0};
	Datum refresh;
	List *statements;

	follow(source_id);
	add_value(&question, INT4OID, Int32GetDatum(source_id), false);
	refresh = plan_as_owner("SELECT crm_internal.start_refresh($1)", &question);
	statements = statements_of("SELECT pg_catalog.jsonb_array_elements_text($1 "
							   "OPERATOR(pg_catalog.->) 'statements')",
							   refresh);
	run_as_caller(statements);
	add_value(&question, JSONBOID, refresh, false);
	(void) ask_as_owner("SELECT crm_internal.finish_refresh($1, $2)::text", &question);
	put_rows((ReturnSetInfo *) fcinfo->resultinfo, statements);
	return (Datum) 0;
}

/* What was renamed is called by its new name before the preset misses the old one. */
static void
follow(int32 source_id)
{
	ListCell *cell;

	(void) crm_source_follow(source_id);
	foreach (cell, crm_source_part_ids(source_id))
		(void) crm_source_follow(lfirst_int(cell));
	CommandCounterIncrement();
}

/* As one object. Trust and mode have defaults, which need not be said. */
static Datum
given_arguments(FunctionCallInfo fcinfo)
{
	query_values query = {0};
	StringInfoData sql;

	initStringInfo(&sql);
	for (int i = 0; i < lengthof(given); i++)
	{
		add_value(&query, given[i].type, PG_GETARG_DATUM(given[i].number),
				  PG_ARGISNULL(given[i].number));
		appendStringInfo(&sql, "%s'%s', $%d", i == 0 ? "" : ", ", given[i].name, i + 1);
	}
	return ask_as_owner(psprintf("SELECT crm_internal.given_to_preset("
								 "pg_catalog.jsonb_build_object(%s))",
								 sql.data),
						&query);
}

static void
add_value(query_values *query, Oid type, Datum value, bool isnull)
{
	Assert(query->n < lengthof(query->types));
	query->types[query->n] = type;
	query->values[query->n] = value;
	query->nulls[query->n] = isnull ? 'n' : ' ';
	query->n++;
}

static void
add_text(query_values *query, const char *value)
{
	add_value(query, TEXTOID, value ? CStringGetTextDatum(value) : (Datum) 0, value == NULL);
}

/* As ask_as_owner(), remembering who asks. */
static Datum
plan_as_owner(const char *sql, query_values *query)
{
	Oid before = caller;
	Datum plan = (Datum) 0;

	caller = GetUserId();
	PG_TRY();
	{
		plan = ask_as_owner(sql, query);
	}
	PG_FINALLY();
	{
		caller = before;
	}
	PG_END_TRY();
	return plan;
}

/* The one value that the query gives, which is never NULL, in the caller's memory context. */
static Datum
ask_as_owner(const char *sql, query_values *query)
{
	MemoryContext context = CurrentMemoryContext;
	crm_user before = crm_become(crm_owner(), 0);
	MemoryContext own;
	Datum value;
	bool isnull;

	SPI_connect();
	crm_source_execute(sql, query->n, query->types, query->values, query->nulls, SPI_OK_SELECT);
	value = SPI_getbinval(SPI_tuptable->vals[0], SPI_tuptable->tupdesc, 1, &isnull);
	own = MemoryContextSwitchTo(context);
	value = datumCopy(value, false, -1);
	MemoryContextSwitchTo(own);
	SPI_finish();
	crm_restore_user(before);
	return value;
}

/* The rows of a query over the plan. */
static List *
statements_of(const char *sql, Datum plan)
{
	MemoryContext context = CurrentMemoryContext;
	Oid types[] = {JSONBOID};
	List *statements = NIL;

	SPI_connect();
	crm_source_execute(sql, 1, types, &plan, NULL, SPI_OK_SELECT);
	for (uint64 i = 0; i < SPI_processed; i++)
	{
		char *statement = SPI_getvalue(SPI_tuptable->vals[i], SPI_tuptable->tupdesc, 1);
		MemoryContext own = MemoryContextSwitchTo(context);

		statements = lappend(statements, pstrdup(statement));
		MemoryContextSwitchTo(own);
	}
	SPI_finish();
	return statements;
}

/* They are functions that decide, but here together one act. */
static void
run_as_caller(List *statements)
{
	crm_decide_within(run_each, statements);
}

static void
run_each(void *statements)
{
	ListCell *cell;

	SPI_connect();
	foreach (cell, (List *) statements)
		crm_source_execute(lfirst(cell), 0, NULL, NULL, NULL, SPI_OK_SELECT);
	SPI_finish();
}

static void
put_rows(ReturnSetInfo *result, List *statements)
{
	ListCell *cell;

	foreach (cell, statements)
	{
		Datum values[] = {Int32GetDatum(foreach_current_index(cell) + 1),
						  CStringGetTextDatum(lfirst(cell))};
		bool nulls[] = {false, false};

		tuplestore_putvalues(result->setResult, result->setDesc, values, nulls);
	}
}

static void
put_plan(ReturnSetInfo *result, Datum plan)
{
	crm_user before = crm_become(crm_owner(), 0);
	Oid types[] = {JSONBOID};

	SPI_connect();
	crm_source_execute("SELECT step, statement, left_out FROM crm_internal.plan_rows($1)", 1, types,
					   &plan, NULL, SPI_OK_SELECT);
	for (uint64 i = 0; i < SPI_processed; i++)
		tuplestore_puttuple(result->setResult, SPI_tuptable->vals[i]);
	SPI_finish();
	crm_restore_user(before);
}
