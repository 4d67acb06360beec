/*
 * identity_verdict.c - verdicts and rules of sources, as joins and as bans between records.
 *
 * Per pair the latest verdict holds. Records said to be one form groups; a group in which two are
 * said to be different is not formed: a later "same" goes before an earlier one, and "different"
 * before all of them. So the outcome depends on no order but that of the verdicts themselves.
 * A row is a node here whether or not it is there: its tie is its number.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "miscadmin.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/memutils.h"

#include "base/base.h"
#include "identity/identity_cluster.h"
#include "identity/identity_store.h"
#include "identity/identity_tie.h"
#include "identity/identity_verdict.h"
#include "source/source.h"

/* A row that verdicts speak of. */
typedef struct node
{
	int64 tie;       /* hash key: first */
	int64 record_id; /* 0: not there */
	int64 group;     /* union-find over ties: one customer by verdicts */
	int64 linked;    /* the same, over all "same" whether they hold or not */
	int64 next;      /* ring of the group */
	int size;
	List *others; /* of ties: said to be different */
} node;

typedef struct pair_key
{
	int64 a;
	int64 b;
} pair_key;

typedef struct pair_verdict
{
	pair_key key; /* hash key: first */
	int64 verdict_no;
	bool same;
} pair_verdict;

/* The source of a record, where the source has a rule. */
typedef struct ruled
{
	int64 record_id; /* hash key: first */
	int32 source_id;
} ruled;

struct crm_verdicts
{
	HTAB *nodes;
	HTAB *pairs;
	HTAB *ruled;  /* NULL: no source has a rule */
	bool decided; /* there are verdicts */
	crm_ids rules;
};

static HTAB *
make_table(crm_batch *batch, const char *name, Size key, Size entry)
{
	HASHCTL ctl = {.keysize = key, .entrysize = entry, .hcxt = batch->context};

	return hash_create(name, 64, &ctl, HASH_ELEM | HASH_BLOBS | HASH_CONTEXT);
}

static node *
node_of(const crm_verdicts *v, int64 tie)
{
	return hash_search(v->nodes, &tie, HASH_FIND, NULL);
}

static node *
take_node(const crm_verdicts *v, int64 tie)
{
	bool found;
	node *n = hash_search(v->nodes, &tie, HASH_ENTER, &found);

	if (!found)
		*n = (node){.tie = tie, .group = tie, .linked = tie, .next = tie, .size = 1};
	return n;
}

static bool
is_present(const crm_batch *batch, int64 record_id)
{
	return record_id != 0 && !crm_ids_contain(&batch->gone, record_id);
}

/* Records that are not stored yet are found by nobody else. */
static void
take_added(crm_batch *batch)
{
	HASH_SEQ_STATUS all;
	crm_record *r;

	hash_seq_init(&all, batch->records);
	while ((r = hash_seq_search(&all)) != NULL)
		if (r->added)
			take_node(batch->verdicts, r->tie)->record_id = r->record_id;
}

static void
take_pair(const crm_verdicts *v, int64 a, int64 b, int64 verdict_no, bool same)
{
	pair_key key = {Min(a, b), Max(a, b)};
	bool found;
	pair_verdict *p = hash_search(v->pairs, &key, HASH_ENTER, &found);

	if (found && p->verdict_no >= verdict_no)
		return;
	p->verdict_no = verdict_no;
	p->same = same;
}

static int64
find_linked(const crm_verdicts *v, int64 tie)
{
	node *n = node_of(v, tie);

	while (n->linked != n->tie)
		n = node_of(v, n->linked);
	return n->tie;
}

/* Source and key in columns column and column + 1, the record, if there is one, in the next. */
static node *
take_side(crm_batch *batch, HeapTuple row, TupleDesc desc, int column)
{
	bool isnull;
	node *n = take_node(batch->verdicts, crm_record_tie(SPI_getvalue(row, desc, column),
														SPI_getvalue(row, desc, column + 1)));
	int64 record_id = DatumGetInt64(SPI_getbinval(row, desc, column + 2, &isnull));

	if (!isnull && is_present(batch, record_id))
		n->record_id = record_id;
	return n;
}

