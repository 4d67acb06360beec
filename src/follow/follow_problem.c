/* follow_problem.c - what keeps a source from being read or captured, found when somebody looks.
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
#include "follow/follow_lookup.h"
#include "follow/follow_repair.h"
#include "follow/follow_statement.h"
#include "follow/follow_verdict.h"
#include "source/source_expression.h"
#include "source/source_key.h"
#include "source/source_part.h"
#include "source/source_part_anchor.h"
#include "source/source_read.h"
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

static void put(ReturnSetInfo *result, int32 source_id, problem found);
static problem problem_of(const crm_source *source, List *changed);
static void put_problems(const crm_source *source, List *changed, ReturnSetInfo *result);
static problem problem_of_part(const crm_source *part, List *changed);
static bool lookups_follow(const crm_source *source, List *changed);
static problem table_problem(const crm_source *source, Relation relation);
static problem reading_problem(const crm_source *source, Relation relation);
static problem trigger_problem(const crm_source *source, Relation relation);
static problem double_problem(const crm_source *source, Relation relation);
static problem key_problem(const crm_source *source, Relation relation);
static void check_key(void *arg);
static char *literal(const crm_source *source);

Datum
crm_source_problems(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *result = (ReturnSetInfo *) fcinfo->resultinfo;
	crm_user before = crm_become(crm_owner(), 0);
	List *changed = crm_source_look_changed();
	ListCell *cell;

	InitMaterializedSRF(fcinfo, 0);
	foreach (cell, crm_source_ids())
	{
		crm_source *source = crm_source_load(lfirst_int(cell));

		if (source != NULL)
			put_problems(source, changed, result);
	}
	crm_restore_user(before);
	return (Datum) 0;
}

/* A source has the problems of its parts, after its own. */
static void
put_problems(const crm_source *source, List *changed, ReturnSetInfo *result)
{
	problem first = problem_of(source, changed);
	ListCell *cell;

	foreach (cell, crm_source_load_parts(source->source_id))
	{
		crm_source *part = lfirst(cell);
		problem found = problem_of_part(part, changed);

		if (found.attention == NULL)
			continue;
		put(result, part->source_id, found);
		if (first.attention == NULL)
			first =
				(problem){psprintf("%s: %s", crm_part_title(part), found.attention), found.repair};
	}
	put(result, source->source_id, first);
}

static problem
problem_of_part(const crm_source *part, List *changed)
{
	problem found = problem_of(part, changed);

	if (found.attention == NULL)
	{
		found.attention = crm_part_anchor_problem(part);
		found.repair =
			found.attention ? psprintf("SELECT %s);", crm_part_call(part, "drop")) : NULL;
	}
	return found;
}

static void
put(ReturnSetInfo *result, int32 source_id, problem found)
{
	Datum values[] = {Int32GetDatum(source_id), (Datum) 0, (Datum) 0};
	bool nulls[] = {false, true, true};

	if (found.attention == NULL)
		return;
	values[1] = CStringGetTextDatum(found.attention);
	nulls[1] = false;
	if (found.repair != NULL)
		values[2] = CStringGetTextDatum(found.repair);
	nulls[2] = found.repair == NULL;
	tuplestore_putvalues(result->setResult, result->setDesc, values, nulls);
}

/* What the next run follows by itself needs nobody's attention. */
static problem
problem_of(const crm_source *source, List *changed)
{
	Oid table;
	Relation relation;
	problem found;

	if (list_member_int(changed, source->source_id))
	{
		crm_source_look *look = crm_source_look_at(source->source_id);
		crm_follow_verdict *verdict = crm_source_follow_verdict(source, look);

		if (verdict->attention != NULL || verdict->changes != NULL)
			return (problem){verdict->attention, verdict->repair};
	}
	if (lookups_follow(source, changed))
		return (problem){NULL, NULL};
	table = crm_source_table_id(source);
	relation = OidIsValid(table) ? try_relation_open(table, AccessShareLock) : NULL;
	if (relation == NULL)
		return (problem){NULL, NULL};
	found = table_problem(source, relation);
	relation_close(relation, AccessShareLock);
	return found;
}

