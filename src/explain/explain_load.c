/* explain_load.c - the records that are explained, and who may see their values. */
#include "postgres.h"

#include "catalog/namespace.h"
#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "miscadmin.h"
#include "utils/acl.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/numeric.h"

#include "base/base.h"
#include "base/ids.h"
#include "base/row.h"
#include "explain/explain.h"
#include "identity/identity_store.h"
#include "match/match_key.h"

#define RECORD_COLUMNS                                                                             \
	" SELECT r.record_id, r.customer_id, r.tie, r.source_id,"                                      \
	"       pg_catalog.concat(s.schema_name, '.', s.table_name), r.source_key, r.profile"          \
	"  FROM crm_internal.record r"                                                                 \
	"  JOIN crm_internal.source s ON s.source_id OPERATOR(pg_catalog.=) r.source_id"

bool
crm_explain_may_read(const char *view, const char *column)
{
	Oid relation = get_relname_relid(view, get_namespace_oid("crm", false));

	if (!OidIsValid(relation))
		return false;
	return pg_class_aclcheck(relation, GetUserId(), ACL_SELECT) == ACLCHECK_OK ||
		   pg_attribute_aclcheck(relation, get_attnum(relation, column), GetUserId(), ACL_SELECT) ==
			   ACLCHECK_OK;
}

const crm_active_model *
crm_explain_model(void)
{
	return crm_model_of(Max(crm_store_model_version(), 0));
}

/* A profile of another version is left out, as crm.verify() says. */
static crm_explained_list
take_rows(const crm_active_model *model)
{
	crm_explained_list list = {0, palloc(sizeof(crm_explained) * Max(SPI_processed, 1))};
	TupleDesc desc = SPI_tuptable->tupdesc;

	for (uint64 i = 0; i < SPI_processed; i++)
	{
		HeapTuple tuple = SPI_tuptable->vals[i];
		crm_explained *e = &list.v[list.n];
		bool isnull;
		Datum customer = SPI_getbinval(tuple, desc, 2, &isnull);
		bytea *bytes;

		e->customer_id = isnull ? 0 : DatumGetInt64(customer);
		e->record_id = DatumGetInt64(SPI_getbinval(tuple, desc, 1, &isnull));
		e->tie = DatumGetInt64(SPI_getbinval(tuple, desc, 3, &isnull));
		e->source_id = crm_row_number(tuple, desc, 4);
		e->source = SPI_getvalue(tuple, desc, 5);
		e->key = SPI_getvalue(tuple, desc, 6);
		bytes = DatumGetByteaPCopy(SPI_getbinval(tuple, desc, 7, &isnull));
		if (crm_model_open(model, VARDATA_ANY(bytes), VARSIZE_ANY_EXHDR(bytes), &e->profile))
			list.n++;
	}
	SPI_freetuptable(SPI_tuptable);
	return list;
}

crm_explained_list
crm_explain_load(const crm_active_model *model, int32 source_id, const char *key)
{
	static SPIPlanPtr plan;
	static const Oid types[] = {INT4OID, TEXTOID};
	Datum args[] = {Int32GetDatum(source_id), CStringGetTextDatum(key)};

	crm_plan(&plan,
			 RECORD_COLUMNS " WHERE r.source_id OPERATOR(pg_catalog.=) $1"
							"   AND r.source_key OPERATOR(pg_catalog.=) $2",
			 lengthof(types), types);
	crm_execute_plan(plan, args, NULL, true);
	return take_rows(model);
}

crm_explained_list
crm_explain_load_customer(const crm_active_model *model, int64 customer_id)
{
	static SPIPlanPtr plan;
	static const Oid types[] = {INT8OID};
	Datum args[] = {Int64GetDatum(customer_id)};

	crm_plan(&plan,
			 RECORD_COLUMNS " WHERE r.customer_id OPERATOR(pg_catalog.=) crm.current_customer($1)"
							" ORDER BY r.tie, r.record_id",
			 lengthof(types), types);
	crm_execute_plan(plan, args, NULL, true);
	return take_rows(model);
}