/* Takes the verdicts in SPI_tuptable; found gets the records that some "same" leads to. */
static void
take_verdicts(crm_batch *batch, crm_ids *found)
{
	crm_verdicts *v = batch->verdicts;
	TupleDesc desc = SPI_tuptable->tupdesc;

	for (uint64 i = 0; i < SPI_processed; i++)
	{
		HeapTuple row = SPI_tuptable->vals[i];
		bool isnull;
		int64 verdict_no = DatumGetInt64(SPI_getbinval(row, desc, 1, &isnull));
		bool same = DatumGetBool(SPI_getbinval(row, desc, 2, &isnull));
		node *a = take_side(batch, row, desc, 3);
		node *b = take_side(batch, row, desc, 6);

		take_pair(v, a->tie, b->tie, verdict_no, same);
		if (!same)
			continue;
		node_of(v, find_linked(v, a->tie))->linked = find_linked(v, b->tie);
		if (a->record_id != 0)
			crm_ids_add(found, a->record_id);
		if (b->record_id != 0)
			crm_ids_add(found, b->record_id);
	}
	SPI_freetuptable(SPI_tuptable);
}

/*
 * From stored records by their ids ($1) and from others by source and key ($2, $3), along all
 * "same" that are not withdrawn, present rows or not; then every verdict about the rows on the way.
 */
#define RECORD_OF(side)                                                                            \
	"(SELECT r.record_id FROM crm_internal.source s"                                               \
	"   JOIN crm_internal.record r ON r.source_id OPERATOR(pg_catalog.=) s.source_id"              \
	"    AND r.source_key OPERATOR(pg_catalog.=) v.key_" side                                      \
	"  WHERE s.parent_id IS NULL AND pg_catalog.concat(s.schema_name, '.', s.table_name)"          \
	"        OPERATOR(pg_catalog.=) v.source_" side ")"
#define OTHER(side, far)                                                                           \
	"SELECT v.source_" far ", v.key_" far " FROM crm_internal.match_verdict v"                     \
	" WHERE v.source_" side " OPERATOR(pg_catalog.=) n.source"                                     \
	"   AND v.key_" side " OPERATOR(pg_catalog.=) n.key"                                           \
	"   AND v.verdict OPERATOR(pg_catalog.=) 'same' AND v.withdrawn_at IS NULL"
#define ABOUT(side)                                                                                \
	"SELECT v.* FROM node n JOIN crm_internal.match_verdict v"                                     \
	" ON v.source_" side " OPERATOR(pg_catalog.=) n.source"                                        \
	" AND v.key_" side " OPERATOR(pg_catalog.=) n.key AND v.withdrawn_at IS NULL"

static void
fetch_verdicts(const crm_ids *records, ArrayType *sources, ArrayType *keys)
{
	static SPIPlanPtr plan;
	static const Oid types[] = {INT8ARRAYOID, TEXTARRAYOID, TEXTARRAYOID};
	Datum args[] = {crm_ids_array(records->v, records->n), PointerGetDatum(sources),
					PointerGetDatum(keys)};

	crm_plan(
		&plan,
		"WITH RECURSIVE node (source, key) AS ("
		" (SELECT pg_catalog.concat(s.schema_name, '.', s.table_name), r.source_key"
		"    FROM pg_catalog.unnest($1) AS f(id)"
		"    JOIN crm_internal.record r ON r.record_id OPERATOR(pg_catalog.=) f.id"
		"    JOIN crm_internal.source s ON s.source_id OPERATOR(pg_catalog.=) r.source_id"
		"  UNION SELECT a.source, a.key FROM ROWS FROM (pg_catalog.unnest($2),"
		"        pg_catalog.unnest($3)) AS a(source, key))"
		" UNION SELECT o.source, o.key FROM node n CROSS JOIN LATERAL (" OTHER(
			"a",
			"b") " UNION ALL " OTHER("b",
									 "a") ") AS o(source, key))"
										  " SELECT v.verdict_no, v.verdict OPERATOR(pg_catalog.=) "
										  "'same',"
										  " v.source_a, v.key_a, " RECORD_OF(
											  "a") ", v.source_b, "
												   "v.key_b,"
												   " " RECORD_OF("b") " FROM (" ABOUT(
													   "a") " UNION "
															"ALL"
															" " ABOUT("b") ") AS v",
		lengthof(types), types);
	crm_store_run(plan, args, NULL);
}

static ArrayType *
text_array(Datum *texts, int n)
{
	return construct_array(texts, n, TEXTOID, -1, false, TYPALIGN_INT);
}

void
crm_verdict_reach(crm_batch *batch, const crm_ids *records, crm_ids *found)
{
	crm_ids stored = {0};
	Datum *sources;
	Datum *keys;
	int added = 0;

	if (batch->verdicts == NULL || !batch->verdicts->decided || records->n == 0)
		return;
	sources = palloc(sizeof(Datum) * records->n);
	keys = palloc(sizeof(Datum) * records->n);
	for (int i = 0; i < records->n; i++)
	{
		crm_record *r = crm_batch_record(batch, records->v[i]);

		if (r == NULL || !r->added)
		{
			crm_ids_add(&stored, records->v[i]);
			continue;
		}
		sources[added] = CStringGetTextDatum(crm_source_name(r->source_id));
		keys[added++] = CStringGetTextDatum(r->key);
	}
	fetch_verdicts(&stored, text_array(sources, added), text_array(keys, added));
	take_verdicts(batch, found);
}

