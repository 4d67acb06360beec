/* identity_question.c - what a search asks for, as values that make a profile. */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "utils/builtins.h"

#include "base/base.h"
#include "identity/identity_clean.h"
#include "identity/identity_query.h"
#include "identity/identity_question.h"
#include "identity/identity_store.h"
#include "types/email_address.h"
#include "types/phone_number.h"

#define REGIONS_MAX 8

static void
ask(crm_question *q, crm_attribute_kind kind, const char *text, uint64_t phone)
{
	if (q->nvalues == CRM_QUESTION_VALUES)
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
ask_phone(crm_question *q, const char *text)
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

void
crm_question_of_text(const char *text, crm_question *q)
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
	if (query->name[0] != '\0' && q->nvalues < CRM_QUESTION_VALUES)
	{
		q->name = q->nvalues;
		ask(q, CRM_KIND_NAME, query->name, 0);
	}
}

/* (kind, value) of each attribute, in the order of attributes; kind NULL: there is none such. */
static void
fetch_attributes(Datum attributes)
{
	static SPIPlanPtr plan;
	static const Oid types[] = {JSONBOID};
	Datum args[] = {attributes};

	crm_plan(&plan,
			 "SELECT e.key, a.kind, v.value"
			 "  FROM pg_catalog.jsonb_each($1) AS e"
			 "  LEFT JOIN crm_internal.attribute AS a ON a.name OPERATOR(pg_catalog.=) e.key"
			 "  CROSS JOIN LATERAL pg_catalog.jsonb_array_elements_text("
			 "    CASE pg_catalog.jsonb_typeof(e.value) WHEN 'array' THEN e.value"
			 "    ELSE pg_catalog.jsonb_build_array(e.value) END) WITH ORDINALITY AS v(value, n)"
			 " ORDER BY a.position, e.key, v.n",
			 lengthof(types), types);
	crm_store_run(plan, args, NULL);
}

static void
ask_attribute(crm_question *q, const char *attribute, crm_attribute_kind kind, const char *text)
{
	crm_source_value value = {attribute, kind, text};
	int at = q->nvalues;

	if (kind == CRM_KIND_PHONE)
		ask_phone(q, crm_to_utf8(text));
	else if (at < CRM_QUESTION_VALUES)
	{
		(void) crm_clean_value(&value, NULL, &q->values[at]);
		q->nvalues++;
	}
}

/* What fetching left is copied first: telephone numbers are asked of other tables. */
void
crm_question_of_attributes(Datum attributes, crm_question *q)
{
	SPITupleTable *rows;
	uint64 n;

	memset(q, 0, sizeof(*q));
	q->name = -1;
	fetch_attributes(attributes);
	rows = SPI_tuptable;
	n = SPI_processed;
	for (uint64 i = 0; i < n; i++)
	{
		char *attribute = SPI_getvalue(rows->vals[i], rows->tupdesc, 1);
		char *kind = SPI_getvalue(rows->vals[i], rows->tupdesc, 2);
		char *text = SPI_getvalue(rows->vals[i], rows->tupdesc, 3);

		if (kind == NULL)
			ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
							errmsg("attribute \"%s\" does not exist", attribute),
							errhint("Attributes are those of crm.customer and what "
									"crm.add_attribute() added.")));
		if (text != NULL && strspn(text, " \t\r\n\f\v") < strlen(text))
			ask_attribute(q, attribute, crm_attribute_kind_by_name(kind), text);
	}
	SPI_freetuptable(rows);
}

/* The last word of a name may be where its owner lives. */
bool
crm_question_move_city(crm_question *q)
{
	const char *name = q->name >= 0 ? q->values[q->name].text : "";
	char *space = strrchr(name, ' ');

	if (space == NULL)
		return false;
	q->values[q->name].text = pnstrdup(name, space - name);
	ask(q, CRM_KIND_CITY, pstrdup(space + 1), 0);
	return true;
}