/* Whether where its expressions cannot look by now is what the next run follows. */
static bool
lookups_follow(const crm_source *source, List *changed)
{
	bool some = false;
	ListCell *cell;

	foreach (cell, changed)
	{
		crm_source *part = crm_source_load(lfirst_int(cell));
		crm_source *holder =
			part && part->role == CRM_ROLE_LOOKUP ? crm_source_lookup_holder(part) : NULL;
		crm_follow_verdict *verdict;

		if (holder == NULL || holder->source_id != source->source_id)
			continue;
		verdict = crm_source_follow_verdict(part, crm_source_look_at(part->source_id));
		if (verdict->attention != NULL)
			return false;
		some = some || verdict->changes != NULL;
	}
	return some;
}

static problem
table_problem(const crm_source *source, Relation relation)
{
	problem found = reading_problem(source, relation);

	if (found.attention == NULL)
		found = trigger_problem(source, relation);
	if (found.attention == NULL)
		found = double_problem(source, relation);
	if (found.attention == NULL)
		found = key_problem(source, relation);
	return found;
}

/* Other than what became of the table: a function is gone, a right was revoked. */
static problem
reading_problem(const crm_source *source, Relation relation)
{
	ErrorData *error = crm_source_probe(source);
	crm_source_mended *mended;
	char *text;

	if (error == NULL)
		return (problem){NULL, NULL};
	mended = crm_source_mend(source, relation, true);
	text = crm_source_mended_text(mended);
	return (problem){text ? text : psprintf("cannot be read: %s", error->message),
					 mended->repair ? mended->repair
									: psprintf("CALL crm.sync(%s);", literal(source))};
}

static problem
trigger_problem(const crm_source *source, Relation relation)
{
	char *found = NULL;

	if (crm_source_has_triggers(relation->rd_rel->relkind))
		found = crm_source_trigger_problem(RelationGetRelid(relation), source);
	return (problem){found,
					 found ? psprintf("SELECT crm.repair_source(%s);", literal(source)) : NULL};
}

/* A table that is a source was attached to another one that is: its rows count twice. */
static problem
double_problem(const crm_source *source, Relation relation)
{
	char *other = crm_source_read_through(RelationGetRelid(relation));

	if (other == NULL)
		return (problem){NULL, NULL};
	return (problem){psprintf("its rows are read through \"%s\" as well", other),
					 psprintf("SELECT %s);", crm_part_call(source, "drop"))};
}

/* Only where no index vouches for the key are the rows looked at, and only those of tables. */
static problem
key_problem(const crm_source *source, Relation relation)
{
	key_check check = {relation, crm_source_key_numbers(source, relation), false};
	char *columns = crm_source_quoted_columns(relation, check.numbers);

	if (source->role != CRM_ROLE_SOURCE || !crm_source_has_triggers(relation->rd_rel->relkind) ||
		crm_source_key_is_indexed(relation, check.numbers))
		return (problem){NULL, NULL};
	if (crm_source_guarded(source, check_key, &check) != NULL || !check.broken)
		return (problem){NULL, NULL};
	return (problem){psprintf("key (%s) no longer identifies a row", columns),
					 crm_source_key_repair(source, relation)};
}

/* Runs under crm_source_guarded(). */
static void
check_key(void *arg)
{
	key_check *check = arg;

	check->broken = crm_source_key_is_broken(check->relation, check->numbers);
}

/* What crm.repair_source() and crm.sync() are to be called with: parts go with their source. */
static char *
literal(const crm_source *source)
{
	crm_source *root = source->root_id ? crm_source_load(source->root_id) : NULL;

	return quote_literal_cstr(crm_source_qualified(root ? root : source));
}
