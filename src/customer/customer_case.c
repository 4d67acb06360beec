/* customer_case.c - reads records and policies, and makes the case that survivorship decides. */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "utils/array.h"
#include "utils/builtins.h"

#include "base/base.h"
#include "base/ids.h"
#include "customer/customer_case.h"
#include "customer/customer_value.h"
#include "text/text.h"

void
crm_run_plan(SPIPlanPtr *slot, const char *sql, int nargs, const Oid *types, Datum *values,
			 const char *nulls, bool read_only)
{
	MemoryContext caller = CurrentMemoryContext;

	(void) crm_execute_plan(crm_plan(slot, sql, nargs, types), values, nulls, read_only);
	MemoryContextSwitchTo(caller);
}

static int
find_policy(const crm_policy_set *set, const char *name, size_t length)
{
	for (int i = 0; i < set->n; i++)
		if (strncmp(set->policies[i].name, name, length) == 0 &&
			set->policies[i].name[length] == '\0')
			return i;
	return -1;
}

static void
parse_rules(crm_policy *policy, char *rules)
{
	char *next;

	for (char *rule = strtok_r(rules, ",", &next); rule; rule = strtok_r(NULL, ",", &next))
		if (policy->ncriteria < CRM_CRITERIA &&
			crm_criterion_by_name(rule, &policy->criteria[policy->ncriteria]))
			policy->ncriteria++;
}

/* The columns stand first, whatever the catalogue holds; a group takes the rules of its lead. */
static crm_policy_set *
new_policy_set(int room)
{
	crm_policy_set *set = palloc0(sizeof(*set));

	set->n = CRM_COLUMNS;
	set->policies = palloc0((CRM_COLUMNS + room) * sizeof(crm_policy));
	for (int i = 0; i < CRM_COLUMNS; i++)
	{
		set->policies[i].name = crm_column_names[i];
		set->policies[i].kind = CRM_KIND_TEXT;
		set->policies[i].group = crm_group_of(i);
	}
	return set;
}

crm_policy_set *
crm_load_policies(bool read_only)
{
	static SPIPlanPtr plan = NULL;
	crm_policy_set *set;

	crm_run_plan(&plan,
				 "SELECT a.name, a.kind, pg_catalog.array_to_string(s.rules, ',')"
				 " FROM crm_internal.attribute a LEFT JOIN crm_internal.survivorship s"
				 " ON s.attribute OPERATOR(pg_catalog.=) a.name ORDER BY a.name",
				 0, NULL, NULL, NULL, read_only);
	set = new_policy_set(SPI_processed);
	for (uint64 i = 0; i < SPI_processed; i++)
	{
		HeapTuple row = SPI_tuptable->vals[i];
		char *name = SPI_getvalue(row, SPI_tuptable->tupdesc, 1);
		char *rules = SPI_getvalue(row, SPI_tuptable->tupdesc, 3);
		int at = find_policy(set, name, strlen(name));
		crm_policy *policy = &set->policies[at >= 0 ? at : set->n++];

		policy->name = at >= 0 ? policy->name : name;
		policy->kind = crm_attribute_kind_by_name(SPI_getvalue(row, SPI_tuptable->tupdesc, 2));
		if (rules)
			parse_rules(policy, rules);
	}
	SPI_freetuptable(SPI_tuptable);
	for (int i = 0; i < set->n; i++)
		if (set->policies[i].ncriteria == 0)
			crm_default_criteria(&set->policies[i]);
	for (int i = 0; i < CRM_COLUMNS; i++)
	{
		const crm_policy *lead = &set->policies[crm_lead_of(i)];

		set->policies[i].ncriteria = lead->ncriteria;
		memcpy(set->policies[i].criteria, lead->criteria, sizeof(lead->criteria));
	}
	return set;
}