/* Sources that have no duplicates of their own. */
static crm_ids
fetch_rules(void)
{
	static SPIPlanPtr plan;
	crm_ids rules = {0};

	crm_plan(&plan,
			 "SELECT s.source_id::pg_catalog.int8 FROM crm_internal.source s"
			 " WHERE NOT s.own_duplicates",
			 0, NULL);
	crm_store_run(plan, NULL, NULL);
	for (uint64 i = 0; i < SPI_processed; i++)
	{
		bool isnull;

		crm_ids_add(&rules, DatumGetInt64(SPI_getbinval(SPI_tuptable->vals[i],
														SPI_tuptable->tupdesc, 1, &isnull)));
	}
	SPI_freetuptable(SPI_tuptable);
	return rules;
}

static bool
any_verdict(void)
{
	static SPIPlanPtr plan;
	bool any;

	crm_plan(&plan, "SELECT 1 FROM crm_internal.match_verdict LIMIT 1", 0, NULL);
	any = crm_store_run(plan, NULL, NULL) > 0;
	SPI_freetuptable(SPI_tuptable);
	return any;
}

bool
crm_verdict_exist(void)
{
	return any_verdict() || fetch_rules().n > 0;
}

void
crm_verdict_begin(crm_batch *batch)
{
	bool decided = any_verdict();
	crm_ids rules = fetch_rules();
	crm_verdicts *v;

	if (!decided && rules.n == 0)
		return;
	v = batch->verdicts = palloc0(sizeof(crm_verdicts));
	v->decided = decided;
	v->rules = rules;
	crm_ids_sort_distinct(&v->rules);
	v->nodes = make_table(batch, "crm verdict nodes", sizeof(int64), sizeof(node));
	v->pairs = make_table(batch, "crm verdict pairs", sizeof(pair_key), sizeof(pair_verdict));
	if (rules.n > 0)
		v->ruled = make_table(batch, "crm ruled records", sizeof(int64), sizeof(ruled));
	crm_ids_sort_distinct(&batch->gone);
	take_added(batch);
	crm_verdict_reach(batch, &batch->gone, &batch->seeds);
}

static int64
find_group(const crm_verdicts *v, int64 tie)
{
	node *n = node_of(v, tie);

	while (n->group != n->tie)
		n = node_of(v, n->group);
	return n->tie;
}

/* Whether somebody of a group is said to be different from somebody of another. */
static bool
is_banned(const crm_verdicts *v, const node *group, const node *other)
{
	const node *n = group;

	do
	{
		ListCell *cell;

		foreach (cell, n->others)
			if (find_group(v, *(int64 *) lfirst(cell)) == other->tie)
				return true;
		n = node_of(v, n->next);
	} while (n != group);
	return false;
}

static void
join_groups(const crm_verdicts *v, int64 tie_a, int64 tie_b)
{
	node *a = node_of(v, find_group(v, tie_a));
	node *b = node_of(v, find_group(v, tie_b));
	int64 next = a->next;

	if (a == b)
		return;
	if (a->size > b->size)
	{
		node *swap = a;

		a = b;
		b = swap;
		next = a->next;
	}
	if (is_banned(v, a, b))
		return;
	a->group = b->tie;
	b->size += a->size;
	a->next = b->next;
	b->next = next;
}

static int
later_first(const void *x, const void *y)
{
	const pair_verdict *a = *(pair_verdict *const *) x;
	const pair_verdict *b = *(pair_verdict *const *) y;

	return (a->verdict_no < b->verdict_no) - (a->verdict_no > b->verdict_no);
}

static void
add_other(node *n, const node *other)
{
	int64 *tie = palloc(sizeof(int64));

	*tie = other->tie;
	n->others = lappend(n->others, tie);
}

static void
form_groups(const crm_verdicts *v)
{
	HASH_SEQ_STATUS all;
	pair_verdict *p;
	pair_verdict **same = MemoryContextAllocHuge(
		CurrentMemoryContext, sizeof(pair_verdict *) * (hash_get_num_entries(v->pairs) + 1));
	int64 n = 0;

	hash_seq_init(&all, v->pairs);
	while ((p = hash_seq_search(&all)) != NULL)
	{
		if (p->same)
		{
			same[n++] = p;
			continue;
		}
		add_other(node_of(v, p->key.a), node_of(v, p->key.b));
		add_other(node_of(v, p->key.b), node_of(v, p->key.a));
	}
	qsort(same, n, sizeof(pair_verdict *), later_first);
	for (int64 i = 0; i < n; i++)
	{
		CHECK_FOR_INTERRUPTS();
		join_groups(v, same[i]->key.a, same[i]->key.b);
	}
	pfree(same);
}

