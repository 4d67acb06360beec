/*
 * measure_survey.c - the sample of records and the candidates among them, for measure_expect.c.
 *
 * Blocks are counted in full, as a key is too common by all that have it. Of the records a sample
 * is taken by customer, so that customers are whole.
 */
#include "postgres.h"

#include <math.h>

#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "miscadmin.h"
#include "utils/memutils.h"

#include "base/base.h"
#include "identity/identity_store.h"
#include "measure/measure_expect.h"
#include "measure/measure_survey.h"

#define ROWS_AT_ONCE 10000

/* What a record of the sample takes, with its share of the candidates. */
#define BYTES_A_RECORD 2048

/* Customers are drawn by so many parts of their hash. */
#define PARTS 65536

typedef struct block
{
	int64 key;
	int64 size;
	int nfirst; /* members in the sample, of the first ones: more do not matter */
	int32 first[CRM_KEY_COMMON];
} block;

static int64
value(uint64 row, int column)
{
	bool isnull;

	return DatumGetInt64(
		SPI_getbinval(SPI_tuptable->vals[row], SPI_tuptable->tupdesc, column, &isnull));
}

static Portal
open_cursor(const char *sql, int nargs, Oid *types, Datum *args)
{
	return SPI_cursor_open_with_args(NULL, sql, nargs, types, args, NULL, true, 0);
}

static void
count_records(crm_sample *sample, crm_survey *survey)
{
	double most = maintenance_work_mem * 1024.0 / BYTES_A_RECORD;

	SPI_execute("SELECT pg_catalog.count(*), pg_catalog.count(DISTINCT r.customer_id)"
				"  FROM crm_internal.record r WHERE r.customer_id IS NOT NULL",
				true, 1);
	survey->records = value(0, 1);
	survey->customers = value(0, 2);
	survey->fraction =
		survey->records <= most ? 1 : Max(1, floor(most / survey->records * PARTS)) / PARTS;
	SPI_freetuptable(SPI_tuptable);
}

static void
add_record(crm_sample *sample, uint64 row)
{
	bool isnull;
	bytea *bytes = DatumGetByteaPCopy(
		SPI_getbinval(SPI_tuptable->vals[row], SPI_tuptable->tupdesc, 3, &isnull));
	int64 customer = value(row, 2);
	crm_sampled *r;

	if (sample->n == sample->room)
	{
		sample->room = Max(1024, sample->room * 2);
		sample->records = sample->records == NULL
							  ? palloc(sample->room * sizeof(crm_sampled))
							  : repalloc_huge(sample->records, sample->room * sizeof(crm_sampled));
	}
	r = &sample->records[sample->n];
	memset(r, 0, sizeof(*r));
	r->record_id = value(row, 1);
	if (!crm_model_open(sample->model, VARDATA_ANY(bytes), VARSIZE_ANY_EXHDR(bytes), &r->profile))
		return;
	if (sample->n == 0 || customer != sample->last_customer)
		sample->ncustomers++;
	sample->last_customer = customer;
	r->customer = sample->ncustomers - 1;
	sample->n++;
}

/* Records of the sample, customer by customer. */
static void
read_records(crm_sample *sample, const crm_survey *survey)
{
	Oid types[] = {INT8OID};
	Datum args[] = {Int64GetDatum((int64) rint(survey->fraction * PARTS))};
	Portal cursor = open_cursor(
		"SELECT r.record_id, r.customer_id, r.profile FROM crm_internal.record r"
		" WHERE r.customer_id IS NOT NULL"
		"   AND (pg_catalog.hashint8extended(r.customer_id, 7) OPERATOR(pg_catalog.&) 65535)"
		"       OPERATOR(pg_catalog.<) $1"
		" ORDER BY r.customer_id, r.record_id",
		1, types, args);

	for (;;)
	{
		SPI_cursor_fetch(cursor, true, ROWS_AT_ONCE);
		for (uint64 i = 0; i < SPI_processed; i++)
			add_record(sample, i);
		if (SPI_processed == 0)
			break;
		SPI_freetuptable(SPI_tuptable);
		CHECK_FOR_INTERRUPTS();
	}
	SPI_cursor_close(cursor);
}

static int
by_id(const void *a, const void *b)
{
	const crm_place *x = a;
	const crm_place *y = b;

	return (x->record_id > y->record_id) - (x->record_id < y->record_id);
}

static void
sort_places(crm_sample *sample)
{
	sample->places =
		MemoryContextAllocHuge(CurrentMemoryContext, sizeof(crm_place) * Max(sample->n, 1));
	for (int i = 0; i < sample->n; i++)
		sample->places[i] = (crm_place){sample->records[i].record_id, i};
	qsort(sample->places, sample->n, sizeof(crm_place), by_id);
}

