/* mandate_load.c - reads the tables of the policy into one memory context.
 *
 * Names and amounts come sorted, so that what refers to them finds its number by halving. The
 * bytes of names are what sorts them: the server must not sort by the rules of a language.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "utils/builtins.h"
#include "utils/memutils.h"
#include "utils/timestamp.h"

#include "base/row.h"
#include "mandate/mandate_policy.h"

#define ROWS_AT_ONCE 1000

typedef void (*row_reader)(crm_policy *policy, HeapTuple row, TupleDesc shape);

static void read_all(crm_policy *policy);
static void read_rows(crm_policy *policy, const char *sql, row_reader reader);
static void read_names(crm_policy *policy, crm_policy_names *names, const char *sql);
static void execute(const crm_policy *policy, const char *sql);
static void read_amounts(crm_policy *policy);
static void read_changes(crm_policy *policy, HeapTuple row, TupleDesc shape);
static void read_position(crm_policy *policy, HeapTuple row, TupleDesc shape);
static void read_appointment(crm_policy *policy, HeapTuple row, TupleDesc shape);
static void read_reserved(crm_policy *policy, HeapTuple row, TupleDesc shape);
static void read_dimension(crm_policy *policy, HeapTuple row, TupleDesc shape);
static void read_mandate(crm_policy *policy, HeapTuple row, TupleDesc shape);
static void read_limits(crm_policy *policy, crm_rule_mandate *mandate,
						const crm_policy_terms *terms);
static void find_parents(crm_policy *policy);
static char *text_at(HeapTuple row, TupleDesc shape, int column);
static int place_at(const crm_policy_names *names, HeapTuple row, TupleDesc shape, int column);
static int number_at(HeapTuple row, TupleDesc shape, int column, int otherwise);
static TimestampTz time_at(HeapTuple row, TupleDesc shape, int column);
static Interval *interval_at(HeapTuple row, TupleDesc shape, int column);
static crm_mandate_kind kind_at(HeapTuple row, TupleDesc shape, int column);
static crm_capacity capacity_at(HeapTuple row, TupleDesc shape, int column);
static uint64 count_rows(const char *sql);
static void *zeroed(crm_policy *policy, uint64 n, Size size);

static const char positions_sql[] =
	"SELECT n COLLATE pg_catalog.\"C\" FROM (SELECT name FROM crm_internal.positions_at($1) "
	"UNION SELECT from_position FROM crm_internal.mandate WHERE from_position IS NOT NULL "
	"UNION SELECT to_position FROM crm_internal.mandate "
	"UNION SELECT position FROM crm_internal.appointment "
	"UNION SELECT reports_to FROM crm_internal.positions_at($1) WHERE reports_to IS NOT NULL) x(n) "
	"ORDER BY 1";

static const char persons_sql[] = "SELECT DISTINCT person COLLATE pg_catalog.\"C\" "
								  "FROM crm_internal.appointment ORDER BY 1";

static const char decisions_sql[] =
	"SELECT n COLLATE pg_catalog.\"C\" "
	"FROM (SELECT code::pg_catalog.text FROM crm_internal.decision "
	"UNION SELECT decision FROM crm_internal.mandate) x(n) ORDER BY 1";

static const char amounts_sql[] =
	"SELECT amount FROM crm_internal.mandate WHERE amount IS NOT NULL "
	"UNION SELECT pg_catalog.trim_scale(m.amount OPERATOR(pg_catalog.*) p.acting_share) "
	"FROM crm_internal.mandate m JOIN crm_internal.positions_at($1) p "
	"ON p.name OPERATOR(pg_catalog.=) m.to_position "
	"WHERE m.amount IS NOT NULL AND p.acting_share OPERATOR(pg_catalog.<) 1 "
	"ORDER BY 1";

/* Since when and until when the organization was as it was at that time. */
static const char changes_sql[] =
	"SELECT COALESCE(pg_catalog.max(until) FILTER (WHERE until OPERATOR(pg_catalog.<=) $1), "
	"'-infinity'), pg_catalog.min(until) FILTER (WHERE until OPERATOR(pg_catalog.>) $1) "
	"FROM (SELECT until FROM crm_internal.position_before "
	"UNION ALL SELECT until FROM crm_internal.decision_before) x";

