/*
 * identity_search.c - who is this? A question becomes a profile that is compared like a record.
 *
 * First the keys of matching, and of a lone word its sound. What is then still doubtful is looked
 * for again under one typing error.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "fmgr.h"
#include "funcapi.h"
#include "utils/builtins.h"

#include "base/base.h"
#include "identity/identity_find.h"
#include "identity/identity_question.h"
#include "identity/identity_store.h"
#include "match/match_explain.h"
#include "model/model.h"

#define COLUMNS 4

/* An answer that is as good needs no guessing at errors: about a given name that many have. */
#define GOOD_ENOUGH (4 * CRM_BIT)

PG_FUNCTION_INFO_V1(crm_search_records);
PG_FUNCTION_INFO_V1(crm_search_attributes);

typedef struct answer
{
	int64 customer_id;
	int64 record_id;
	int32 weight;
	crm_pattern pattern;
} answer;

typedef struct search
{
	const crm_active_model *model;
	HTAB *answers;
	int32 best;
	crm_typos *typos;
} search;

static void
take_answer(search *s, int64 customer, int64 record, const crm_pattern *pattern)
{
	/* who asks means somebody: what it says counts without the prior */
	int32 weight = crm_weigh(&s->model->model, pattern).weight -
				   s->model->model.prior[crm_odds_at(pattern->kind, CRM_STRANGERS)];
	bool found;
	answer *a;

	if (weight <= 0)
		return;
	s->best = Max(s->best, weight);
	a = hash_search(s->answers, &customer, HASH_ENTER, &found);
	if (found && (a->weight > weight || (a->weight == weight && a->record_id <= record)))
		return;
	a->record_id = record;
	a->weight = weight;
	a->pattern = *pattern;
}

/* The records that were found, in SPI_tuptable. */
static void
take_found(search *s, const crm_profile *asked)
{
	for (uint64 i = 0; i < SPI_processed; i++)
	{
		HeapTuple tuple = SPI_tuptable->vals[i];
		TupleDesc desc = SPI_tuptable->tupdesc;
		bool isnull;
		int64 record = DatumGetInt64(SPI_getbinval(tuple, desc, 1, &isnull));
		bytea *stored = DatumGetByteaPP(SPI_getbinval(tuple, desc, 3, &isnull));
		Datum customer = SPI_getbinval(tuple, desc, 2, &isnull);
		crm_profile profile;
		crm_pattern pattern;

		if (isnull ||
			!crm_model_open(s->model, VARDATA_ANY(stored), VARSIZE_ANY_EXHDR(stored), &profile) ||
			profile.kind != asked->kind)
			continue;
		crm_profile_match(asked, &profile, &pattern);
		crm_typo_forgive(&pattern, asked, &profile);
		take_answer(s, DatumGetInt64(customer), record, &pattern);
	}
	SPI_freetuptable(SPI_tuptable);
}

static bool
open_question(const search *s, char kind, const crm_question *q, char bytes[CRM_PROFILE_MAX],
			  crm_profile *asked)
{
	return crm_model_open(s->model, bytes, crm_profile_build(kind, q->values, q->nvalues, bytes),
						  asked);
}

/* The one word that is asked for; false: there are several, or none. */
static bool
lone_word(const crm_profile *asked, crm_span *word)
{
	crm_span name = asked->kind == 'o' ? asked->organization : asked->family;

	if (asked->kind == 'p' && asked->given.length > 0)
	{
		if (asked->family.length > 0)
			return false;
		name = asked->given;
	}
	*word = name;
	return name.length >= 2 && memchr(name.text, ' ', name.length) == NULL;
}

/* The question put as a person, or as an organization. */
static void
search_as(search *s, char kind, const crm_question *q)
{
	char bytes[CRM_PROFILE_MAX];
	crm_profile asked;
	crm_span word;

	if (!open_question(s, kind, q, bytes, &asked))
		return;
	crm_find_by_profile(&asked);
	take_found(s, &asked);
	if (!lone_word(&asked, &word))
		return;
	s->typos->n = 0;
	crm_typo_sounds(word, s->typos);
	s->typos->n = Min(s->typos->n, 1);
	crm_find_by_sounds(s->typos);
	take_found(s, &asked);
}

