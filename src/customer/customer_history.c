/* customer_history.c - former golden values, with the record each came from.
 *
 * Values that never changed have no row: the view shows them since the golden record began, so that
 * a first load writes no history at all. From its first change on an attribute has an open row.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/timestamp.h"

#include "base/base.h"
#include "base/ids.h"
#include "customer/customer_history.h"

/* One array a parameter, so that a batch is written by a handful of statements. */
enum
{
	NOTE_CUSTOMER,
	NOTE_ATTRIBUTE,
	NOTE_OLD_VALUE,
	NOTE_OLD_RECORD,
	NOTE_SINCE,
	NOTE_NEW_VALUE,
	NOTE_NEW_RECORD,
	NOTE_FIELDS
};

static const Oid note_types[NOTE_FIELDS] = {INT8OID,        TEXTOID, TEXTOID, INT8OID,
											TIMESTAMPTZOID, TEXTOID, INT8OID};
static const Oid array_types[NOTE_FIELDS] = {INT8ARRAYOID, TEXTARRAYOID,        TEXTARRAYOID,
											 INT8ARRAYOID, TIMESTAMPTZARRAYOID, TEXTARRAYOID,
											 INT8ARRAYOID};

#define NOTES                                                                                      \
	"unnest($1, $2, $3, $4, $5, $6, $7)"                                                           \
	" n(customer_id, attribute, old_value, old_record, since, new_value, new_record)"
#define OPEN_ROW                                                                                   \
	"h.customer_id OPERATOR(pg_catalog.=) n.customer_id"                                           \
	" AND h.attribute OPERATOR(pg_catalog.=) n.attribute AND h.valid_to IS NULL"

struct crm_history
{
	const crm_policy_set *policies;
	int n;
	int room;
	Datum *fields[NOTE_FIELDS];
	bool *nulls[NOTE_FIELDS];
};

crm_history *
crm_history_begin(const crm_policy_set *policies)
{
	crm_history *history = palloc0(sizeof(*history));

	history->policies = policies;
	history->room = 64;
	for (int i = 0; i < NOTE_FIELDS; i++)
	{
		history->fields[i] = palloc(history->room * sizeof(Datum));
		history->nulls[i] = palloc(history->room * sizeof(bool));
	}
	return history;
}

static void
make_room(crm_history *history)
{
	if (history->n < history->room)
		return;
	history->room *= 2;
	for (int i = 0; i < NOTE_FIELDS; i++)
	{
		history->fields[i] = repalloc(history->fields[i], history->room * sizeof(Datum));
		history->nulls[i] = repalloc(history->nulls[i], history->room * sizeof(bool));
	}
}

static void
set_field(crm_history *history, int field, Datum value, bool isnull)
{
	history->fields[field][history->n] = value;
	history->nulls[field][history->n] = isnull;
}

static void
set_text(crm_history *history, int field, const char *text)
{
	set_field(history, field, text ? CStringGetTextDatum(text) : (Datum) 0, text == NULL);
}

void
crm_history_note(crm_history *history, const crm_golden *before, const crm_golden *after)
{
	for (int i = 0; i < history->policies->n; i++)
	{
		const char *name = history->policies->policies[i].name;
		const char *was = crm_golden_value(before, history->policies, i);
		const char *is = after ? crm_golden_value(after, history->policies, i) : NULL;
		int64 was_of = crm_golden_origin(before, name);
		int64 is_of = after ? crm_golden_origin(after, name) : 0;

		if (was_of == is_of && (was == is || (was && is && strcmp(was, is) == 0)))
			continue;
		make_room(history);
		set_field(history, NOTE_CUSTOMER, Int64GetDatum(before->customer_id), false);
		set_text(history, NOTE_ATTRIBUTE, name);
		set_text(history, NOTE_OLD_VALUE, was);
		set_field(history, NOTE_OLD_RECORD, Int64GetDatum(was_of), was_of == 0);
		set_field(history, NOTE_SINCE, TimestampTzGetDatum(before->first_at), false);
		set_text(history, NOTE_NEW_VALUE, is);
		set_field(history, NOTE_NEW_RECORD, Int64GetDatum(is_of), is_of == 0);
		history->n++;
	}
}