crm_policy *
crm_policy_load(TimestampTz at)
{
	MemoryContext context =
		AllocSetContextCreate(CurrentMemoryContext, "crm policy", ALLOCSET_DEFAULT_SIZES);
	MemoryContext old = MemoryContextSwitchTo(context);
	crm_policy *policy = palloc0(sizeof(crm_policy));

	policy->context = context;
	policy->at = at;
	SPI_connect();
	read_all(policy);
	SPI_finish();
	find_parents(policy);
	crm_rule_prepare(&policy->rule);
	policy->work = crm_rule_work_make(&policy->rule);
	MemoryContextSwitchTo(old);
	MemoryContextSetParent(context, CacheMemoryContext);
	return policy;
}

static void
read_all(crm_policy *policy)
{
	crm_rule_policy *rule = &policy->rule;
	MemoryContext spi = MemoryContextSwitchTo(policy->context);

	read_names(policy, &policy->positions, positions_sql);
	read_names(policy, &policy->persons, persons_sql);
	read_names(policy, &policy->decisions, decisions_sql);
	read_amounts(policy);
	rule->npositions = policy->positions.n;
	rule->positions = zeroed(policy, rule->npositions, sizeof(crm_rule_position));
	policy->acting_share = zeroed(policy, rule->npositions, sizeof(Numeric));
	for (int i = 0; i < rule->npositions; i++)
		rule->positions[i].reports_to = CRM_RULE_NONE;
	rule->ndecisions = policy->decisions.n;
	rule->reserved = zeroed(policy, rule->ndecisions, sizeof(bool));
	rule->appointments = zeroed(policy,
								count_rows("SELECT pg_catalog.count(*) "
										   "FROM crm_internal.appointment"),
								sizeof(crm_rule_appointment));
	rule->mandates =
		zeroed(policy, count_rows("SELECT pg_catalog.count(*) FROM crm_internal.mandate"),
			   sizeof(crm_rule_mandate));
	policy->terms =
		zeroed(policy, count_rows("SELECT pg_catalog.count(*) FROM crm_internal.mandate"),
			   sizeof(crm_policy_terms));
	policy->dimensions = zeroed(policy,
								count_rows("SELECT pg_catalog.count(*) "
										   "FROM crm_internal.scope_dimension"),
								sizeof(crm_policy_dimension));
	rule->first_charter = DT_NOEND;
	read_rows(policy, changes_sql, read_changes);
	read_rows(policy,
			  "SELECT name, reports_to, vacancy, acting_share, closed_at, created_at "
			  "FROM crm_internal.positions_at($1)",
			  read_position);
	read_rows(policy,
			  "SELECT position, person, capacity, valid_from, valid_until "
			  "FROM crm_internal.appointment ORDER BY appointment_id",
			  read_appointment);
	read_rows(policy, "SELECT code FROM crm_internal.reserved_at($1) x(code)", read_reserved);
	read_rows(policy, "SELECT name, ancestors_function FROM crm_internal.scope_dimension",
			  read_dimension);
	read_rows(policy,
			  "SELECT mandate_id, kind, decision, from_position, to_position, parent_id, joint_id, "
			  "quorum, amount, window_amount, window_length, budget, depth, scope, deadline, "
			  "valid_from, LEAST(valid_until, revoked_at), "
			  "(revoked_at OPERATOR(pg_catalog.<) valid_until)::pg_catalog.int4 "
			  "FROM crm_internal.mandate ORDER BY mandate_id",
			  read_mandate);
	MemoryContextSwitchTo(spi);
}

/* By portions: a hundred thousand rows are not held twice. */
static void
read_rows(crm_policy *policy, const char *sql, row_reader reader)
{
	Oid type = TIMESTAMPTZOID;
	Datum at = TimestampTzGetDatum(policy->at);
	Portal portal = SPI_cursor_open_with_args(NULL, sql, 1, &type, &at, NULL, true, 0);

	for (;;)
	{
		SPI_cursor_fetch(portal, true, ROWS_AT_ONCE);
		if (SPI_processed == 0)
			break;
		MemoryContextSwitchTo(policy->context);
		for (uint64 i = 0; i < SPI_processed; i++)
			reader(policy, SPI_tuptable->vals[i], SPI_tuptable->tupdesc);
		SPI_freetuptable(SPI_tuptable);
	}
	SPI_cursor_close(portal);
}