/* The first record that is there stands for all that hang together. */
static void
add_edges(crm_batch *batch)
{
	const crm_verdicts *v = batch->verdicts;
	HTAB *first = make_table(batch, "crm verdict links", sizeof(int64), sizeof(pair_key));
	HASH_SEQ_STATUS all;
	node *n;

	hash_seq_init(&all, v->nodes);
	while ((n = hash_seq_search(&all)) != NULL)
	{
		bool found;
		pair_key *link;
		int64 root;

		if (n->record_id == 0)
			continue;
		root = find_linked(v, n->tie);
		link = hash_search(first, &root, HASH_ENTER, &found);
		if (found)
			crm_batch_add_edge(batch, link->b, n->record_id, 0);
		else
			link->b = n->record_id;
	}
	hash_destroy(first);
}

static void
note_source(const crm_verdicts *v, int64 record_id, int32 source_id)
{
	ruled *r;

	if (!crm_ids_contain(&v->rules, source_id))
		return;
	r = hash_search(v->ruled, &record_id, HASH_ENTER, NULL);
	r->source_id = source_id;
}

static void
find_ruled(crm_batch *batch, const crm_ids *ids)
{
	static SPIPlanPtr plan;
	static const Oid types[] = {INT8ARRAYOID};
	Datum args[] = {crm_ids_array(ids->v, ids->n)};

	for (int i = 0; i < ids->n; i++)
	{
		crm_record *r = crm_batch_record(batch, ids->v[i]);

		if (r != NULL && r->added)
			note_source(batch->verdicts, r->record_id, r->source_id);
	}
	crm_plan(&plan,
			 "SELECT r.record_id, r.source_id FROM pg_catalog.unnest($1) AS i(id)"
			 "  JOIN crm_internal.record r ON r.record_id OPERATOR(pg_catalog.=) i.id",
			 1, types);
	crm_store_run(plan, args, NULL);
	for (uint64 i = 0; i < SPI_processed; i++)
	{
		HeapTuple row = SPI_tuptable->vals[i];
		bool isnull;

		note_source(batch->verdicts,
					DatumGetInt64(SPI_getbinval(row, SPI_tuptable->tupdesc, 1, &isnull)),
					DatumGetInt32(SPI_getbinval(row, SPI_tuptable->tupdesc, 2, &isnull)));
	}
	SPI_freetuptable(SPI_tuptable);
}

void
crm_verdict_settle(crm_batch *batch, const crm_ids *ids)
{
	crm_verdicts *v = batch->verdicts;

	if (v == NULL)
		return;
	if (v->decided)
	{
		form_groups(v);
		add_edges(batch);
	}
	if (v->ruled != NULL)
		find_ruled(batch, ids);
}

bool
crm_verdict_joins(const crm_batch *batch, const crm_record *a, const crm_record *b)
{
	const crm_verdicts *v = batch->verdicts;

	return v != NULL && node_of(v, a->tie) != NULL && node_of(v, b->tie) != NULL &&
		   find_group(v, a->tie) == find_group(v, b->tie);
}

static bool
is_ruled_apart(const crm_verdicts *v, const crm_record *a, const crm_record *b)
{
	const ruled *x = hash_search(v->ruled, &a->record_id, HASH_FIND, NULL);
	const ruled *y = hash_search(v->ruled, &b->record_id, HASH_FIND, NULL);

	return x != NULL && y != NULL && x->source_id == y->source_id;
}

bool
crm_verdict_score(const crm_batch *batch, const crm_record *a, const crm_record *b, int32 *score)
{
	const crm_verdicts *v = batch->verdicts;
	pair_key key = {Min(a->tie, b->tie), Max(a->tie, b->tie)};
	const pair_verdict *p;

	if (v == NULL)
		return false;
	if (crm_verdict_joins(batch, a, b))
	{
		*score = CRM_CLUSTER_ALWAYS;
		return true;
	}
	p = hash_search(v->pairs, &key, HASH_FIND, NULL);
	if ((p != NULL && !p->same) || (v->ruled != NULL && is_ruled_apart(v, a, b)))
	{
		*score = CRM_CLUSTER_NEVER;
		return true;
	}
	return false;
}
