/* follow_statement.c - the statements that repair a source, as they are shown to people. */
#include "postgres.h"

#include "utils/builtins.h"

#include "follow/follow_statement.h"
#include "source/source_draft.h"
#include "source/source_key.h"
#include "source/source_part.h"
#include "source/source_table.h"

static void append_map(StringInfo call, const crm_source *source, const crm_source *draft);
static void append_key(StringInfo call, const crm_source *source, const crm_source *draft);
static void append_field(StringInfo call, const char *field, const char *then, const char *now);
static char *literal(const crm_source *source);

char *
crm_source_change_call(const crm_source *source, const crm_source *draft)
{
	StringInfoData call;

	if (source->role == CRM_ROLE_LOOKUP)
		return NULL;
	if (draft == NULL)
		return psprintf("SELECT %s);", crm_part_call(source, "drop"));
	initStringInfo(&call);
	append_map(&call, source, draft);
	append_key(&call, source, draft);
	append_field(&call, "filter", source->filter, draft->filter);
	append_field(&call, "kind", source->kind, draft->kind);
	append_field(&call, "region", source->region, draft->region);
	append_field(&call, "changed_at", source->changed_at, draft->changed_at);
	append_field(&call, "entered_by", source->entered_by, draft->entered_by);
	append_field(&call, "belongs_to", source->belongs_to, draft->belongs_to);
	append_field(&call, "relation", source->relation, draft->relation);
	append_field(&call, "since", source->since, draft->since);
	append_field(&call, "until", source->until, draft->until);
	append_field(&call, "preferred", source->preferred, draft->preferred);
	if (call.len == 0)
		return NULL;
	return psprintf("SELECT %s%s);", crm_part_call(source, "change"), call.data);
}

char *
crm_source_repair_call(const crm_source *source, Oid read_from)
{
	if (source->role == CRM_ROLE_DETAIL)
		return psprintf("SELECT %s);", crm_part_call(source, "change"));
	if (source->role == CRM_ROLE_LOOKUP)
		return crm_source_repair_call(crm_source_load(source->root_id), InvalidOid);
	if (!OidIsValid(read_from))
		return psprintf("SELECT crm.repair_source(%s);", literal(source));
	return psprintf("SELECT crm.repair_source(%s, read_from => %s);", literal(source),
					quote_literal_cstr(crm_table_qualified(read_from)));
}

char *
crm_source_key_repair(const crm_source *source, Relation relation)
{
	List *numbers = crm_source_key_numbers(source, relation);
	char *literal = quote_literal_cstr(crm_source_qualified(source));
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
		"SELECT crm.change_source(%s, key => %s);", literal,
		quote_literal_cstr(psprintf("{%s}", crm_source_quoted_columns(relation, better))));
}

static void
append_map(StringInfo call, const crm_source *source, const crm_source *draft)
{
	char *map = crm_source_map_text(draft->items, true);

	if (strcmp(map, crm_source_map_text(source->items, true)) != 0)
		appendStringInfo(call, ", map => %s", quote_literal_cstr(map));
}

static void
append_key(StringInfo call, const crm_source *source, const crm_source *draft)
{
	ListCell *now;

	if (crm_same_texts(source->key, draft->key))
		return;
	appendStringInfo(call, ", key => ARRAY[");
	foreach (now, draft->key)
	{
		char *column = lfirst(now);

		if (source->role == CRM_ROLE_DETAIL)
			column =
				psprintf("%s = %s", column,
						 (char *) list_nth(source->parent_columns, foreach_current_index(now)));
		appendStringInfo(call, "%s%s", foreach_current_index(now) ? ", " : "",
						 quote_literal_cstr(column));
	}
	appendStringInfoChar(call, ']');
}

static void
append_field(StringInfo call, const char *field, const char *then, const char *now)
{
	if (then == NULL || (now != NULL && strcmp(now, then) == 0))
		return;
	appendStringInfo(call, ", %s => %s", field, quote_literal_cstr(now ? now : ""));
}

static char *
literal(const crm_source *source)
{
	return quote_literal_cstr(crm_source_qualified(source));
}