/* All at once, for their number must be known; they are few and short. */
static void
read_names(crm_policy *policy, crm_policy_names *names, const char *sql)
{
	execute(policy, sql);
	MemoryContextSwitchTo(policy->context);
	names->n = SPI_processed;
	names->names = zeroed(policy, names->n, sizeof(char *));
	for (int i = 0; i < names->n; i++)
		names->names[i] = text_at(SPI_tuptable->vals[i], SPI_tuptable->tupdesc, 1);
	SPI_freetuptable(SPI_tuptable);
}

/* $1: the time of the organization. */
static void
execute(const crm_policy *policy, const char *sql)
{
	Oid type = TIMESTAMPTZOID;
	Datum at = TimestampTzGetDatum(policy->at);

	if (SPI_execute_with_args(sql, 1, &type, &at, NULL, true, 0) != SPI_OK_SELECT)
		elog(ERROR, "reading the policy failed");
}

static void
read_amounts(crm_policy *policy)
{
	execute(policy, amounts_sql);
	MemoryContextSwitchTo(policy->context);
	policy->rule.namounts = SPI_processed;
	policy->amounts = zeroed(policy, policy->rule.namounts, sizeof(Numeric));
	for (int i = 0; i < policy->rule.namounts; i++)
		policy->amounts[i] = crm_row_numeric(SPI_tuptable->vals[i], SPI_tuptable->tupdesc, 1);
	SPI_freetuptable(SPI_tuptable);
}

static void
read_changes(crm_policy *policy, HeapTuple row, TupleDesc shape)
{
	policy->organized_from = time_at(row, shape, 1);
	policy->organized_until = time_at(row, shape, 2);
}

static void
read_position(crm_policy *policy, HeapTuple row, TupleDesc shape)
{
	int place = place_at(&policy->positions, row, shape, 1);
	crm_rule_position *position = &policy->rule.positions[place];

	position->registered = true;
	position->reports_to = place_at(&policy->positions, row, shape, 2);
	position->may_be_acted_for = strcmp(text_at(row, shape, 3), "acting") == 0;
	policy->acting_share[place] = crm_row_numeric(row, shape, 4);
	position->closed_at = time_at(row, shape, 5);
	position->created_at = time_at(row, shape, 6);
}

static void
read_appointment(crm_policy *policy, HeapTuple row, TupleDesc shape)
{
	crm_rule_appointment *one = &policy->rule.appointments[policy->rule.nappointments++];

	one->position = place_at(&policy->positions, row, shape, 1);
	one->person = place_at(&policy->persons, row, shape, 2);
	one->capacity = capacity_at(row, shape, 3);
	one->valid_from = time_at(row, shape, 4);
	one->valid_until = time_at(row, shape, 5);
}

static void
read_reserved(crm_policy *policy, HeapTuple row, TupleDesc shape)
{
	policy->rule.reserved[place_at(&policy->decisions, row, shape, 1)] = true;
}

static void
read_dimension(crm_policy *policy, HeapTuple row, TupleDesc shape)
{
	policy->dimensions[policy->ndimensions++] =
		(crm_policy_dimension){text_at(row, shape, 1), text_at(row, shape, 2)};
}

static void
read_mandate(crm_policy *policy, HeapTuple row, TupleDesc shape)
{
	int place = policy->rule.nmandates++;
	crm_rule_mandate *mandate = &policy->rule.mandates[place];
	crm_policy_terms *terms = &policy->terms[place];
	bool absent;

	mandate->id = number_at(row, shape, 1, 0);
	mandate->kind = kind_at(row, shape, 2);
	mandate->decision = place_at(&policy->decisions, row, shape, 3);
	mandate->from = place_at(&policy->positions, row, shape, 4);
	mandate->to = place_at(&policy->positions, row, shape, 5);
	mandate->parent = number_at(row, shape, 6, 0);
	mandate->joint_id = number_at(row, shape, 7, 0);
	mandate->quorum = number_at(row, shape, 8, 0);
	terms->amount = crm_row_numeric(row, shape, 9);
	terms->window_amount = crm_row_numeric(row, shape, 10);
	terms->window_length = interval_at(row, shape, 11);
	terms->budget = text_at(row, shape, 12);
	mandate->depth = number_at(row, shape, 13, CRM_RULE_NONE);
	mandate->nbounds =
		crm_policy_bounds(DatumGetJsonbP(SPI_getbinval(row, shape, 14, &absent)), &mandate->bounds);
	terms->deadline = interval_at(row, shape, 15);
	mandate->valid_from = time_at(row, shape, 16);
	mandate->valid_until = time_at(row, shape, 17);
	terms->revoked = number_at(row, shape, 18, 0) == 1;
	read_limits(policy, mandate, terms);
	/* One that was revoked before it began never does. */
	if (mandate->kind == CRM_CHARTER && mandate->valid_from < mandate->valid_until)
		policy->rule.first_charter = Min(policy->rule.first_charter, mandate->valid_from);
}

