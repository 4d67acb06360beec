/* customer_history.c - former golden values, with the record each came from.
 *
 * Values that never changed have no row: the view shows them since the golden record began, so that
 * a first load writes no history at all. From its first change on an attribute has an open row.
 */
#include "postgres.h"

#include "access/xact.h"
#include "catalog/pg_type.h"
#include "storage/itemptr.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/datum.h"
#include "utils/timestamp.h"

#include "base/base.h"
#include "base/ids.h"
#include "customer/customer_history.h"

typedef struct note
{
	int64 customer_id;
	const char *attribute;
	const char *was; /* NULL: none */
	const char *is;
	int64 was_of; /* record, 0: none */
	int64 is_of;
	TimestampTz since; /* since when the golden record is there */
	Datum open_row;    /* ctid of the attribute's open row */
	bool has_open_row;
	bool has_origin; /* the record of the old value is still there */
} note;

struct crm_history
{
	const crm_policy_set *policies;
	int n;
	int room;
	note *notes;
};

/* Rows to be inserted by one statement. */
typedef struct row_set
{
	int n;
	Datum *customers;
	Datum *attributes;
	Datum *values;
	Datum *records;
	Datum *from;
} row_set;

crm_history *
crm_history_begin(const crm_policy_set *policies)
{
	crm_history *history = palloc0(sizeof(*history));

	history->policies = policies;
	history->room = 64;
	history->notes = palloc(history->room * sizeof(note));
	return history;
}

static bool
same_text(const char *a, const char *b)
{
	return a == b || (a && b && strcmp(a, b) == 0);
}

void
crm_history_note(crm_history *history, const crm_golden *before, const crm_golden *after)
{
	for (int i = 0; i < history->policies->n; i++)
	{
		note made = {.customer_id = before->customer_id, .since = before->first_at};

		made.attribute = history->policies->policies[i].name;
		made.was = crm_golden_value(before, history->policies, i);
		made.is = after ? crm_golden_value(after, history->policies, i) : NULL;
		made.was_of = made.was ? crm_golden_origin(before, made.attribute) : 0;
		made.is_of = made.is ? crm_golden_origin(after, made.attribute) : 0;
		if (made.was_of == made.is_of && same_text(made.was, made.is))
			continue;
		if (history->n == history->room)
		{
			history->room *= 2;
			history->notes = repalloc(history->notes, history->room * sizeof(note));
		}
		history->notes[history->n++] = made;
	}
}

static Datum
make_array(Datum *values, int n, Oid type)
{
	bool by_reference = type == TEXTOID || type == TIDOID;
	int length = type == TEXTOID ? -1 : type == TIDOID ? sizeof(ItemPointerData) : 8;

	return PointerGetDatum(construct_array(values, n, type, length,
										   by_reference ? false : FLOAT8PASSBYVAL,
										   type == TEXTOID  ? TYPALIGN_INT
										   : type == TIDOID ? TYPALIGN_SHORT
															: TYPALIGN_DOUBLE));
}

/*
 * The open row of each note, and whether its old record is still there. Scalar subqueries, because
 * they stay index scans whatever the size of the table was when the plan was made.
 */
static void
look_up(crm_history *history)
{
	static SPIPlanPtr plan = NULL;
	static const Oid types[] = {INT8ARRAYOID, TEXTARRAYOID, INT8ARRAYOID};
	Datum *fields[3];
	Datum values[3];

	for (int f = 0; f < 3; f++)
		fields[f] = palloc(history->n * sizeof(Datum));
	for (int i = 0; i < history->n; i++)
	{
		fields[0][i] = Int64GetDatum(history->notes[i].customer_id);
		fields[1][i] = CStringGetTextDatum(history->notes[i].attribute);
		fields[2][i] = Int64GetDatum(history->notes[i].was_of);
	}
	values[0] = make_array(fields[0], history->n, INT8OID);
	values[1] = make_array(fields[1], history->n, TEXTOID);
	values[2] = make_array(fields[2], history->n, INT8OID);
	crm_run_plan(&plan,
				 "SELECT (SELECT h.ctid FROM crm_internal.customer_history h"
				 " WHERE h.customer_id OPERATOR(pg_catalog.=) n.customer_id"
				 " AND h.attribute OPERATOR(pg_catalog.=) n.attribute AND h.valid_to IS NULL),"
				 " (SELECT true FROM crm_internal.record r"
				 " WHERE r.record_id OPERATOR(pg_catalog.=) n.record_id)"
				 " FROM unnest($1, $2, $3) WITH ORDINALITY"
				 " n(customer_id, attribute, record_id, place) ORDER BY n.place",
				 3, types, values, NULL, false);
	for (int i = 0; i < history->n; i++)
	{
		HeapTuple row = SPI_tuptable->vals[i];
		bool isnull;
		Datum tid = SPI_getbinval(row, SPI_tuptable->tupdesc, 1, &isnull);

		history->notes[i].has_open_row = !isnull;
		history->notes[i].open_row =
			isnull ? (Datum) 0 : datumCopy(tid, false, sizeof(ItemPointerData));
		SPI_getbinval(row, SPI_tuptable->tupdesc, 2, &isnull);
		history->notes[i].has_origin = !isnull;
	}
	SPI_freetuptable(SPI_tuptable);
}

