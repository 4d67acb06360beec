/*
 * identity_read.c - rows of changed keys become records of the batch.
 *
 * A row is cleaned (e-mail canonical, telephone E.164), kept as attributes for people to see, and
 * standardised into a profile for matching. A row whose hash is that of the stored record is done.
 */
#include "postgres.h"

#include "executor/spi.h"
#include "utils/builtins.h"
#include "utils/json.h"
#include "utils/jsonb.h"
#include "utils/memutils.h"
#include "utils/timestamp.h"

#include "base/base.h"
#include "identity/identity_batch.h"
#include "identity/identity_clean.h"
#include "match/match_key.h"
#include "identity/identity_relation.h"
#include "identity/identity_store.h"
#include "identity/identity_tie.h"
#include "match/match_value.h"
#include "source/source.h"

#define VALUES_MAX 64 /* values of a row that are compared and kept */

/* What is known of a key before its row is read. */
typedef struct known_key
{
	const char *key; /* hash key */
	int64 record_id; /* 0: not stored */
	int64 customer_id;
	int64 tie;
	int64 source_hash;
	bytea *profile;
	bool seen;
	const char *error;
	int sqlerrcode;
} known_key;

typedef struct reading
{
	crm_batch *batch;
	int32 source_id;
	const char *source_name;
	HTAB *known;
	int64 next_record_id;
	int64 record_ids_left;
} reading;

static uint32
hash_key(const void *key, Size size)
{
	const char *text = *(const char *const *) key;

	return (uint32) crm_value_hash64(text, strlen(text), 5);
}

static int
match_key(const void *a, const void *b, Size size)
{
	return strcmp(*(const char *const *) a, *(const char *const *) b);
}

static void
know_keys(reading *r, const char *const *keys, int nkeys)
{
	HASHCTL ctl = {.keysize = sizeof(char *),
				   .entrysize = sizeof(known_key),
				   .hash = hash_key,
				   .match = match_key,
				   .hcxt = r->batch->context};

	r->known = hash_create("crm keys", nkeys, &ctl,
						   HASH_ELEM | HASH_FUNCTION | HASH_COMPARE | HASH_CONTEXT);
	for (int i = 0; i < nkeys; i++)
	{
		known_key *known = hash_search(r->known, &keys[i], HASH_ENTER, NULL);

		memset((char *) known + sizeof(char *), 0, sizeof(known_key) - sizeof(char *));
		known->key = keys[i];
	}
}

/* Fills in the stored records of the keys. */
static void
know_records(reading *r, const char *const *keys, int nkeys)
{
	crm_store_read_keys(r->source_id, keys, nkeys);
	for (uint64 i = 0; i < SPI_processed; i++)
	{
		HeapTuple tuple = SPI_tuptable->vals[i];
		TupleDesc desc = SPI_tuptable->tupdesc;
		char *key = SPI_getvalue(tuple, desc, 1);
		known_key *known = hash_search(r->known, &key, HASH_FIND, NULL);
		bool isnull;
		Datum customer = SPI_getbinval(tuple, desc, 3, &isnull);

		if (known == NULL)
			continue;
		known->customer_id = isnull ? 0 : DatumGetInt64(customer);
		known->record_id = DatumGetInt64(SPI_getbinval(tuple, desc, 2, &isnull));
		known->tie = DatumGetInt64(SPI_getbinval(tuple, desc, 4, &isnull));
		known->source_hash = DatumGetInt64(SPI_getbinval(tuple, desc, 5, &isnull));
		known->profile = DatumGetByteaPCopy(SPI_getbinval(tuple, desc, 6, &isnull));
	}
	SPI_freetuptable(SPI_tuptable);
}

static int
clean_values(const crm_source_row *row, crm_profile_value *values)
{
	int n = 0;

	for (int i = 0; i < row->nvalues && n < VALUES_MAX; i++)
		if (crm_clean_value(&row->values[i], row->region, &values[n++]))
			crm_store_note_region(row->region);
	return n;
}

