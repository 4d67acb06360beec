/* follow_look.c - what the catalogs say about the tables of sources.
 *
 * One query looks at all of them, so a run in which nothing changed costs that query. What must not
 * be missed is told by the transactions that wrote catalog rows: a column that was retyped by its
 * own type, a trigger that was disabled for a while, a partition that was away and is back.
 */
#include "postgres.h"

#include "access/xlog.h"
#include "catalog/namespace.h"
#include "catalog/pg_type.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/timestamp.h"

#include "base/base.h"
#include "base/row.h"
#include "follow/follow_look.h"
#include "source/source_registry.h"
#include "source/source_trigger.h"

#define CHOSEN(which)                                                                              \
	"WITH RECURSIVE chosen AS MATERIALIZED ("                                                      \
	"SELECT s.source_id, s.parent_id, s.relation_kind, s.columns, s.seen, s.former_name, c.oid "   \
	"AS id, "                                                                                      \
	"c.relkind, c.relowner FROM crm_internal.source s "                                            \
	"LEFT JOIN pg_namespace n ON n.nspname = s.schema_name "                                       \
	"LEFT JOIN pg_class c ON c.relnamespace = n.oid AND c.relname = s.table_name" which "), "

/* Of a set of texts, in whatever order: each has what tells it from the others in it. */
#define DIGEST(texts) "bit_xor(hashtextextended(concat_ws(' ', " texts ") COLLATE \"C\", 0))"
#define TABLES DIGEST("t.id, t.parent, t.attached")
#define FILES DIGEST("t.id, t.parent, c.relfilenode")
#define ATTACHED DIGEST("k.oid, k.written, k.tgenabled")
#define SHAPE DIGEST("a.attnum, a.attname, a.atttypid, a.atttypmod, a.attgenerated")
#define WRITTEN DIGEST("a.attnum, a.xmin")
#define LABELS DIGEST("a.attnum, e.oid, e.enumlabel")

/*
 * The table with its partitions and inheritance children, and when each was attached. Their names
 * are compared across databases too, where hashes need not be the same.
 */
#define TREE                                                                                       \
	"tree (source_id, id, parent, attached) AS ("                                                  \
	"SELECT source_id, id, 0::oid, '0'::text FROM chosen WHERE id IS NOT NULL UNION "              \
	"SELECT t.source_id, i.inhrelid, i.inhparent, i.xmin::text FROM tree t "                       \
	"JOIN pg_inherits i ON i.inhparent = t.id WHERE NOT i.inhdetachpending), "                     \
	"trees AS (SELECT t.source_id, " TABLES " AS tree, "                                           \
	"md5(string_agg(concat_ws(' ', n.nspname, c.relname), ',' "                                    \
	"ORDER BY n.nspname COLLATE \"C\", c.relname COLLATE \"C\") FILTER (WHERE t.parent <> 0)) "    \
	"AS names, " FILES " AS files, bool_or(c.relpersistence = 'u') AS unlogged "                   \
	"FROM tree t JOIN pg_class c ON c.oid = t.id JOIN pg_namespace n ON n.oid = c.relnamespace "   \
	"GROUP BY t.source_id), "

/* Who carries which triggers of crm; a number that is no source's is nobody's. */
#define NUMBER "replace(encode(t.tgargs, 'escape'), '\\000', '')"
#define TRIGGERS(carried)                                                                          \
	"carried AS MATERIALIZED (SELECT t.tgrelid, t.oid, t.xmin::text AS written, t.tgenabled, "     \
	"t.tgparentid = 0 AS own, (t.tgtype & 1) = 1 AS is_row, " NUMBER " AS number FROM " carried    \
	" t.tgfoid = $3), "                                                                            \
	"triggers AS (SELECT c.source_id, " ATTACHED " FILTER (WHERE t.id IS NOT NULL) AS triggers, "  \
	"array_agg(k.tgrelid) FILTER (WHERE t.id IS NULL AND k.own) AS elsewhere, "                    \
	"array_agg(k.tgrelid) FILTER (WHERE k.own AND k.is_row AND NOT EXISTS ("                       \
	"SELECT 1 FROM pg_inherits i JOIN carried p ON p.tgrelid = i.inhparent "                       \
	"AND p.number = k.number WHERE i.inhrelid = k.tgrelid)) AS carriers "                          \
	"FROM chosen c JOIN carried k ON k.number = c.source_id::text "                                \
	"LEFT JOIN (SELECT DISTINCT source_id, id FROM tree) t ON t.source_id = c.source_id "          \
	"AND t.id = k.tgrelid GROUP BY c.source_id), "