static void
add_pair(crm_sample *sample, int32 a, int32 b, crm_key_kind kind)
{
	if (sample->npairs == sample->pairs_room)
	{
		sample->pairs_room = Max(65536, sample->pairs_room * 2);
		sample->pairs =
			sample->pairs == NULL
				? MemoryContextAllocHuge(CurrentMemoryContext,
										 sample->pairs_room * sizeof(crm_sampled_pair))
				: repalloc_huge(sample->pairs, sample->pairs_room * sizeof(crm_sampled_pair));
	}
	sample->pairs[sample->npairs++] =
		(crm_sampled_pair){.a = Min(a, b), .b = Max(a, b), .kinds = UINT32_C(1) << kind};
}

static void
end_block(crm_sample *sample, crm_survey *survey, const block *b)
{
	crm_key_kind kind = crm_key_kind_of(b->key);
	crm_survey_kind *k = &survey->kind[kind];
	double pairs = b->size * (b->size - 1.0) / 2;

	if (b->size == 0 || kind >= CRM_KEY_KINDS)
		return;
	k->keys++;
	k->largest = Max(k->largest, b->size);
	if (b->size > CRM_KEY_COMMON)
	{
		k->capped++;
		k->left_out += pairs;
		return;
	}
	k->pairs += pairs;
	for (int i = 0; i < b->nfirst; i++)
		for (int j = i + 1; j < b->nfirst; j++)
			add_pair(sample, b->first[i], b->first[j], kind);
}

static void
take_key(crm_sample *sample, crm_survey *survey, block *b, int64 key, int64 record_id)
{
	crm_place wanted = {.record_id = record_id};
	const crm_place *place;

	if (b->size > 0 && b->key != key)
	{
		end_block(sample, survey, b);
		b->size = b->nfirst = 0;
	}
	b->key = key;
	if (b->size++ >= CRM_KEY_COMMON)
		return;
	place = bsearch(&wanted, sample->places, sample->n, sizeof(crm_place), by_id);
	if (place != NULL)
		b->first[b->nfirst++] = place->index;
}

static void
read_keys(crm_sample *sample, crm_survey *survey)
{
	block b = {0};
	Portal cursor = open_cursor("SELECT k.key, k.record_id FROM crm_internal.record_key k"
								" ORDER BY k.key, k.record_id",
								0, NULL, NULL);

	for (;;)
	{
		SPI_cursor_fetch(cursor, true, ROWS_AT_ONCE);
		for (uint64 i = 0; i < SPI_processed; i++)
			take_key(sample, survey, &b, value(i, 1), value(i, 2));
		if (SPI_processed == 0)
			break;
		SPI_freetuptable(SPI_tuptable);
		CHECK_FOR_INTERRUPTS();
	}
	end_block(sample, survey, &b);
	SPI_cursor_close(cursor);
}

static int
by_records(const void *a, const void *b)
{
	const crm_sampled_pair *x = a;
	const crm_sampled_pair *y = b;

	if (x->a != y->a)
		return x->a < y->a ? -1 : 1;
	return (x->b > y->b) - (x->b < y->b);
}

/* Each pair once, with all kinds that find it. */
static void
unite_pairs(crm_sample *sample)
{
	int64 distinct = 0;

	if (sample->npairs > 0)
		qsort(sample->pairs, sample->npairs, sizeof(crm_sampled_pair), by_records);
	for (int64 i = 0; i < sample->npairs; i++)
		if (distinct > 0 && by_records(&sample->pairs[distinct - 1], &sample->pairs[i]) == 0)
			sample->pairs[distinct - 1].kinds |= sample->pairs[i].kinds;
		else
			sample->pairs[distinct++] = sample->pairs[i];
	sample->npairs = distinct;
}

void
crm_survey_take(crm_survey *survey)
{
	MemoryContext mine =
		AllocSetContextCreate(CurrentMemoryContext, "crm survey", ALLOCSET_DEFAULT_SIZES);
	MemoryContext before = MemoryContextSwitchTo(mine);
	crm_sample sample = {0};

	memset(survey, 0, sizeof(*survey));
	survey->enabled = crm_store_key_kinds();
	sample.model = crm_model_of(Max(crm_store_model_version(), 0));
	count_records(&sample, survey);
	MemoryContextSwitchTo(mine);
	read_records(&sample, survey);
	sort_places(&sample);
	read_keys(&sample, survey);
	unite_pairs(&sample);
	crm_survey_expect(&sample, survey);
	MemoryContextSwitchTo(before);
	MemoryContextDelete(mine);
}