static Datum
make_array(const crm_history *history, int field)
{
	int dims[1] = {history->n};
	int lower[1] = {1};
	bool is_text = note_types[field] == TEXTOID;

	return PointerGetDatum(construct_md_array(
		history->fields[field], history->nulls[field], 1, dims, lower, note_types[field],
		is_text ? -1 : sizeof(int64), is_text ? false : FLOAT8PASSBYVAL,
		is_text ? TYPALIGN_INT : TYPALIGN_DOUBLE));
}

/*
 * In this order: a value whose record changed but that stayed the same only changes its origin; the
 * first change of an attribute writes its value so far; open rows close; the new values open. What
 * a departed record said is not written, and what was true for no time leaves no row.
 */
static const char *const write_sql[] = {
	"UPDATE crm_internal.customer_history h SET record_id = n.new_record FROM " NOTES
	" WHERE " OPEN_ROW " AND n.old_value OPERATOR(pg_catalog.=) n.new_value",

	"INSERT INTO crm_internal.customer_history (customer_id, attribute, value, record_id,"
	" valid_from, valid_to)"
	" SELECT n.customer_id, n.attribute, n.old_value, n.old_record, n.since, pg_catalog.now()"
	" FROM " NOTES " JOIN crm_internal.record r ON r.record_id OPERATOR(pg_catalog.=) n.old_record"
	" WHERE n.old_value IS NOT NULL AND n.since OPERATOR(pg_catalog.<) pg_catalog.now()"
	" AND (n.new_value IS NULL OR n.old_value OPERATOR(pg_catalog.<>) n.new_value)"
	" AND NOT EXISTS (SELECT FROM crm_internal.customer_history h WHERE " OPEN_ROW ")",

	"DELETE FROM crm_internal.customer_history h USING " NOTES " WHERE " OPEN_ROW
	" AND (n.new_value IS NULL OR n.old_value OPERATOR(pg_catalog.<>) n.new_value)"
	" AND h.valid_from OPERATOR(pg_catalog.=) pg_catalog.now()",

	"UPDATE crm_internal.customer_history h SET valid_to = pg_catalog.now() FROM " NOTES
	" WHERE " OPEN_ROW
	" AND (n.new_value IS NULL OR n.old_value OPERATOR(pg_catalog.<>) n.new_value)",

	"INSERT INTO crm_internal.customer_history (customer_id, attribute, value, record_id,"
	" valid_from)"
	" SELECT n.customer_id, n.attribute, n.new_value, n.new_record, pg_catalog.now() FROM " NOTES
	" WHERE n.new_value IS NOT NULL AND n.since OPERATOR(pg_catalog.<) pg_catalog.now()"
	" AND (n.old_value IS NULL OR n.old_value OPERATOR(pg_catalog.<>) n.new_value)",
};

void
crm_history_write(crm_history *history)
{
	static SPIPlanPtr plans[lengthof(write_sql)];
	Datum values[NOTE_FIELDS];

	if (history->n == 0)
		return;
	for (int i = 0; i < NOTE_FIELDS; i++)
		values[i] = make_array(history, i);
	for (int i = 0; i < lengthof(write_sql); i++)
		crm_run_plan(&plans[i], write_sql[i], NOTE_FIELDS, array_types, values, NULL, false);
}

/*
 * Also rows that another record of the customer stands for go, if they hold a value of the
 * departing record that no other record of the customer asserts any more.
 */
void
crm_history_forget(const int64 *record_ids, int n)
{
	static SPIPlanPtr own = NULL;
	static SPIPlanPtr shared = NULL;
	static const Oid types[] = {INT8ARRAYOID};
	Datum values[] = {crm_ids_array(record_ids, n)};

	crm_run_plan(&own,
				 "DELETE FROM crm_internal.customer_history"
				 " WHERE record_id OPERATOR(pg_catalog.=) ANY ($1)",
				 1, types, values, NULL, false);
	crm_run_plan(&shared,
				 "DELETE FROM crm_internal.customer_history h USING crm_internal.record r"
				 " WHERE r.record_id OPERATOR(pg_catalog.=) ANY ($1)"
				 " AND h.customer_id OPERATOR(pg_catalog.=) r.customer_id"
				 " AND crm_internal.asserts(r.attributes, h.attribute, h.value)"
				 " AND NOT EXISTS (SELECT FROM crm_internal.record o"
				 " WHERE o.customer_id OPERATOR(pg_catalog.=) r.customer_id"
				 " AND o.record_id OPERATOR(pg_catalog.<>) ALL ($1)"
				 " AND crm_internal.asserts(o.attributes, h.attribute, h.value))",
				 1, types, values, NULL, false);
}