/* Only types that somebody made are enums. */
#define COLUMNS                                                                                    \
	"shapes AS (SELECT c.source_id, " SHAPE " AS shape, "                                          \
	"" WRITTEN " FILTER (WHERE a.attname = ANY (c.columns)) AS written, "                          \
	"bool_or(a.attgenerated = 'v' AND a.attname = ANY (c.columns)) AS has_virtual, "               \
	"bit_xor(CASE WHEN a.atttypid >= 16384 THEN (SELECT " LABELS " FROM pg_enum e "                \
	"WHERE e.enumtypid = a.atttypid) END) FILTER (WHERE a.attname = ANY (c.columns)) AS labels "   \
	"FROM chosen c JOIN pg_attribute a ON a.attrelid = c.id AND a.attnum > 0 "                     \
	"AND NOT a.attisdropped GROUP BY c.source_id), "

/* $1: this very database, $2: when the server was started; above, $3: the trigger function. */
#define LOOKS                                                                                      \
	"looks AS (SELECT c.*, t.elsewhere, t.carriers, s.has_virtual, f.oid AS former, "              \
	"jsonb_strip_nulls(jsonb_build_object('database', $1::text, 'table', c.id::bigint, "           \
	"'kind', c.relkind, 'owner', pg_get_userbyid(c.relowner), 'shape', s.shape, "                  \
	"'written', s.written, 'labels', s.labels, 'tree', r.tree, 'names', r.names, "                 \
	"'files', r.files, 'triggers', t.triggers, 'former', f.oid::bigint, "                          \
	"'start', CASE WHEN r.unlogged THEN $2::text END)) AS look FROM chosen c "                     \
	"LEFT JOIN trees r ON r.source_id = c.source_id "                                              \
	"LEFT JOIN triggers t ON t.source_id = c.source_id "                                           \
	"LEFT JOIN shapes s ON s.source_id = c.source_id "                                             \
	"LEFT JOIN pg_namespace m ON m.nspname = c.former_name[1] "                                    \
	"LEFT JOIN pg_class f ON f.relnamespace = m.oid AND f.relname = c.former_name[2]) "

/*
 * Of one, $4, nothing is asked that takes longer the more there are: but for who carries its
 * triggers ($5: their argument) elsewhere, which those that were just attached cannot be.
 */
#define LOOK_AT(carried)                                                                           \
	CHOSEN(" WHERE s.source_id = $4") TREE TRIGGERS(carried)                                       \
	COLUMNS LOOKS
#define LOOK_AT_ALL CHOSEN("") TREE TRIGGERS("pg_trigger t WHERE") COLUMNS LOOKS
#define LOOK_AT_ONE LOOK_AT("pg_trigger t WHERE t.tgargs = $5 AND")
#define LOOK_AT_TREE LOOK_AT("pg_trigger t WHERE t.tgrelid = ANY (ARRAY(SELECT id FROM tree)) AND")

#define SAME(what) "(look->>'" what "') IS NOT DISTINCT FROM (seen->>'" what "'), "

#define FACTS                                                                                      \
	LOOK_AT_ONE                                                                                    \
	"SELECT look->>'database' = seen->>'database', relation_kind, id, relkind, "                   \
	"(SELECT w.oid FROM pg_class w WHERE w.oid = (seen->>'table')::bigint::oid), "                 \
	"CASE WHEN (seen->>'table')::bigint::oid = ANY (carriers) "                                    \
	"AND look->>'database' = seen->>'database' THEN (seen->>'table')::bigint::oid "                \
	"WHEN cardinality(carriers) = 1 THEN carriers[1] END, "                                        \
	"parent_id IS NULL AND EXISTS (SELECT 1 FROM pg_trigger t JOIN crm_internal.source o "         \
	"ON o.source_id = CASE WHEN " NUMBER " ~ '^[0-9]{1,9}$' "                                      \
	"THEN " NUMBER "::integer END "                                                                \
	"WHERE t.tgrelid = looks.id AND t.tgfoid = $3 "                                                \
	"AND o.source_id <> looks.source_id AND o.parent_id IS NULL), " SAME("tree") SAME("names")     \
		SAME("files") SAME("written") SAME("labels") SAME("triggers")                              \
			SAME("start") "has_virtual, look->>'owner', former, elsewhere, "                       \
						  "look::text FROM looks"

#define NPARAMS 6
#define HORIZON "jsonb_build_object('horizon', (SELECT max(h.oid)::bigint FROM pg_class h))"

