/* customer_golden.c - from a decided case to the golden record, and what differs between two. */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/numeric.h"

#include "customer/customer_golden.h"

const char *
crm_kind_word(char kind)
{
	return kind == 'o' ? "organization" : "person";
}

static JsonbValue
text_value(const char *text)
{
	JsonbValue value;

	value.type = jbvString;
	value.val.string.val = unconstify(char *, text);
	value.val.string.len = strlen(text);
	return value;
}

static void
push_text(JsonbParseState **state, const char *key, const char *text)
{
	JsonbValue name = text_value(key);
	JsonbValue value = text_value(text);

	pushJsonbValue(state, WJB_KEY, &name);
	pushJsonbValue(state, WJB_VALUE, &value);
}

static void
push_number(JsonbParseState **state, const char *key, int64 number)
{
	JsonbValue name = text_value(key);
	JsonbValue value;

	value.type = jbvNumeric;
	value.val.numeric = int64_to_numeric(number);
	pushJsonbValue(state, WJB_KEY, &name);
	pushJsonbValue(state, WJB_VALUE, &value);
}

static int
by_rank(const void *a, const void *b)
{
	return (*(const crm_claim *const *) a)->rank - (*(const crm_claim *const *) b)->rank;
}

/* All values of an attribute, best first, each once. */
static ArrayType *
all_values(const crm_case *c, int attribute)
{
	const crm_claim **claims = palloc((c->nclaims + 1) * sizeof(*claims));
	Datum *texts = palloc((c->nclaims + 1) * sizeof(Datum));
	int nclaims = 0;
	int n = 0;

	for (int i = 0; i < c->nclaims; i++)
		if (c->claims[i].attribute == attribute && c->claims[i].valid)
			claims[nclaims++] = &c->claims[i];
	qsort(claims, nclaims, sizeof(*claims), by_rank);
	for (int i = 0; i < nclaims; i++)
	{
		bool seen = false;

		for (int j = 0; j < i && !seen; j++)
			seen = strcmp(claims[i]->text, claims[j]->text) == 0;
		if (!seen)
			texts[n++] = CStringGetTextDatum(claims[i]->text);
	}
	return construct_array(texts, n, TEXTOID, -1, false, TYPALIGN_INT);
}

/*
 * Most values of a customer are of one record: it is named once, and of the others those that are
 * not its. Of two that have as many it is the older.
 */
static int
main_record(const crm_case *c)
{
	int *wins = palloc0((c->nrecords + 1) * sizeof(int));
	int most = 0;

	for (int i = 0; i < c->nclaims; i++)
		wins[c->claims[i].record] += c->claims[i].wins;
	for (int i = 1; i < c->nrecords; i++)
		if (wins[i] > wins[most] ||
			(wins[i] == wins[most] && c->records[i].record_id < c->records[most].record_id))
			most = i;
	pfree(wins);
	return most;
}

crm_golden *
crm_make_golden(int64 customer_id, crm_case *c)
{
	crm_golden *golden = palloc0(sizeof(*golden));
	JsonbParseState *attributes = NULL;
	JsonbParseState *origins = NULL;
	int most;

	golden->customer_id = customer_id;
	golden->source_records = c->nrecords;
	golden->kind = crm_survive(c);
	pushJsonbValue(&attributes, WJB_BEGIN_OBJECT, NULL);
	pushJsonbValue(&origins, WJB_BEGIN_OBJECT, NULL);
	most = main_record(c);
	push_number(&origins, "", c->records[most].record_id);
	for (int i = 0; i < c->nclaims; i++)
	{
		const crm_claim *claim = &c->claims[i];

		if (!claim->wins)
			continue;
		if (claim->attribute < CRM_COLUMNS)
			golden->values[claim->attribute] = claim->text;
		else
			push_text(&attributes, c->policies[claim->attribute].name, claim->text);
		if (claim->record != most)
			push_number(&origins, c->policies[claim->attribute].name,
						c->records[claim->record].record_id);
	}
	golden->attributes = JsonbValueToJsonb(pushJsonbValue(&attributes, WJB_END_OBJECT, NULL));
	golden->origins = JsonbValueToJsonb(pushJsonbValue(&origins, WJB_END_OBJECT, NULL));
	golden->emails = all_values(c, CRM_EMAIL);
	golden->phones = all_values(c, CRM_PHONE);
	return golden;
}

static bool
same_text(const char *a, const char *b)
{
	return a == b || (a && b && strcmp(a, b) == 0);
}

static bool
same_array(const ArrayType *a, const ArrayType *b)
{
	return VARSIZE(a) == VARSIZE(b) && memcmp(a, b, VARSIZE(a)) == 0;
}

bool
crm_same_golden(const crm_golden *a, const crm_golden *b)
{
	for (int i = 0; i < CRM_COLUMNS; i++)
		if (!same_text(a->values[i], b->values[i]))
			return false;
	return a->kind == b->kind && a->source_records == b->source_records &&
		   same_array(a->emails, b->emails) && same_array(a->phones, b->phones) &&
		   compareJsonbContainers(&a->attributes->root, &b->attributes->root) == 0;
}

bool
crm_same_origins(const crm_golden *a, const crm_golden *b)
{
	return compareJsonbContainers(&a->origins->root, &b->origins->root) == 0;
}

const char *
crm_golden_value(const crm_golden *golden, const crm_policy_set *policies, int attribute)
{
	const char *name = policies->policies[attribute].name;
	JsonbValue buffer;
	JsonbValue *found;

	if (attribute < CRM_COLUMNS)
		return golden->values[attribute];
	found = getKeyJsonValueFromContainer(&golden->attributes->root, name, strlen(name), &buffer);
	if (found == NULL || found->type != jbvString)
		return NULL;
	return pnstrdup(found->val.string.val, found->val.string.len);
}

int64
crm_golden_origin(const crm_golden *golden, const char *attribute)
{
	JsonbValue buffer;
	JsonbValue *found =
		getKeyJsonValueFromContainer(&golden->origins->root, attribute, strlen(attribute), &buffer);

	if (found == NULL)
		found = getKeyJsonValueFromContainer(&golden->origins->root, "", 0, &buffer);
	if (found == NULL || found->type != jbvNumeric)
		return 0;
	return DatumGetInt64(DirectFunctionCall1(numeric_int8, NumericGetDatum(found->val.numeric)));
}
