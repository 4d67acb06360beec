/* source_problem.c - what keeps a source from being read or captured, found when somebody looks.
 *
 * The department's DDL meets nothing of crm and is told nothing, so every look compares anew.
 */
#include "postgres.h"

#include "access/relation.h"
#include "fmgr.h"
#include "funcapi.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"

#include "base/base.h"
#include "source/source_expression.h"
#include "source/source_key.h"
#include "source/source_part.h"
#include "source/source_read.h"
#include "source/source_repair.h"
#include "source/source_table.h"
#include "source/source_trigger.h"

PG_FUNCTION_INFO_V1(crm_source_problems);

typedef struct problem
{
	char *attention; /* NULL: none */
	char *repair;
} problem;

typedef struct key_check
{
	Relation relation;
	List *numbers;
	bool broken;
} key_check;

static void put_problems(const crm_source *source, ReturnSetInfo *result);
static void put_problem(int32 source_id, problem found, ReturnSetInfo *result);
static problem problem_of_part(const crm_source *part);
static problem problem_of(const crm_source *source);
static problem gone_problem(const crm_source *source);
static problem table_problem(const crm_source *source, Relation relation);
static problem reading_problem(const crm_source *source, Relation relation);
static problem type_problem(const crm_source *source, Relation relation);
static const char *type_label(const char *qualified);
static problem trigger_problem(const crm_source *source, Relation relation);
static problem key_problem(const crm_source *source, Relation relation);
static char *key_repair(const crm_source *source, Relation relation, List *numbers);
static void check_key(void *arg);
static List *key_numbers(const crm_source *source, Relation relation);
static char *joined(List *texts);
static char *literal(const crm_source *source);

Datum
crm_source_problems(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *result = (ReturnSetInfo *) fcinfo->resultinfo;
	crm_user before = crm_become(crm_owner(), 0);
	ListCell *cell;

	InitMaterializedSRF(fcinfo, 0);
	foreach (cell, crm_source_ids())
	{
		crm_source *source = crm_source_load(lfirst_int(cell));

		if (source != NULL)
			put_problems(source, result);
	}
	crm_restore_user(before);
	return (Datum) 0;
}

/* A source has the problems of its parts, after its own. */
static void
put_problems(const crm_source *source, ReturnSetInfo *result)
{
	problem first = problem_of(source);
	ListCell *cell;

	foreach (cell, crm_source_part_ids(source->source_id))
	{
		crm_source *part = crm_source_load(lfirst_int(cell));
		problem found = part ? problem_of_part(part) : (problem){NULL, NULL};

		if (found.attention == NULL)
			continue;
		put_problem(part->source_id, found, result);
		if (first.attention == NULL)
			first =
				(problem){psprintf("%s: %s", crm_part_title(part), found.attention), found.repair};
	}
	if (first.attention != NULL)
		put_problem(source->source_id, first, result);
}

static problem
problem_of_part(const crm_source *part)
{
	problem found = problem_of(part);
	bool renamed;

	if (found.attention != NULL)
		return found;
	found.attention = crm_part_anchor_problem(part, &renamed);
	if (found.attention != NULL)
		found.repair = renamed ? psprintf("SELECT crm.repair_source(%s);", literal(part))
							   : psprintf("SELECT %s);", crm_part_call(part, "drop"));
	return found;
}

static void
put_problem(int32 source_id, problem found, ReturnSetInfo *result)
{
	Datum values[] = {Int32GetDatum(source_id), CStringGetTextDatum(found.attention),
					  CStringGetTextDatum(found.repair)};
	bool nulls[] = {false, false, false};

	tuplestore_putvalues(result->setResult, result->setDesc, values, nulls);
}

static problem
problem_of(const crm_source *source)
{
	Oid table = crm_source_table_id(source);
	Relation relation = OidIsValid(table) ? try_relation_open(table, AccessShareLock) : NULL;
	problem found;

	if (relation == NULL)
		return gone_problem(source);
	found = table_problem(source, relation);
	relation_close(relation, AccessShareLock);
	return found;
}

/* A renamed table still carries the trigger with the source's number. */
static problem
gone_problem(const crm_source *source)
{
	Oid now = crm_source_trigger_table(source->source_id);
	char *label = crm_source_label(source->schema, source->table);

	if (!OidIsValid(now))
		return (problem){psprintf("table \"%s\" does not exist", label),
						 psprintf("SELECT %s);", crm_part_call(source, "drop"))};
	return (problem){psprintf("table \"%s\" is now \"%s.%s\"", label,
							  get_namespace_name(get_rel_namespace(now)), get_rel_name(now)),
					 psprintf("SELECT crm.repair_source(%s);", literal(source))};
}

static problem
table_problem(const crm_source *source, Relation relation)
{
	problem found = reading_problem(source, relation);

	if (found.attention == NULL)
		found = type_problem(source, relation);
	if (found.attention == NULL)
		found = trigger_problem(source, relation);
	if (found.attention == NULL)
		found = key_problem(source, relation);
	return found;
}