enum
{
	COL_KNOWN = 1,
	COL_REGISTERED_KIND,
	COL_TABLE,
	COL_KIND,
	COL_WAS,
	COL_CARRIER,
	COL_ANOTHERS,
	COL_SAME_TREE,
	COL_SAME_NAMES,
	COL_SAME_FILES,
	COL_SAME_COLUMNS,
	COL_SAME_LABELS,
	COL_SAME_TRIGGERS,
	COL_SAME_START,
	COL_VIRTUAL,
	COL_OWNER,
	COL_FORMER,
	COL_ELSEWHERE,
	COL_LOOK
};

static uint64 run_look(SPIPlanPtr *slot, const char *sql, int32 source_id, const char *seen,
					   int expected);
static void write_look(SPIPlanPtr *slot, const char *sql, int32 source_id, const char *seen);
static char *this_database(void);
static void fill_facts(crm_follow_facts *facts, HeapTuple row, TupleDesc desc);

List *
crm_source_look_changed(void)
{
	static SPIPlanPtr plan = NULL;
	MemoryContext context = CurrentMemoryContext;
	crm_user before = crm_become(crm_owner(), 0);
	int nest_level = crm_source_pin();
	List *ids = NIL;
	uint64 n;

	SPI_connect();
	n = run_look(&plan,
				 LOOK_AT_ALL "SELECT source_id FROM looks "
							 "WHERE look IS DISTINCT FROM seen - 'horizon' "
							 "OR elsewhere IS NOT NULL ORDER BY 1",
				 0, NULL, SPI_OK_SELECT);
	for (uint64 i = 0; i < n; i++)
	{
		bool isnull;
		Datum id = SPI_getbinval(SPI_tuptable->vals[i], SPI_tuptable->tupdesc, 1, &isnull);
		MemoryContext old = MemoryContextSwitchTo(context);

		ids = lappend_int(ids, DatumGetInt32(id));
		MemoryContextSwitchTo(old);
	}
	SPI_finish();
	crm_source_unpin(nest_level);
	crm_restore_user(before);
	return ids;
}

crm_source_look *
crm_source_look_at(int32 source_id)
{
	static SPIPlanPtr plan = NULL;
	MemoryContext context = CurrentMemoryContext;
	crm_user before = crm_become(crm_owner(), 0);
	int nest_level = crm_source_pin();
	crm_source_look *look = NULL;

	SPI_connect();
	if (run_look(&plan, FACTS, source_id, NULL, SPI_OK_SELECT) > 0)
	{
		HeapTuple row = SPI_tuptable->vals[0];
		TupleDesc desc = SPI_tuptable->tupdesc;
		MemoryContext old = MemoryContextSwitchTo(context);

		look = palloc0(sizeof(crm_source_look));
		fill_facts(&look->facts, row, desc);
		look->owner = SPI_getvalue(row, desc, COL_OWNER);
		look->former = crm_row_oid(row, desc, COL_FORMER);
		look->elsewhere = crm_row_oids(row, desc, COL_ELSEWHERE);
		look->now = SPI_getvalue(row, desc, COL_LOOK);
		MemoryContextSwitchTo(old);
	}
	SPI_finish();
	crm_source_unpin(nest_level);
	crm_restore_user(before);
	return look;
}

void
crm_source_look_keep(int32 source_id, const crm_source_look *look)
{
	static SPIPlanPtr plan = NULL;

	write_look(&plan,
			   LOOK_AT_TREE "UPDATE crm_internal.source s SET seen = $6::jsonb - 'triggers' || "
							"jsonb_strip_nulls(jsonb_build_object('triggers', look->'triggers')) "
							"|| " HORIZON " FROM looks WHERE s.source_id = looks.source_id",
			   source_id, look->now);
}

void
crm_source_look_begin(int32 source_id)
{
	static SPIPlanPtr plan = NULL;

	write_look(&plan,
			   LOOK_AT_TREE "UPDATE crm_internal.source s SET former_name = NULL, "
							"seen = look - 'former' || " HORIZON
							" FROM looks WHERE s.source_id = looks.source_id",
			   source_id, NULL);
}

static void
write_look(SPIPlanPtr *slot, const char *sql, int32 source_id, const char *seen)
{
	crm_user before = crm_become(crm_owner(), 0);
	int nest_level = crm_source_pin();

	SPI_connect();
	(void) run_look(slot, sql, source_id, seen, SPI_OK_UPDATE);
	SPI_finish();
	crm_source_unpin(nest_level);
	crm_restore_user(before);
}