crm_explained_list
crm_explain_load_component(const crm_active_model *model, const crm_ids *records)
{
	static SPIPlanPtr plan;
	static const Oid types[] = {INT8ARRAYOID, INT4OID};
	Datum args[] = {crm_ids_array(records->v, records->n), Int32GetDatum(CRM_COMPONENT_MAX)};

	crm_generic_plan(
		&plan,
		"WITH RECURSIVE reached(id) AS ("
		"  SELECT u.id FROM pg_catalog.unnest($1) AS u(id)"
		"  UNION"
		"  SELECT n.id FROM reached w CROSS JOIN LATERAL ("
		"    SELECT e.record_b FROM crm_internal.edge e"
		"     WHERE e.record_a OPERATOR(pg_catalog.=) w.id AND e.weight OPERATOR(pg_catalog.>) 0"
		"    UNION ALL"
		"    SELECT e.record_a FROM crm_internal.edge e"
		"     WHERE e.record_b OPERATOR(pg_catalog.=) w.id AND e.weight OPERATOR(pg_catalog.>) 0"
		"  ) AS n(id))" RECORD_COLUMNS
		" WHERE r.record_id OPERATOR(pg_catalog.=) ANY (ARRAY(SELECT w.id FROM reached w"
		"   LIMIT $2 OPERATOR(pg_catalog.+) 1))"
		" ORDER BY r.tie, r.record_id",
		lengthof(types), types);
	crm_execute_plan(plan, args, NULL, true);
	return take_rows(model);
}

crm_explained_list
crm_explain_load_candidates(const crm_active_model *model, const crm_profile *profile)
{
	static SPIPlanPtr plan;
	static const Oid types[] = {INT8ARRAYOID, INT4OID};
	int64_t found[CRM_KEYS_MAX];
	int64 keys[CRM_KEYS_MAX];
	int n = crm_keys_keep(found, crm_profile_keys(profile, found), crm_store_key_kinds());
	Datum args[2];

	for (int i = 0; i < n; i++)
		keys[i] = found[i];
	args[0] = crm_ids_array(keys, n);
	args[1] = Int32GetDatum(CRM_KEY_COMMON);
	crm_generic_plan(&plan,
					 RECORD_COLUMNS
					 " WHERE r.record_id OPERATOR(pg_catalog.=) ANY (ARRAY("
					 "   SELECT DISTINCT b.record_id FROM pg_catalog.unnest($1) AS t(key),"
					 "     LATERAL (SELECT k.record_id, pg_catalog.count(*) OVER () AS size FROM"
					 "       (SELECT k.record_id FROM crm_internal.record_key k"
					 "         WHERE k.key OPERATOR(pg_catalog.=) t.key"
					 "         LIMIT $2 OPERATOR(pg_catalog.+) 1) AS k) AS b"
					 "   WHERE b.size OPERATOR(pg_catalog.<=) $2))"
					 " ORDER BY r.tie, r.record_id",
					 lengthof(types), types);
	crm_execute_plan(plan, args, NULL, true);
	return take_rows(model);
}

bool
crm_explain_pattern(const crm_explained *a, const crm_explained *b, crm_pattern *pattern)
{
	bool swap = a->tie > b->tie || (a->tie == b->tie && a->record_id > b->record_id);

	if (a->profile.kind != b->profile.kind)
		return false;
	crm_profile_match(swap ? &b->profile : &a->profile, swap ? &a->profile : &b->profile, pattern);
	return true;
}

crm_comparison
crm_explain_compare(const crm_active_model *model, const crm_explained *a, const crm_explained *b)
{
	bool swap = a->tie > b->tie || (a->tie == b->tie && a->record_id > b->record_id);

	return crm_profile_compare(&model->model, swap ? &b->profile : &a->profile,
							   swap ? &a->profile : &b->profile);
}

const char *
crm_explain_pair_reason(const crm_active_model *model, const crm_explained *a,
						const crm_explained *b)
{
	crm_pattern pattern;
	crm_step steps[CRM_STEPS_MAX];
	char *reason = palloc(CRM_REASON_SIZE);

	if (!crm_explain_pattern(a, b, &pattern))
		return "a person and an organization";
	crm_explain_reason(steps, crm_explain(&model->model, &pattern, steps), reason);
	return reason;
}

Datum
crm_explain_bits(int64 weight)
{
	return NumericGetDatum(int64_div_fast_to_numeric(weight, 3));
}