/* The same value, now of another record. */
static void
move_origin(const note *moved)
{
	static SPIPlanPtr plan = NULL;
	static const Oid types[] = {TIDOID, INT8OID};
	Datum values[] = {moved->open_row, Int64GetDatum(moved->is_of)};

	crm_run_plan(&plan,
				 "UPDATE crm_internal.customer_history SET record_id = $2"
				 " WHERE ctid OPERATOR(pg_catalog.=) $1",
				 2, types, values, NULL, false);
}

/* What was true for no time leaves no row. */
static void
close_rows(Datum *tids, int n)
{
	static SPIPlanPtr removing = NULL;
	static SPIPlanPtr closing = NULL;
	static const Oid types[] = {TIDARRAYOID};
	Datum values[] = {make_array(tids, n, TIDOID)};

	if (n == 0)
		return;
	crm_run_plan(&removing,
				 "DELETE FROM crm_internal.customer_history"
				 " WHERE ctid OPERATOR(pg_catalog.=) ANY ($1)"
				 " AND valid_from OPERATOR(pg_catalog.>=) pg_catalog.now()",
				 1, types, values, NULL, false);
	crm_run_plan(&closing,
				 "UPDATE crm_internal.customer_history SET valid_to = pg_catalog.now()"
				 " WHERE ctid OPERATOR(pg_catalog.=) ANY ($1)",
				 1, types, values, NULL, false);
}

static row_set
new_rows(int room)
{
	return (row_set){0,
					 palloc(room * sizeof(Datum)),
					 palloc(room * sizeof(Datum)),
					 palloc(room * sizeof(Datum)),
					 palloc(room * sizeof(Datum)),
					 palloc(room * sizeof(Datum))};
}

static void
add_row(row_set *rows, const note *of, const char *value, int64 record_id, TimestampTz from)
{
	rows->customers[rows->n] = Int64GetDatum(of->customer_id);
	rows->attributes[rows->n] = CStringGetTextDatum(of->attribute);
	rows->values[rows->n] = CStringGetTextDatum(value);
	rows->records[rows->n] = Int64GetDatum(record_id);
	rows->from[rows->n++] = TimestampTzGetDatum(from);
}

static void
insert_rows(const row_set *rows, bool open)
{
	static SPIPlanPtr plan = NULL;
	static const Oid types[] = {INT8ARRAYOID, TEXTARRAYOID,        TEXTARRAYOID,
								INT8ARRAYOID, TIMESTAMPTZARRAYOID, BOOLOID};
	Datum values[6];

	if (rows->n == 0)
		return;
	values[0] = make_array(rows->customers, rows->n, INT8OID);
	values[1] = make_array(rows->attributes, rows->n, TEXTOID);
	values[2] = make_array(rows->values, rows->n, TEXTOID);
	values[3] = make_array(rows->records, rows->n, INT8OID);
	values[4] = make_array(rows->from, rows->n, TIMESTAMPTZOID);
	values[5] = BoolGetDatum(open);
	crm_run_plan(&plan,
				 "INSERT INTO crm_internal.customer_history (customer_id, attribute, value,"
				 " record_id, valid_from, valid_to)"
				 " SELECT n.customer_id, n.attribute, n.value, n.record_id, n.valid_from,"
				 " CASE WHEN $6 THEN NULL ELSE pg_catalog.now() END"
				 " FROM unnest($1, $2, $3, $4, $5)"
				 " n(customer_id, attribute, value, record_id, valid_from)",
				 6, types, values, NULL, false);
}

/*
 * The first change of an attribute writes its value so far, unless its record has departed. A
 * golden record that began in this transaction has no past yet.
 */
void
crm_history_write(crm_history *history)
{
	TimestampTz now = GetCurrentTransactionStartTimestamp();
	Datum *closing;
	int nclosing = 0;
	row_set past;
	row_set present;

	if (history->n == 0)
		return;
	look_up(history);
	closing = palloc(history->n * sizeof(Datum));
	past = new_rows(history->n);
	present = new_rows(history->n);
	for (int i = 0; i < history->n; i++)
	{
		const note *n = &history->notes[i];

		if (same_text(n->was, n->is))
		{
			if (n->has_open_row)
				move_origin(n);
			continue;
		}
		if (n->has_open_row)
			closing[nclosing++] = n->open_row;
		else if (n->was && n->has_origin && n->since < now)
			add_row(&past, n, n->was, n->was_of, n->since);
		if (n->is && n->since < now)
			add_row(&present, n, n->is, n->is_of, now);
	}
	close_rows(closing, nclosing);
	insert_rows(&past, false);
	insert_rows(&present, true);
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