void
crm_read_records(const int64 *customer_ids, int n, bool read_only)
{
	static SPIPlanPtr plan = NULL;
	static const Oid types[] = {INT8ARRAYOID};
	Datum values[] = {crm_ids_array(customer_ids, n)};

	/* OFFSET 0 keeps to one index scan a customer: a kept plan is made while the table is small. */
	crm_run_plan(
		&plan,
		"SELECT r.customer_id, r.record_id, r.tie, r.kind, s.trust, r.changed_at, r.attributes,"
		" pg_catalog.concat(s.schema_name, '.', s.table_name), r.source_key,"
		" s.attribute_trust"
		" FROM pg_catalog.unnest($1) AS c(id)"
		" CROSS JOIN LATERAL (SELECT * FROM crm_internal.record r"
		"  WHERE r.customer_id OPERATOR(pg_catalog.=) c.id OFFSET 0) AS r"
		" LEFT JOIN crm_internal.source s ON s.source_id OPERATOR(pg_catalog.=) r.source_id"
		" ORDER BY r.customer_id, r.record_id",
		1, types, values, NULL, read_only);
}

/* A case under construction: the claims grow. */
typedef struct case_builder
{
	crm_case *made;
	const crm_policy_set *policies;
	int room;
	int record;
} case_builder;

static const char *
fold(crm_attribute_kind kind, const char *text)
{
	char folded[CRM_TEXT_MAX];
	const char *utf8;

	switch (kind)
	{
		case CRM_KIND_EMAIL:
		case CRM_KIND_PHONE:
		case CRM_KIND_DATE:
		case CRM_KIND_LATITUDE:
		case CRM_KIND_LONGITUDE:
			return text;
		default:
			/* What folds to nothing (only symbols) is still a value, equal to itself alone. */
			utf8 = crm_to_utf8(text);
			return crm_text_fold(utf8, strlen(utf8), folded, sizeof(folded)) > 0 ? pstrdup(folded)
																				 : text;
	}
}

static crm_claim *
add_claim(case_builder *builder, int attribute, const char *text)
{
	crm_case *c = builder->made;
	crm_attribute_kind kind = builder->policies->policies[attribute].kind;
	char form[CRM_VALUE_SIZE];
	const char *golden;
	crm_claim *claim;

	if (c->nclaims == builder->room)
	{
		builder->room *= 2;
		c->claims = repalloc(c->claims, builder->room * sizeof(crm_claim));
	}
	claim = &c->claims[c->nclaims++];
	memset(claim, 0, sizeof(*claim));
	golden = crm_golden_form(kind, crm_to_utf8(text), form, &claim->valid);
	claim->record = builder->record;
	claim->attribute = attribute;
	claim->text = golden == form ? crm_from_utf8(pstrdup(form)) : text;
	claim->folded = fold(kind, claim->text);
	return claim;
}

/* The attributes of one record: name -> array of texts. */
static void
add_claims(case_builder *builder, Jsonb *attributes)
{
	JsonbIterator *it = JsonbIteratorInit(&attributes->root);
	JsonbIteratorToken token;
	JsonbValue value;
	int attribute = -1;

	while ((token = JsonbIteratorNext(&it, &value, false)) != WJB_DONE)
	{
		if (token == WJB_KEY)
			attribute = find_policy(builder->policies, value.val.string.val, value.val.string.len);
		else if ((token == WJB_ELEM || token == WJB_VALUE) && attribute >= 0 &&
				 value.type == jbvString && value.val.string.len > 0)
			add_claim(builder, attribute, pnstrdup(value.val.string.val, value.val.string.len));
	}
}

static crm_claim *
first_claim(case_builder *builder, int from, int attribute)
{
	for (int i = from; i < builder->made->nclaims; i++)
		if (builder->made->claims[i].attribute == attribute && builder->made->claims[i].valid)
			return &builder->made->claims[i];
	return NULL;
}

