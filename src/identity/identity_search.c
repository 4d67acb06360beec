/*
 * identity_search.c - who is this? A search line becomes a profile that is compared like a record.
 *
 * Candidates come through the same keys as in matching, but a common key is not left out: some of
 * its records are looked at, the best are shown.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "fmgr.h"
#include "funcapi.h"
#include "utils/builtins.h"

#include "base/base.h"
#include "identity/identity_batch.h"
#include "match/match_key.h"
#include "identity/identity_query.h"
#include "identity/identity_store.h"
#include "types/email_address.h"
#include "types/phone_number.h"

#define RECORDS_A_KEY 200
#define VALUES_MAX 24
#define REGIONS_MAX 8

PG_FUNCTION_INFO_V1(crm_search_records);

typedef struct question
{
	int nvalues;
	crm_profile_value values[VALUES_MAX];
	int name; /* which value is the name, or -1 */
} question;

typedef struct answer
{
	int64 customer_id;
	int64 record_id;
	int32 weight;
} answer;

static void
ask(question *q, crm_attribute_kind kind, const char *text, uint64_t phone)
{
	if (q->nvalues == VALUES_MAX)
		return;
	q->values[q->nvalues++] =
		(crm_profile_value){.kind = kind, .attribute = "", .text = text, .phone = phone};
}

/* Regions in which numbers came written nationally: a number without country may be of any. */
static int
regions_seen(char *regions[REGIONS_MAX])
{
	static SPIPlanPtr plan;
	int n;

	crm_plan(&plan,
			 "SELECT p.region FROM crm_internal.phone_region p"
			 " ORDER BY p.first_seen, p.region LIMIT 8",
			 0, NULL);
	n = (int) crm_store_run(plan, NULL, NULL);
	for (int i = 0; i < n; i++)
		regions[i] = SPI_getvalue(SPI_tuptable->vals[i], SPI_tuptable->tupdesc, 1);
	return n;
}

static void
ask_phone(question *q, const char *text)
{
	char *regions[REGIONS_MAX];
	crm_phone phone;
	int before;
	int n;

	if (crm_phone_parse_national(text, strlen(text), NULL, &phone))
	{
		ask(q, CRM_KIND_PHONE, text, phone);
		return;
	}
	n = regions_seen(regions);
	before = q->nvalues;
	for (int i = 0; i < n; i++)
		if (crm_phone_parse_national(text, strlen(text), regions[i], &phone))
			ask(q, CRM_KIND_PHONE, text, phone);
	if (q->nvalues == before)
		ask(q, CRM_KIND_PHONE, text, 0);
}

static void
make_question(const char *text, question *q)
{
	crm_query *query = palloc(sizeof(crm_query));
	crm_email_error error;

	memset(q, 0, sizeof(*q));
	q->name = -1;
	crm_query_parse(crm_to_utf8(text), query);
	for (int i = 0; i < query->nemails; i++)
	{
		char *canonical = palloc(CRM_EMAIL_SIZE);

		if (crm_email_parse(query->emails[i], strlen(query->emails[i]), canonical, &error))
			ask(q, CRM_KIND_EMAIL, canonical, 0);
	}
	for (int i = 0; i < query->nphones; i++)
		ask_phone(q, query->phones[i]);
	if (query->date[0] != '\0')
		ask(q, CRM_KIND_DATE, query->date, 0);
	if (query->name[0] != '\0' && q->nvalues < VALUES_MAX)
	{
		q->name = q->nvalues;
		ask(q, CRM_KIND_NAME, query->name, 0);
	}
}

/* Leaves (record_id, customer_id, profile) of records that share a key in SPI_tuptable. */
static void
fetch_candidates(const crm_profile *profile)
{
	static SPIPlanPtr plan;
	static const Oid types[] = {INT8ARRAYOID, INT4OID};
	int64_t keys[CRM_KEYS_MAX];
	int64 copy[CRM_KEYS_MAX];
	int n = crm_profile_keys(profile, keys);
	Datum args[2];

	for (int i = 0; i < n; i++)
		copy[i] = keys[i];
	args[0] = crm_ids_array(copy, n);
	args[1] = Int32GetDatum(RECORDS_A_KEY);
	crm_plan(&plan,
			 "SELECT r.record_id, r.customer_id, r.profile"
			 "  FROM (SELECT DISTINCT b.record_id FROM pg_catalog.unnest($1) AS t(key),"
			 "       LATERAL (SELECT k.record_id FROM crm_internal.record_key k"
			 "                 WHERE k.key OPERATOR(pg_catalog.=) t.key LIMIT $2) AS b) AS c"
			 "  JOIN crm_internal.record r ON r.record_id OPERATOR(pg_catalog.=) c.record_id",
			 2, types);
	crm_store_run(plan, args, NULL);
}

