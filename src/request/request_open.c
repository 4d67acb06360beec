/* request_open.c - opens the request of a row that was written in its table's waiting state. */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "utils/builtins.h"

#include "base/base.h"
#include "department/actor.h"
#include "request/request.h"

#define NARGUMENTS 10

static Datum
text_or_null(const char *text, char *null)
{
	*null = text == NULL ? 'n' : ' ';
	return text == NULL ? (Datum) 0 : CStringGetTextDatum(text);
}

/* Whom the session does not name was named by a column of the row. */
static crm_known_by
known_by(const char *person)
{
	crm_actor actor = crm_actor_now();

	return strcmp(actor.person, person) == 0 ? actor.known_by : CRM_KNOWN_BY_COLUMN;
}

static void
bind(const crm_request_key *key, const char *asked_json, Datum *values, char *nulls)
{
	memset(nulls, ' ', NARGUMENTS);
	nulls[NARGUMENTS] = '\0';
	values[0] = CStringGetTextDatum(key->person);
	values[1] = CStringGetTextDatum(crm_known_by_name(known_by(key->person)));
	values[2] = CStringGetTextDatum(crm_actor_login());
	values[3] = CStringGetTextDatum(key->decision);
	values[4] = Int64GetDatum(key->customer_id);
	nulls[4] = key->customer_id == 0 ? 'n' : ' ';
	values[5] = NumericGetDatum(key->amount);
	nulls[5] = key->amount == NULL ? 'n' : ' ';
	values[6] = CStringGetTextDatum(crm_request_scope_text(key->scope, key->nscope));
	values[7] = Int32GetDatum(key->guard_id);
	values[8] = text_or_null(key->row_key, &nulls[8]);
	values[9] = CStringGetTextDatum(asked_json);
}

int64
crm_request_open(const crm_request_key *key, const char *asked_json)
{
	static SPIPlanPtr plan = NULL;
	static const Oid types[NARGUMENTS] = {TEXTOID,    TEXTOID, TEXTOID, TEXTOID, INT8OID,
										  NUMERICOID, TEXTOID, INT4OID, TEXTOID, TEXTOID};
	Datum values[NARGUMENTS];
	char nulls[NARGUMENTS + 1];
	crm_user before = crm_become(crm_owner(), 0);
	int64 request_id;
	bool isnull;

	SPI_connect();
	bind(key, asked_json, values, nulls);
	crm_plan(&plan,
			 "SELECT crm_internal.open_request($1, $2, $3, $4, $5, $6, NULL,"
			 " $7::pg_catalog.jsonb, $8, NULL, $9, NULL, $10::pg_catalog.jsonb)",
			 NARGUMENTS, types);
	crm_execute_plan(plan, values, nulls, false);
	request_id =
		DatumGetInt64(SPI_getbinval(SPI_tuptable->vals[0], SPI_tuptable->tupdesc, 1, &isnull));
	SPI_finish();
	crm_restore_user(before);
	return request_id;
}