/* Half a location is none; a name in parts is a name too. */
static void
complete_record(case_builder *builder, int from)
{
	crm_claim *latitude = first_claim(builder, from, CRM_LATITUDE);
	crm_claim *longitude = first_claim(builder, from, CRM_LONGITUDE);
	crm_claim *given = first_claim(builder, from, CRM_GIVEN_NAME);
	crm_claim *family = first_claim(builder, from, CRM_FAMILY_NAME);

	if (latitude && !longitude)
		latitude->valid = false;
	if (longitude && !latitude)
		longitude->valid = false;
	if (!first_claim(builder, from, CRM_NAME) && (given || family))
		add_claim(builder, CRM_NAME,
				  psprintf("%s%s%s", given ? given->text : "", given && family ? " " : "",
						   family ? family->text : ""));
}

/* By attribute; a source that is trusted alike in all has none. */
static const double *
read_own_trust(const crm_policy_set *policies, SPITupleTable *table, HeapTuple row)
{
	bool isnull;
	Datum stored = SPI_getbinval(row, table->tupdesc, CRM_RECORD_OWN_TRUST, &isnull);
	double *trust;
	JsonbIterator *it;
	JsonbIteratorToken token;
	JsonbValue value;
	int attribute = -1;

	if (isnull || JB_ROOT_COUNT(DatumGetJsonbP(stored)) == 0)
		return NULL;
	trust = palloc(policies->n * sizeof(double));
	for (int i = 0; i < policies->n; i++)
		trust[i] = -1;
	it = JsonbIteratorInit(&DatumGetJsonbP(stored)->root);
	while ((token = JsonbIteratorNext(&it, &value, false)) != WJB_DONE)
	{
		if (token == WJB_KEY)
			attribute = find_policy(policies, value.val.string.val, value.val.string.len);
		else if (token == WJB_VALUE && attribute >= 0 && value.type == jbvNumeric)
			trust[attribute] = DatumGetFloat8(
				DirectFunctionCall1(numeric_float8, NumericGetDatum(value.val.numeric)));
	}
	return trust;
}

static crm_witness
make_witness(const crm_policy_set *policies, SPITupleTable *table, HeapTuple row)
{
	crm_witness witness;
	bool isnull;
	Datum trust = SPI_getbinval(row, table->tupdesc, CRM_RECORD_TRUST, &isnull);

	/* A record whose source is gone only waits to be removed. */
	witness.trust = isnull ? -1 : DatumGetFloat4(trust);
	witness.own_trust = read_own_trust(policies, table, row);
	witness.record_id = DatumGetInt64(SPI_getbinval(row, table->tupdesc, CRM_RECORD_ID, &isnull));
	witness.tie = DatumGetInt64(SPI_getbinval(row, table->tupdesc, CRM_RECORD_TIE, &isnull));
	witness.kind = DatumGetChar(SPI_getbinval(row, table->tupdesc, CRM_RECORD_KIND, &isnull));
	witness.changed_at =
		DatumGetInt64(SPI_getbinval(row, table->tupdesc, CRM_RECORD_CHANGED_AT, &isnull));
	return witness;
}

crm_case *
crm_make_case(const crm_policy_set *policies, SPITupleTable *table, uint64 first, int n)
{
	crm_case *c = palloc0(sizeof(*c));
	crm_witness *records = palloc(n * sizeof(crm_witness));
	case_builder builder = {.made = c, .policies = policies, .room = 16 * n};

	c->nrecords = n;
	c->records = records;
	c->npolicies = policies->n;
	c->policies = policies->policies;
	c->claims = palloc(builder.room * sizeof(crm_claim));
	for (int i = 0; i < n; i++)
	{
		HeapTuple row = table->vals[first + i];
		int from = c->nclaims;
		bool isnull;
		Datum attributes;

		records[i] = make_witness(policies, table, row);
		builder.record = i;
		attributes = SPI_getbinval(row, table->tupdesc, CRM_RECORD_ATTRIBUTES, &isnull);
		add_claims(&builder, DatumGetJsonbP(attributes));
		complete_record(&builder, from);
	}
	c->claims = repalloc(c->claims, (c->nclaims + 1) * sizeof(crm_claim));
	c->scratch = palloc((c->nclaims + 1) * sizeof(crm_candidate));
	return c;
}