Oid
crm_source_look_rival(int32 source_id, Oid moved)
{
	crm_user before = crm_become(crm_owner(), 0);
	int nest_level = crm_source_pin();
	Oid types[] = {INT4OID, OIDOID};
	Datum values[] = {Int32GetDatum(source_id), ObjectIdGetDatum(moved)};
	Oid rival = InvalidOid;

	SPI_connect();
	crm_source_execute(
		"SELECT c.oid FROM crm_internal.source s JOIN pg_class t ON t.oid = $2 "
		"JOIN pg_class c ON c.oid > (s.seen->>'horizon')::bigint::oid AND c.oid <> t.oid "
		"AND c.relowner = t.relowner AND c.relkind IN ('r', 'p') AND NOT c.relispartition "
		"JOIN pg_namespace n ON n.oid = c.relnamespace "
		"WHERE s.source_id = $1 AND (n.nspname = s.schema_name OR n.oid = t.relnamespace) "
		"AND NOT EXISTS (SELECT 1 FROM crm_internal.source o "
		"WHERE o.schema_name = n.nspname AND o.table_name = c.relname) "
		"AND NOT EXISTS (SELECT 1 FROM unnest(s.columns) AS k (name) WHERE NOT EXISTS ("
		"SELECT 1 FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attname = k.name "
		"AND NOT a.attisdropped)) ORDER BY c.oid LIMIT 1",
		2, types, values, NULL, SPI_OK_SELECT);
	if (SPI_processed > 0)
		rival = crm_row_oid(SPI_tuptable->vals[0], SPI_tuptable->tupdesc, 1);
	SPI_finish();
	crm_source_unpin(nest_level);
	crm_restore_user(before);
	return rival;
}

/* The catalogs as they are at this moment; SPI is connected. */
static uint64
run_look(SPIPlanPtr *slot, const char *sql, int32 source_id, const char *seen, int expected)
{
	static const Oid types[NPARAMS] = {TEXTOID, TEXTOID, OIDOID, INT4OID, BYTEAOID, TEXTOID};
	Datum values[NPARAMS] = {CStringGetTextDatum(this_database()),
							 CStringGetTextDatum(timestamptz_to_str(PgStartTime)),
							 ObjectIdGetDatum(crm_source_capture_function()),
							 Int32GetDatum(source_id),
							 crm_source_trigger_argument(source_id),
							 seen ? CStringGetTextDatum(seen) : (Datum) 0};
	char nulls[NPARAMS] = {' ', ' ', ' ', ' ', ' ', seen ? ' ' : 'n'};

	if (SPI_execute_plan(crm_generic_plan(slot, sql, NPARAMS, types), values, nulls, false, 0) !=
		expected)
		elog(ERROR, "looking at the catalogs failed");
	return SPI_processed;
}

/* A restore, a copy and pg_upgrade give catalog rows other numbers and other transactions. */
static char *
this_database(void)
{
	Oid registry = get_relname_relid("source", get_namespace_oid("crm_internal", false));

	return psprintf(UINT64_FORMAT " %u %u", GetSystemIdentifier(), MyDatabaseId, registry);
}

static void
fill_facts(crm_follow_facts *facts, HeapTuple row, TupleDesc desc)
{
	facts->known = crm_row_flag(row, desc, COL_KNOWN);
	facts->captured = crm_source_has_triggers(crm_row_char(row, desc, COL_REGISTERED_KIND));
	facts->table = crm_row_oid(row, desc, COL_TABLE);
	facts->kind = crm_row_char(row, desc, COL_KIND);
	facts->was = facts->known ? crm_row_oid(row, desc, COL_WAS) : InvalidOid;
	facts->carrier = crm_row_oid(row, desc, COL_CARRIER);
	facts->is_anothers = crm_row_flag(row, desc, COL_ANOTHERS);
	facts->same_tree = crm_row_flag(row, desc, COL_SAME_TREE);
	facts->same_names = crm_row_flag(row, desc, COL_SAME_NAMES);
	facts->same_files = crm_row_flag(row, desc, COL_SAME_FILES);
	facts->same_columns = crm_row_flag(row, desc, COL_SAME_COLUMNS);
	facts->same_labels = crm_row_flag(row, desc, COL_SAME_LABELS);
	facts->same_triggers = crm_row_flag(row, desc, COL_SAME_TRIGGERS);
	facts->same_start = crm_row_flag(row, desc, COL_SAME_START);
	facts->has_virtual = crm_row_flag(row, desc, COL_VIRTUAL);
}