static void
take_answer(HTAB *answers, int64 customer, int64 record, int32 weight)
{
	bool found;
	answer *a = hash_search(answers, &customer, HASH_ENTER, &found);

	if (found && (a->weight > weight || (a->weight == weight && a->record_id < record)))
		return;
	a->record_id = record;
	a->weight = weight;
}

/* The question put as a person, or as an organization. */
static void
search_as(char kind, const question *q, HTAB *answers)
{
	char bytes[CRM_PROFILE_MAX];
	crm_profile asked;
	const crm_active_model *model = crm_model_of(Max(crm_store_model_version(), 0));

	crm_model_open(model, bytes, crm_profile_build(kind, q->values, q->nvalues, bytes), &asked);
	fetch_candidates(&asked);
	for (uint64 i = 0; i < SPI_processed; i++)
	{
		HeapTuple tuple = SPI_tuptable->vals[i];
		TupleDesc desc = SPI_tuptable->tupdesc;
		bool isnull;
		int64 record = DatumGetInt64(SPI_getbinval(tuple, desc, 1, &isnull));
		int64 customer = DatumGetInt64(SPI_getbinval(tuple, desc, 2, &isnull));
		bytea *stored = DatumGetByteaPP(SPI_getbinval(tuple, desc, 3, &isnull));
		crm_profile profile;
		crm_comparison c;

		if (!crm_model_open(model, VARDATA_ANY(stored), VARSIZE_ANY_EXHDR(stored), &profile))
			continue;
		c = crm_profile_compare(&model->model, &asked, &profile);
		/* who asks means somebody: what it says counts without the prior */
		c.weight -= model->model.prior[crm_odds_at(profile.kind, CRM_STRANGERS)];
		if (c.weight > 0)
			take_answer(answers, customer, record, c.weight);
	}
	SPI_freetuptable(SPI_tuptable);
}

/* The last word of a name may be where its owner lives. */
static bool
move_city(question *q)
{
	const char *name = q->name >= 0 ? q->values[q->name].text : "";
	char *space = strrchr(name, ' ');

	if (space == NULL)
		return false;
	q->values[q->name].text = pnstrdup(name, space - name);
	ask(q, CRM_KIND_CITY, pstrdup(space + 1), 0);
	return true;
}

/* "van den Berg Willemijn": the family name may come first. */
static void
search_reversed(const question *q, HTAB *answers)
{
	const char *space = q->name >= 0 ? strrchr(q->values[q->name].text, ' ') : NULL;
	question reversed = *q;

	if (space == NULL)
		return;
	reversed.values[q->name].text = psprintf("%.*s, %s", (int) (space - q->values[q->name].text),
											 q->values[q->name].text, space + 1);
	search_as('p', &reversed, answers);
}

static int
by_weight(const void *a, const void *b)
{
	const answer *x = a;
	const answer *y = b;

	if (x->weight != y->weight)
		return x->weight > y->weight ? -1 : 1;
	return (x->customer_id > y->customer_id) - (x->customer_id < y->customer_id);
}

static answer *
find_answers(const char *text, long *n)
{
	HASHCTL ctl = {
		.keysize = sizeof(int64), .entrysize = sizeof(answer), .hcxt = CurrentMemoryContext};
	HTAB *answers = hash_create("crm answers", 256, &ctl, HASH_ELEM | HASH_BLOBS | HASH_CONTEXT);
	question *q = palloc(sizeof(question));
	HASH_SEQ_STATUS all;
	answer *list;
	answer *a;
	int most;

	make_question(text, q);
	most = q->nvalues + 1;
	search_reversed(q, answers);
	for (bool more = q->nvalues > 0; more; more = q->name >= 0 && q->nvalues < most && move_city(q))
	{
		search_as('p', q, answers);
		search_as('o', q, answers);
	}
	*n = 0;
	list = palloc(sizeof(answer) * (hash_get_num_entries(answers) + 1));
	hash_seq_init(&all, answers);
	while ((a = hash_seq_search(&all)) != NULL)
		list[(*n)++] = *a;
	qsort(list, *n, sizeof(answer), by_weight);
	return list;
}

/* (query text, max_results integer) -> setof (customer_id, record_id, weight in bits) */
Datum
crm_search_records(PG_FUNCTION_ARGS)
{
	char *query = text_to_cstring(PG_GETARG_TEXT_PP(0));
	int32 most = PG_GETARG_INT32(1);
	ReturnSetInfo *result = (ReturnSetInfo *) fcinfo->resultinfo;
	answer *answers;
	long n;

	InitMaterializedSRF(fcinfo, 0);
	SPI_connect();
	answers = find_answers(query, &n);
	for (long i = 0; i < n && i < most; i++)
	{
		Datum values[] = {Int64GetDatum(answers[i].customer_id),
						  Int64GetDatum(answers[i].record_id),
						  Float8GetDatum((double) answers[i].weight / CRM_BIT)};
		bool nulls[] = {false, false, false};

		tuplestore_putvalues(result->setResult, result->setDesc, values, nulls);
	}
	SPI_finish();
	return (Datum) 0;
}