/* The same, under one typing error in one of the values. */
static void
guess_as(search *s, char kind, const crm_question *q)
{
	char bytes[CRM_PROFILE_MAX];
	crm_profile asked;
	crm_span word;

	if (!open_question(s, kind, q, bytes, &asked))
		return;
	s->typos->n = 0;
	for (int i = 0; i < asked.nphones && kind == 'p'; i++)
		crm_typo_phone(asked.phones[i], s->typos);
	for (int i = 0; i < asked.nemails; i++)
		crm_typo_mailbox(asked.emails[i].local, s->typos);
	if (kind == 'p')
		crm_typo_name(asked.given, asked.family, s->typos);
	if (s->typos->n > 0)
	{
		crm_find_by_keys(s->typos);
		take_found(s, &asked);
	}
	if (!lone_word(&asked, &word))
		return;
	s->typos->n = 0;
	crm_typo_sounds(word, s->typos);
	crm_find_by_sounds(s->typos);
	take_found(s, &asked);
}

/* "van den Berg Willemijn": the family name may come first. */
static void
search_reversed(search *s, const crm_question *q)
{
	const char *space = q->name >= 0 ? strrchr(q->values[q->name].text, ' ') : NULL;
	crm_question reversed = *q;

	if (space == NULL)
		return;
	reversed.values[q->name].text = psprintf("%.*s, %s", (int) (space - q->values[q->name].text),
											 q->values[q->name].text, space + 1);
	search_as(s, 'p', &reversed);
}

static void
search_all(search *s, crm_question *q)
{
	crm_question asked = *q;
	int most = q->nvalues + 1;

	search_reversed(s, q);
	for (bool more = q->nvalues > 0; more;
		 more = q->name >= 0 && q->nvalues < most && crm_question_move_city(q))
	{
		search_as(s, 'p', q);
		search_as(s, 'o', q);
	}
	if (s->best >= GOOD_ENOUGH || asked.nvalues == 0)
		return;
	guess_as(s, 'p', &asked);
	guess_as(s, 'o', &asked);
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
list_answers(const search *s, long *n)
{
	answer *list = palloc(sizeof(answer) * (hash_get_num_entries(s->answers) + 1));
	HASH_SEQ_STATUS all;
	answer *a;

	*n = 0;
	hash_seq_init(&all, s->answers);
	while ((a = hash_seq_search(&all)) != NULL)
		list[(*n)++] = *a;
	qsort(list, *n, sizeof(answer), by_weight);
	return list;
}

static Datum
reason_of(const search *s, const answer *a)
{
	crm_step steps[CRM_STEPS_MAX];
	char reason[CRM_REASON_SIZE];

	crm_explain_reason(steps, crm_explain(&s->model->model, &a->pattern, steps), reason);
	return CStringGetTextDatum(reason);
}

/* SPI connected. Rows (customer_id, record_id, weight in bits, reason). */
static void
answer_question(crm_question *q, int32 most, ReturnSetInfo *result)
{
	HASHCTL ctl = {
		.keysize = sizeof(int64), .entrysize = sizeof(answer), .hcxt = CurrentMemoryContext};
	search s = {.model = crm_model_of(Max(crm_store_model_version(), 0)),
				.typos = palloc(sizeof(crm_typos))};
	answer *answers;
	long n;

	s.answers = hash_create("crm answers", 256, &ctl, HASH_ELEM | HASH_BLOBS | HASH_CONTEXT);
	search_all(&s, q);
	answers = list_answers(&s, &n);
	for (long i = 0; i < n && i < most; i++)
	{
		Datum values[COLUMNS] = {
			Int64GetDatum(answers[i].customer_id), Int64GetDatum(answers[i].record_id),
			Float8GetDatum((double) answers[i].weight / CRM_BIT), reason_of(&s, &answers[i])};
		bool nulls[COLUMNS] = {false};

		tuplestore_putvalues(result->setResult, result->setDesc, values, nulls);
	}
}

/* (query text, max_results integer) */
Datum
crm_search_records(PG_FUNCTION_ARGS)
{
	char *query = text_to_cstring(PG_GETARG_TEXT_PP(0));
	crm_question *q = palloc(sizeof(crm_question));

	InitMaterializedSRF(fcinfo, 0);
	SPI_connect();
	crm_question_of_text(query, q);
	answer_question(q, PG_GETARG_INT32(1), (ReturnSetInfo *) fcinfo->resultinfo);
	SPI_finish();
	return (Datum) 0;
}

/* (attributes jsonb, max_results integer) */
Datum
crm_search_attributes(PG_FUNCTION_ARGS)
{
	Datum attributes = PG_GETARG_DATUM(0);
	crm_question *q = palloc(sizeof(crm_question));

	InitMaterializedSRF(fcinfo, 0);
	SPI_connect();
	crm_question_of_attributes(attributes, q);
	answer_question(q, PG_GETARG_INT32(1), (ReturnSetInfo *) fcinfo->resultinfo);
	SPI_finish();
	return (Datum) 0;
}
