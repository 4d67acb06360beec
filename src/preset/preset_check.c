/* preset_check.c - what a preset needs to know of the table that is there, and of its name.
 *
 * Expressions of a preset are checked by what checks those of crm.add_source(), one at a time, so
 * that what one version or module of a system lacks can be left out; and as the caller, for already
 * to read a literal of some type may run what somebody else wrote.
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "access/relation.h"
#include "catalog/namespace.h"
#include "funcapi.h"
#include "miscadmin.h"
#include "nodes/makefuncs.h"
#include "storage/lmgr.h"
#include "storage/proc.h"
#include "utils/builtins.h"
#include "utils/guc.h"
#include "utils/json.h"
#include "utils/jsonb.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"

#include "base/base.h"
#include "preset/preset.h"
#include "source/part_key.h"
#include "source/source_argument.h"
#include "source/source_draft.h"
#include "source/source_key.h"
#include "source/source_lock.h"
#include "source/source_table.h"

PG_FUNCTION_INFO_V1(crm_check_expression);
PG_FUNCTION_INFO_V1(crm_check_detail_key);

static int be_patient(void);
static Relation open_table(Oid relation_id);
static void check_expression(Relation relation, const char *field, char *attribute, char *text);
static crm_source *source_of(Relation relation, crm_source_role role);
static char **field_of(crm_source *draft, const char *name);
static List *map_of(Relation relation, const char *attribute, const char *text);
static void check_key(Relation relation);

/* (relation, field, attribute, expression): an error if it cannot be used. */
Datum
crm_check_expression(PG_FUNCTION_ARGS)
{
	int nest_level = be_patient();
	Relation relation = open_table(PG_GETARG_OID(0));
	char *field = text_to_cstring(PG_GETARG_TEXT_PP(1));
	crm_user before = crm_become(crm_preset_caller(), 0);

	if (strcmp(field, "key") == 0)
		check_key(relation);
	else
		check_expression(relation, field,
						 PG_ARGISNULL(2) ? NULL : text_to_cstring(PG_GETARG_TEXT_PP(2)),
						 text_to_cstring(PG_GETARG_TEXT_PP(3)));
	crm_restore_user(before);
	relation_close(relation, AccessShareLock);
	AtEOXact_GUC(true, nest_level);
	PG_RETURN_VOID();
}

/*
 * (detail, key, parent, key of the parent, whether that is a detail itself): an error if the detail
 * could not hang on the parent by this key. NULL for the key of a source: the one it has by itself.
 */
Datum
crm_check_detail_key(PG_FUNCTION_ARGS)
{
	Relation relation = open_table(PG_GETARG_OID(0));
	Relation parent_relation = open_table(PG_GETARG_OID(2));
	crm_source *parent = source_of(parent_relation, CRM_ROLE_SOURCE);
	crm_source *draft = source_of(relation, CRM_ROLE_DETAIL);

	if (PG_GETARG_BOOL(4))
	{
		parent->role = CRM_ROLE_DETAIL;
		parent->parent_id = 1; /* some */
	}
	parent->key = crm_texts_argument(fcinfo, 3);
	if (parent->key == NIL)
		parent->key =
			crm_source_column_names(parent_relation, crm_source_key_found(parent_relation));
	crm_part_key(draft, relation, parent, parent_relation, crm_texts_argument(fcinfo, 1));
	relation_close(parent_relation, AccessShareLock);
	relation_close(relation, AccessShareLock);
	PG_RETURN_VOID();
}

/* A name of one part is that of a schema, if there is one; else it is a table's. */
void
crm_preset_find_target(text *name, char **schema, char **table)
{
	List *parts = crm_source_name_parts(text_to_cstring(name));
	Oid found;

	*table = NULL;
	if (list_length(parts) == 1 && OidIsValid(get_namespace_oid(strVal(linitial(parts)), true)))
	{
		*schema = strVal(linitial(parts));
		return;
	}
	found = RangeVarGetRelid(makeRangeVarFromNameList(parts), NoLock, true);
	if (!OidIsValid(found))
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_TABLE),
				 errmsg("there is no schema and no table \"%s\"", text_to_cstring(name)),
				 errhint("Name a schema, or a table, view or foreign table with its schema.")));
	*schema = get_namespace_name(get_rel_namespace(found));
	*table = get_rel_name(found);
}

/* Tables of look-ups are waited for no longer than the table itself. */
static int
be_patient(void)
{
	int nest_level = NewGUCNestLevel();

	if (LockTimeout == 0)
		(void) set_config_option("lock_timeout", psprintf("%d", crm_lock_timeout), PGC_USERSET,
								 PGC_S_SESSION, GUC_ACTION_SAVE, true, 0, false);
	return nest_level;
}

static Relation
open_table(Oid relation_id)
{
	if (!ConditionalLockRelationOid(relation_id, AccessShareLock))
		crm_source_lock_tree(relation_id, AccessShareLock);
	return relation_open(relation_id, NoLock);
}

static void
check_expression(Relation relation, const char *field, char *attribute, char *text)
{
	crm_source *draft = source_of(relation, CRM_ROLE_SOURCE);
	char **place = field_of(draft, field);

	/* What says more about a relation is looked at only where there is one. */
	if (strcmp(field, "relation") == 0 || strcmp(field, "since") == 0 ||
		strcmp(field, "until") == 0)
		draft->belongs_to = "NULL::text";
	if (place)
		*place = text;
	else
		draft->items = map_of(relation, attribute, text);
	(void) crm_source_check_expressions(draft, relation, NULL);
}

static crm_source *
source_of(Relation relation, crm_source_role role)
{
	crm_source *source = palloc0(sizeof(crm_source));

	source->role = role;
	source->schema = get_namespace_name(RelationGetNamespace(relation));
	source->table = pstrdup(RelationGetRelationName(relation));
	return source;
}

/* NULL: it belongs into the map. */
static char **
field_of(crm_source *draft, const char *name)
{
	struct
	{
		const char *name;
		char **place;
	} fields[] = {
		{"filter", &draft->filter},         {"kind", &draft->kind},
		{"region", &draft->region},         {"changed_at", &draft->changed_at},
		{"entered_by", &draft->entered_by}, {"preferred", &draft->preferred},
		{"belongs_to", &draft->belongs_to}, {"relation", &draft->relation},
		{"since", &draft->since},           {"until", &draft->until},
	};

	for (int i = 0; i < lengthof(fields); i++)
		if (strcmp(fields[i].name, name) == 0)
			return fields[i].place;
	return NULL;
}

static List *
map_of(Relation relation, const char *attribute, const char *text)
{
	StringInfoData map;

	initStringInfo(&map);
	appendStringInfoChar(&map, '{');
	escape_json(&map, attribute);
	appendStringInfoChar(&map, ':');
	escape_json(&map, text);
	appendStringInfoChar(&map, '}');
	return crm_source_parse_map(
		RelationGetRelationName(relation),
		DatumGetJsonbP(DirectFunctionCall1(jsonb_in, CStringGetDatum(map.data))));
}

/* Whether it has a key by itself; else one must be named. */
static void
check_key(Relation relation)
{
	if (crm_source_key_found(relation) == NIL)
		ereport(ERROR, (errcode(ERRCODE_INVALID_TABLE_DEFINITION),
						errmsg("neither a primary key nor a unique index over NOT NULL columns")));
}