/* {"email": ["a@x", "b@x"], "name": ["Ann"]}: every value once. */
static Datum
attributes_of(const crm_profile_value *values, int n)
{
	StringInfoData json;
	bool done[VALUES_MAX] = {false};

	initStringInfo(&json);
	appendStringInfoChar(&json, '{');
	for (int i = 0; i < n; i++)
	{
		if (done[i])
			continue;
		if (json.len > 1)
			appendStringInfoChar(&json, ',');
		escape_json(&json, values[i].attribute);
		appendStringInfoString(&json, ":[");
		for (int j = i; j < n; j++)
		{
			bool again = false;

			if (strcmp(values[i].attribute, values[j].attribute) != 0)
				continue;
			done[j] = true;
			for (int k = i; k < j && !again; k++)
				again = strcmp(values[k].attribute, values[j].attribute) == 0 &&
						strcmp(values[k].text, values[j].text) == 0;
			if (again)
				continue;
			if (j > i)
				appendStringInfoChar(&json, ',');
			escape_json(&json, crm_from_utf8(values[j].text));
		}
		appendStringInfoChar(&json, ']');
	}
	appendStringInfoChar(&json, '}');
	return DirectFunctionCall1(jsonb_in, CStringGetDatum(json.data));
}

static void
set_keys(crm_record *record)
{
	int64_t keys[CRM_KEYS_MAX];

	record->nkeys = crm_profile_keys(&record->profile, keys);
	record->keys = palloc(sizeof(int64) * Max(record->nkeys, 1));
	memcpy(record->keys, keys, sizeof(int64) * record->nkeys);
}

/* Which keys the record gains and loses; both lists are sorted. */
static void
note_key_changes(crm_batch *batch, const crm_record *record, const bytea *old_profile)
{
	crm_profile old;
	int64_t before[CRM_KEYS_MAX];
	int nbefore = 0;
	int i = 0;
	int j = 0;

	if (old_profile != NULL &&
		crm_profile_open(VARDATA_ANY(old_profile), VARSIZE_ANY_EXHDR(old_profile), &old))
		nbefore = crm_profile_keys(&old, before);
	while (i < nbefore || j < record->nkeys)
	{
		if (j == record->nkeys || (i < nbefore && before[i] < record->keys[j]))
		{
			crm_ids_add(&batch->keys_removed, before[i++]);
			crm_ids_add(&batch->keys_removed_record, record->record_id);
		}
		else if (i == nbefore || record->keys[j] < before[i])
		{
			crm_ids_add(&batch->keys_added, record->keys[j++]);
			crm_ids_add(&batch->keys_added_record, record->record_id);
		}
		else
		{
			i++;
			j++;
		}
	}
}

/* The key whose record is about to begin is among those that were seen. */
static int64
count_records_to_come(reading *r)
{
	HASH_SEQ_STATUS all;
	known_key *known;
	int64 n = 1;

	hash_seq_init(&all, r->known);
	while ((known = hash_seq_search(&all)) != NULL)
		n += !known->seen && known->record_id == 0;
	return n;
}

/* Ids for all keys of the batch at once: one of a row that has gone, or cannot be read, is a gap.
 */
static int64
fresh_record_id(reading *r)
{
	if (r->record_ids_left == 0)
	{
		r->record_ids_left = count_records_to_come(r);
		r->next_record_id = crm_store_take_record_ids(r->record_ids_left);
	}
	r->record_ids_left--;
	return r->next_record_id++;
}

static crm_record *
start_record(reading *r, known_key *known)
{
	crm_record *record;
	bool added = known->record_id == 0;

	if (added)
	{
		known->record_id = fresh_record_id(r);
		known->tie = crm_record_tie(r->source_name, known->key);
	}
	record = crm_batch_add_record(r->batch, known->record_id);
	record->added = added;
	record->changed = !added;
	record->tie = known->tie;
	record->customer_id = known->customer_id;
	record->source_id = r->source_id;
	record->key = pstrdup(known->key);
	return record;
}

/* What the record says from now on, and what follows from that. */
static void
set_contents(reading *r, crm_record *record, const crm_source_row *row, const bytea *old_profile)
{
	crm_profile_value values[VALUES_MAX];
	char bytes[CRM_PROFILE_MAX];
	int n = clean_values(row, values);
	bytea *profile;

	record->changed_at =
		row->has_changed_at ? row->changed_at : GetCurrentTransactionStartTimestamp();
	record->attributes = attributes_of(values, n);
	n = crm_profile_build(row->kind, values, n, bytes);
	profile = palloc(VARHDRSZ + n);
	SET_VARSIZE(profile, VARHDRSZ + n);
	memcpy(VARDATA(profile), bytes, n);
	crm_record_set_profile(r->batch, record, profile);
	crm_relation_take(record, row);
	if (r->batch->only_new)
		return; /* a bulk finds the keys of all at once */
	set_keys(record);
	note_key_changes(r->batch, record, old_profile);
	record->relink = true;
	crm_ids_add(&r->batch->relink, record->record_id);
	crm_ids_add(&r->batch->seeds, record->record_id);
}