static problem
reading_problem(const crm_source *source, Relation relation)
{
	ErrorData *error = crm_source_probe(source);
	crm_source_mended *mended;
	StringInfoData text;

	if (error == NULL)
		return (problem){NULL, NULL};
	mended = crm_source_mend(source, relation);
	initStringInfo(&text);
	if (mended->renamed)
		appendStringInfo(&text, "column %s; ", joined(mended->renamed));
	if (mended->dropped)
		appendStringInfo(&text, "column %s was dropped; ", joined(mended->dropped));
	if (mended->lost)
		appendStringInfo(&text, "%s can no longer be read; ", joined(mended->lost));
	if (text.len > 2)
		text.data[text.len - 2] = '\0';
	return (problem){text.len > 2 ? text.data : psprintf("cannot be read: %s", error->message),
					 mended->repair ? mended->repair
									: psprintf("CALL crm.sync(%s);", literal(source))};
}

/* A change of type rewrites the rows and fires no trigger: they have to be compared. */
static problem
type_problem(const crm_source *source, Relation relation)
{
	List *types = crm_source_column_types(relation, source->columns);
	ListCell *name;
	ListCell *then;
	ListCell *now;

	forthree(name, source->columns, then, source->column_types, now, types)
	{
		/* One that is gone is the trouble of what reads it. */
		if (*(char *) lfirst(now) != '\0' && strcmp(lfirst(then), lfirst(now)) != 0)
			return (problem){psprintf("column \"%s\" was of type %s and is now of type %s",
									  (char *) lfirst(name), type_label(lfirst(then)),
									  type_label(lfirst(now))),
							 psprintf("SELECT crm.repair_source(%s);", literal(source))};
	}
	return (problem){NULL, NULL};
}

static const char *
type_label(const char *qualified)
{
	const char *prefix = "pg_catalog.";

	return strncmp(qualified, prefix, strlen(prefix)) == 0 ? qualified + strlen(prefix) : qualified;
}

static problem
trigger_problem(const crm_source *source, Relation relation)
{
	char *found = NULL;

	if (crm_source_has_triggers(relation->rd_rel->relkind))
		found = crm_source_trigger_problem(RelationGetRelid(relation), source);
	return (problem){found, psprintf("SELECT crm.repair_source(%s);", literal(source))};
}

/* Only where no index vouches for the key are the rows looked at, and only those of tables. */
static problem
key_problem(const crm_source *source, Relation relation)
{
	key_check check = {relation, key_numbers(source, relation), false};

	if (source->role != CRM_ROLE_SOURCE || !crm_source_has_triggers(relation->rd_rel->relkind) ||
		crm_source_key_is_indexed(relation, check.numbers))
		return (problem){NULL, NULL};
	if (crm_source_guarded(source, check_key, &check) != NULL || !check.broken)
		return (problem){NULL, NULL};
	return (problem){psprintf("key (%s) no longer identifies a row",
							  crm_source_quoted_columns(relation, check.numbers)),
					 key_repair(source, relation, check.numbers)};
}

/* A better key if there is one, else the constraint that says which rows are in its way. */
static char *
key_repair(const crm_source *source, Relation relation, List *numbers)
{
	char *columns = crm_source_quoted_columns(relation, numbers);
	List *better = crm_source_key_found(relation);

	if (better == NIL)
		return psprintf("ALTER TABLE %s ADD UNIQUE (%s);", crm_source_qualified(source), columns);
	/* An index that holds for each of several inheritance children does not hold for all. */
	if (equal(better, numbers))
		return psprintf("SELECT tableoid::regclass, %s FROM %s WHERE (%s) IN (SELECT %s FROM %s "
						"GROUP BY %s HAVING count(*) > 1);",
						columns, crm_source_qualified(source), columns, columns,
						crm_source_qualified(source), columns);
	return psprintf(
		"SELECT crm.change_source(%s, key => %s);", literal(source),
		quote_literal_cstr(psprintf("{%s}", crm_source_quoted_columns(relation, better))));
}

/* Runs under crm_source_guarded(). */
static void
check_key(void *arg)
{
	key_check *check = arg;

	check->broken = crm_source_key_is_broken(check->relation, check->numbers);
}

static List *
key_numbers(const crm_source *source, Relation relation)
{
	List *numbers = NIL;
	ListCell *cell;

	foreach (cell, source->key)
		numbers = lappend_int(numbers, crm_source_column_number(relation, lfirst(cell)));
	return numbers;
}

static char *
joined(List *texts)
{
	StringInfoData all;
	ListCell *cell;

	initStringInfo(&all);
	foreach (cell, texts)
		appendStringInfo(&all, "%s%s", all.len ? ", " : "", (char *) lfirst(cell));
	return all.data;
}

/* What crm.repair_source() and crm.sync() are to be called with: parts go with their source. */
static char *
literal(const crm_source *source)
{
	crm_source *root = source->root_id ? crm_source_load(source->root_id) : NULL;

	return quote_literal_cstr(crm_source_qualified(root ? root : source));
}
