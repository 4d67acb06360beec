/* customer_profile.c - reads whole sources and judges their values; counting them is SQL's part. */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "fmgr.h"
#include "funcapi.h"
#include "mb/pg_wchar.h"
#include "utils/builtins.h"
#include "utils/date.h"
#include "utils/datetime.h"

#include "base/base.h"
#include "customer/customer_case.h"
#include "customer/customer_quality.h"
#include "identity/identity_clean.h"
#include "source/source.h"

#define VALUES_MAX 64 /* as many values of a row as identity takes */
#define SHOWN_MAX 60  /* characters of a value that are shown */
#define VALUE_COLUMNS 8

PG_FUNCTION_INFO_V1(crm_source_values);
PG_FUNCTION_INFO_V1(crm_profile_source);

typedef struct judged
{
	const char *attribute;
	const char *shown;
	char *standard;
	crm_quality quality;
	bool again; /* the row says it already */
} judged;

typedef struct judging
{
	ReturnSetInfo *result;
	int64 row_number;
	int today;
	const char *entered_by;
} judging;

static int
today(void)
{
	int year;
	int month;
	int day;

	j2date(GetSQLCurrentDate() + POSTGRES_EPOCH_JDATE, &year, &month, &day);
	return year * 10000 + month * 100 + day;
}

static Datum
short_text(const char *text)
{
	int length = strlen(text);

	if (pg_mbstrlen_with_len(text, length) <= SHOWN_MAX)
		return CStringGetTextDatum(text);
	return CStringGetTextDatum(
		psprintf("%.*s...", pg_mbcharcliplen(text, length, SHOWN_MAX - 3), text));
}

static void
put_value(const judging *work, const judged *value, bool is_first, bool is_row_valid)
{
	static const char letters[] = {
		[CRM_QUALITY_VALID] = 'v', [CRM_QUALITY_INVALID] = 'i', [CRM_QUALITY_PLACEHOLDER] = 'p'};
	Datum values[VALUE_COLUMNS] = {Int64GetDatum(work->row_number)};
	bool nulls[VALUE_COLUMNS] = {false};

	nulls[2] = work->entered_by == NULL;
	if (work->entered_by)
		values[2] = CStringGetTextDatum(work->entered_by);
	if (value == NULL)
		memset(nulls + 3, true, VALUE_COLUMNS - 3);
	nulls[1] = value == NULL;
	if (value != NULL)
	{
		values[1] = CStringGetTextDatum(value->attribute);
		values[3] = short_text(value->shown);
		values[4] = CStringGetTextDatum(crm_from_utf8(value->standard));
		values[5] = CharGetDatum(letters[value->quality]);
		values[6] = BoolGetDatum(is_first);
		values[7] = BoolGetDatum(is_row_valid);
	}
	tuplestore_putvalues(work->result->setResult, work->result->setDesc, values, nulls);
}

static int
judge_values(const judging *work, const crm_source_row *row, judged *all)
{
	crm_quality_context context = {row->kind, row->region, work->today};
	char standard[CRM_QUALITY_SIZE];
	int n = 0;

	for (int i = 0; i < row->nvalues && n < VALUES_MAX; i++)
	{
		judged *value = &all[n++];
		crm_profile_value clean;

		crm_clean_value(&row->values[i], row->region, &clean);
		value->attribute = row->values[i].attribute;
		value->shown = row->values[i].text;
		value->quality = crm_quality_of(&clean, &context, standard);
		value->standard = pstrdup(standard);
		value->again = false;
		for (int j = 0; j < n - 1 && !value->again; j++)
			value->again = all[j].quality == value->quality &&
						   strcmp(all[j].attribute, value->attribute) == 0 &&
						   strcmp(all[j].standard, value->standard) == 0;
	}
	return n;
}

static void
take_row(const crm_source_row *row, void *context)
{
	judging *work = context;
	judged all[VALUES_MAX];
	int n = judge_values(work, row, all);

	work->row_number++;
	work->entered_by = row->entered_by && *row->entered_by ? row->entered_by : NULL;
	put_value(work, NULL, false, false);
	for (int i = 0; i < n; i++)
	{
		bool is_first = true;
		bool is_row_valid = true;

		if (all[i].again)
			continue;
		for (int j = 0; j < n; j++)
			if (strcmp(all[i].attribute, all[j].attribute) == 0)
			{
				is_first = is_first && j >= i;
				is_row_valid = is_row_valid && all[j].quality == CRM_QUALITY_VALID;
			}
		put_value(work, &all[i], is_first, is_row_valid);
	}
}

/* source_values(source_id integer) */
Datum
crm_source_values(PG_FUNCTION_ARGS)
{
	int32 source_id = PG_GETARG_INT32(0);
	judging work = {(ReturnSetInfo *) fcinfo->resultinfo, 0, today(), NULL};

	InitMaterializedSRF(fcinfo, 0);
	if (!crm_source_read_all(source_id, take_row, &work))
		ereport(ERROR, (errcode(ERRCODE_CRM_SOURCE_NEEDS_ATTENTION),
						errmsg("source \"%s\" cannot be read", crm_source_name(source_id)),
						errhint("SELECT needs_attention, repair FROM crm.source_status says which "
								"statement repairs it.")));
	return (Datum) 0;
}

/* profile_source(name text): a name is what the caller means by it. */
Datum
crm_profile_source(PG_FUNCTION_ARGS)
{
	static SPIPlanPtr plan = NULL;
	static const Oid types[] = {INT4OID};
	ReturnSetInfo *result = (ReturnSetInfo *) fcinfo->resultinfo;
	bool all = PG_ARGISNULL(0);
	int32 source_id = all ? 0 : crm_source_number(text_to_cstring(PG_GETARG_TEXT_PP(0)));
	Datum values[] = {Int32GetDatum(source_id)};
	crm_user before;

	InitMaterializedSRF(fcinfo, 0);
	before = crm_become(crm_owner(), 0);
	if (SPI_connect() != SPI_OK_CONNECT)
		elog(ERROR, "SPI_connect failed");
	crm_run_plan(&plan,
				 "SELECT p.source, p.department, p.attribute, p.entered_by, p.rows, p.filled,"
				 " p.fill_rate, p.valid, p.validity, p.distinct_values, p.duplicates,"
				 " p.worst_values FROM crm_internal.profile_sources($1) p",
				 1, types, values, all ? "n" : NULL, false);
	for (uint64 i = 0; i < SPI_processed; i++)
		tuplestore_puttuple(result->setResult, SPI_tuptable->vals[i]);
	SPI_finish();
	crm_restore_user(before);
	return (Datum) 0;
}