static void
take_row(const crm_source_row *row, void *context)
{
	reading *r = context;
	known_key *known = hash_search(r->known, &row->key, HASH_FIND, NULL);
	MemoryContext before = MemoryContextSwitchTo(r->batch->context);
	crm_record *record;
	int64 hash;

	if (known == NULL || known->seen)
	{
		MemoryContextSwitchTo(before);
		return;
	}
	known->seen = true;
	r->batch->resolved++;
	if (row->error != NULL)
	{
		known->error = pstrdup(row->error);
		known->sqlerrcode = row->sqlerrcode;
		r->batch->failed++;
		MemoryContextSwitchTo(before);
		return;
	}
	hash = crm_source_row_hash(row);
	if (known->record_id != 0 && known->source_hash == hash)
	{
		MemoryContextSwitchTo(before);
		return;
	}
	if (known->record_id != 0 && r->batch->only_new)
	{
		r->batch->later = lappend(r->batch->later, pstrdup(known->key));
		MemoryContextSwitchTo(before);
		return;
	}
	record = start_record(r, known);
	record->source_hash = hash;
	set_contents(r, record, row, known->profile);
	MemoryContextSwitchTo(before);
}

/* A key without a row: the record goes. */
static void
take_departure(crm_batch *batch, int64 record_id, int64 customer_id, const bytea *profile)
{
	crm_record record = {.record_id = record_id};

	crm_ids_add(&batch->gone, record_id);
	if (customer_id != 0)
	{
		crm_ids_add(&batch->customers, customer_id);
		crm_ids_add(&batch->gone_customers, customer_id);
	}
	note_key_changes(batch, &record, profile);
}

/* Rows that failed wait with their error, the others need none any more. */
static void
settle_errors(const reading *r, int nkeys)
{
	const char **clean = palloc(sizeof(char *) * nkeys);
	int nclean = 0;
	HASH_SEQ_STATUS all;
	known_key *known;

	hash_seq_init(&all, r->known);
	while ((known = hash_seq_search(&all)) != NULL)
	{
		if (known->error != NULL)
			crm_store_note_error(r->source_id, known->key, known->error, known->sqlerrcode);
		else
			clean[nclean++] = known->key;
	}
	crm_store_clear_errors(r->source_id, clean, nclean);
}

static void
take_departures(reading *r)
{
	HASH_SEQ_STATUS all;
	known_key *known;

	hash_seq_init(&all, r->known);
	while ((known = hash_seq_search(&all)) != NULL)
	{
		if (known->seen)
			continue;
		r->batch->resolved++;
		if (known->record_id != 0 && r->batch->only_new)
			r->batch->later = lappend(r->batch->later, pstrdup(known->key));
		else if (known->record_id != 0)
			take_departure(r->batch, known->record_id, known->customer_id, known->profile);
	}
}

bool
crm_batch_read(crm_batch *batch, int32 source_id, const char *const *keys, int nkeys)
{
	MemoryContext before = MemoryContextSwitchTo(batch->context);
	reading r = {.batch = batch, .source_id = source_id, .source_name = crm_source_name(source_id)};
	bool readable = true;

	if (r.source_name != NULL && nkeys > 0)
	{
		know_keys(&r, keys, nkeys);
		know_records(&r, keys, nkeys);
		MemoryContextSwitchTo(batch->context);
		readable = crm_source_read(source_id, keys, nkeys, take_row, &r);
		if (readable)
		{
			take_departures(&r);
			settle_errors(&r, nkeys);
		}
	}
	MemoryContextSwitchTo(before);
	return readable;
}

void
crm_batch_forget(crm_batch *batch, int32 source_id)
{
	MemoryContext before = MemoryContextSwitchTo(batch->context);

	crm_store_read_source(source_id);
	for (uint64 i = 0; i < SPI_processed; i++)
	{
		HeapTuple tuple = SPI_tuptable->vals[i];
		TupleDesc desc = SPI_tuptable->tupdesc;
		bool isnull;
		int64 record = DatumGetInt64(SPI_getbinval(tuple, desc, 1, &isnull));
		Datum customer = SPI_getbinval(tuple, desc, 2, &isnull);
		int64 customer_id = isnull ? 0 : DatumGetInt64(customer);

		take_departure(batch, record, customer_id,
					   DatumGetByteaPP(SPI_getbinval(tuple, desc, 3, &isnull)));
	}
	SPI_freetuptable(SPI_tuptable);
	MemoryContextSwitchTo(before);
}