static void
read_limits(crm_policy *policy, crm_rule_mandate *mandate, const crm_policy_terms *terms)
{
	Numeric share = policy->acting_share[mandate->to];

	mandate->limit = mandate->acting_limit = CRM_RULE_NO_LIMIT;
	if (terms->amount == NULL)
		return;
	mandate->limit = crm_policy_rank(policy, terms->amount);
	mandate->acting_limit = mandate->limit;
	if (share != NULL)
		mandate->acting_limit = crm_policy_rank(policy, crm_amount_scale(terms->amount, share));
}

/* Its id until now; the place of what is given later is not known while rows are being read. */
static void
find_parents(crm_policy *policy)
{
	for (int i = 0; i < policy->rule.nmandates; i++)
	{
		int *parent = &policy->rule.mandates[i].parent;

		*parent = *parent == 0 ? CRM_RULE_NONE : crm_policy_find_mandate(policy, *parent);
	}
}

/* NULL for NULL. */
static char *
text_at(HeapTuple row, TupleDesc shape, int column)
{
	bool absent;
	Datum value = SPI_getbinval(row, shape, column, &absent);

	return absent ? NULL : TextDatumGetCString(value);
}

static int
place_at(const crm_policy_names *names, HeapTuple row, TupleDesc shape, int column)
{
	char *name = text_at(row, shape, column);
	int place = crm_policy_find(names, name);

	if (name != NULL)
		pfree(name);
	return place;
}

static int
number_at(HeapTuple row, TupleDesc shape, int column, int otherwise)
{
	bool absent;
	Datum value = SPI_getbinval(row, shape, column, &absent);

	return absent ? otherwise : DatumGetInt32(value);
}

/* What has no end ends at infinity. */
static TimestampTz
time_at(HeapTuple row, TupleDesc shape, int column)
{
	bool absent;
	Datum value = SPI_getbinval(row, shape, column, &absent);

	return absent ? DT_NOEND : DatumGetTimestampTz(value);
}

static Interval *
interval_at(HeapTuple row, TupleDesc shape, int column)
{
	bool absent;
	Datum value = SPI_getbinval(row, shape, column, &absent);
	Interval *copy;

	if (absent)
		return NULL;
	copy = palloc(sizeof(Interval));
	*copy = *DatumGetIntervalP(value);
	return copy;
}

static crm_mandate_kind
kind_at(HeapTuple row, TupleDesc shape, int column)
{
	char *name = text_at(row, shape, column);
	crm_mandate_kind kind = CRM_CHARTER;

	while (kind < CRM_BAN && strcmp(name, crm_mandate_kind_name(kind)) != 0)
		kind++;
	pfree(name);
	return kind;
}

static crm_capacity
capacity_at(HeapTuple row, TupleDesc shape, int column)
{
	char *name = text_at(row, shape, column);
	crm_capacity capacity = CRM_HOLDER;

	while (capacity < CRM_LIAISON && strcmp(name, crm_capacity_name(capacity)) != 0)
		capacity++;
	pfree(name);
	return capacity;
}

static uint64
count_rows(const char *sql)
{
	bool absent;
	int64 n;

	if (SPI_execute(sql, true, 0) != SPI_OK_SELECT || SPI_processed != 1)
		elog(ERROR, "reading the policy failed");
	n = DatumGetInt64(SPI_getbinval(SPI_tuptable->vals[0], SPI_tuptable->tupdesc, 1, &absent));
	SPI_freetuptable(SPI_tuptable);
	return n;
}

/* SPI leaves another memory context behind than the policy's. */
static void *
zeroed(crm_policy *policy, uint64 n, Size size)
{
	Size bytes = Max(n, 1) * size;
	void *memory = MemoryContextAllocHuge(policy->context, bytes);

	memset(memory, 0, bytes);
	return memory;
}
