/* identity_relation.c - what records say of the rows that they belong to, stored beside them.
 *
 * Kept by the related table's name and key, not by record: the related row may come later, go and
 * come back, and its table may be dropped as a source and made one again.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "utils/builtins.h"

#include "base/base.h"
#include "identity/identity_relation.h"
#include "identity/identity_store.h"

static int
compare_text(const char *a, const char *b)
{
	return strcmp(a ? a : "", b ? b : "");
}

static int
by_content(const void *a, const void *b)
{
	const crm_source_link *x = a;
	const crm_source_link *y = b;
	int order;

	if ((order = strcmp(x->related_schema, y->related_schema)) != 0 ||
		(order = strcmp(x->related_table, y->related_table)) != 0 ||
		(order = strcmp(x->key, y->key)) != 0 ||
		(order = compare_text(x->relation, y->relation)) != 0)
		return order;
	if (x->since != y->since)
		return x->since < y->since ? -1 : 1;
	return (x->until > y->until) - (x->until < y->until);
}

void
crm_relation_take(crm_record *record, const crm_source_row *row)
{
	crm_source_link *links = palloc(sizeof(crm_source_link) * Max(row->nlinks, 1));
	int n = 0;

	for (int i = 0; i < row->nlinks; i++)
	{
		links[i] = row->links[i];
		links[i].relation = links[i].relation ? pstrdup(links[i].relation) : NULL;
		links[i].related_schema = pstrdup(links[i].related_schema);
		links[i].related_table = pstrdup(links[i].related_table);
		links[i].key = pstrdup(links[i].key);
	}
	qsort(links, row->nlinks, sizeof(crm_source_link), by_content);
	for (int i = 0; i < row->nlinks; i++)
		if (n == 0 || by_content(&links[n - 1], &links[i]) != 0)
			links[n++] = links[i];
	record->links = links;
	record->nlinks = n;
}

static void
delete_links(const crm_ids *records)
{
	static SPIPlanPtr plan;
	static const Oid types[] = {INT8ARRAYOID};
	Datum args[1];

	if (records->n == 0)
		return;
	args[0] = crm_ids_array(records->v, records->n);
	crm_plan(&plan,
			 "DELETE FROM crm_internal.record_link l"
			 " WHERE l.record_id OPERATOR(pg_catalog.=) ANY ($1)",
			 1, types);
	crm_store_run(plan, args, NULL);
}

static void
insert_link(int64 record_id, int number, const crm_source_link *link)
{
	static SPIPlanPtr plan;
	static const Oid types[] = {INT8OID, INT4OID, TEXTOID, TEXTOID,
								TEXTOID, TEXTOID, DATEOID, DATEOID};
	Datum args[] = {Int64GetDatum(record_id),
					Int32GetDatum(number),
					link->relation ? CStringGetTextDatum(link->relation) : (Datum) 0,
					CStringGetTextDatum(link->related_schema),
					CStringGetTextDatum(link->related_table),
					CStringGetTextDatum(link->key),
					DateADTGetDatum(link->since),
					DateADTGetDatum(link->until)};
	char nulls[] = "        ";

	nulls[2] = link->relation ? ' ' : 'n';
	nulls[6] = DATE_IS_NOBEGIN(link->since) ? 'n' : ' ';
	nulls[7] = DATE_IS_NOEND(link->until) ? 'n' : ' ';
	crm_plan(&plan,
			 "INSERT INTO crm_internal.record_link (record_id, number, relation, related_schema,"
			 " related_table, related_key, since, until) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
			 8, types);
	crm_store_run(plan, args, nulls);
}

static crm_source_link
stored_link(HeapTuple row, TupleDesc desc)
{
	crm_source_link link = {0};
	bool isnull;
	Datum day;

	link.relation = SPI_getvalue(row, desc, 2);
	link.related_schema = SPI_getvalue(row, desc, 3);
	link.related_table = SPI_getvalue(row, desc, 4);
	link.key = SPI_getvalue(row, desc, 5);
	day = SPI_getbinval(row, desc, 6, &isnull);
	link.since = isnull ? DATEVAL_NOBEGIN : DatumGetDateADT(day);
	day = SPI_getbinval(row, desc, 7, &isnull);
	link.until = isnull ? DATEVAL_NOEND : DatumGetDateADT(day);
	return link;
}

/* Counts in links_stored, and in links_same those that the record still has. */
static void
compare_stored(const crm_batch *batch, const crm_ids *changed)
{
	static SPIPlanPtr plan;
	static const Oid types[] = {INT8ARRAYOID};
	Datum args[1];

	if (changed->n == 0)
		return;
	args[0] = crm_ids_array(changed->v, changed->n);
	crm_plan(&plan,
			 "SELECT l.record_id, l.relation, l.related_schema, l.related_table, l.related_key,"
			 " l.since, l.until"
			 "  FROM pg_catalog.unnest($1) AS i(id)"
			 "  JOIN crm_internal.record_link l ON l.record_id OPERATOR(pg_catalog.=) i.id"
			 " ORDER BY l.record_id, l.number",
			 1, types);
	crm_store_run(plan, args, NULL);
	for (uint64 i = 0; i < SPI_processed; i++)
	{
		HeapTuple row = SPI_tuptable->vals[i];
		TupleDesc desc = SPI_tuptable->tupdesc;
		bool isnull;
		crm_record *record = hash_search(
			batch->records, &(int64){DatumGetInt64(SPI_getbinval(row, desc, 1, &isnull))},
			HASH_FIND, NULL);
		crm_source_link link = stored_link(row, desc);
		int at = record->links_stored++;

		if (at < record->nlinks && by_content(&link, &record->links[at]) == 0)
			record->links_same++;
	}
	SPI_freetuptable(SPI_tuptable);
}

void
crm_relation_write(const crm_batch *batch)
{
	crm_ids changed = {0};
	crm_ids stale = {0};
	HASH_SEQ_STATUS all;
	crm_record *r;

	for (int i = 0; i < batch->gone.n; i++)
		crm_ids_add(&stale, batch->gone.v[i]);
	hash_seq_init(&all, batch->records);
	while ((r = hash_seq_search(&all)) != NULL)
		if (r->changed)
			crm_ids_add(&changed, r->record_id);
	compare_stored(batch, &changed);
	for (int i = 0; i < changed.n; i++)
	{
		r = hash_search(batch->records, &changed.v[i], HASH_FIND, NULL);
		if (r->links_stored != r->links_same)
			crm_ids_add(&stale, r->record_id);
	}
	delete_links(&stale);
	hash_seq_init(&all, batch->records);
	while ((r = hash_seq_search(&all)) != NULL)
	{
		/* What was stored either all stands, a beginning of the list, or has just been removed. */
		int first = r->links_stored == r->links_same ? r->links_stored : 0;

		for (int i = first; i < r->nlinks; i++)
			insert_link(r->record_id, i + 1, &r->links[i]);
	}
}
