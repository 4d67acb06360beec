/* measure_report.c - crm.expected_errors() and crm.blocking_report(). */
#include "postgres.h"

#include "executor/spi.h"
#include "fmgr.h"
#include "funcapi.h"
#include "utils/builtins.h"

#include "base/pg_compat.h"
#include "measure/measure_survey.h"

PG_FUNCTION_INFO_V1(crm_expected_errors);
PG_FUNCTION_INFO_V1(crm_blocking_report);

static double
share(double part, double whole)
{
	return whole > 0 ? Min(part / whole, 1) : 1;
}

static double
expected_pairs(const crm_survey *s)
{
	return s->joined - s->false_joined + s->missed + s->unseen;
}

static void
take(crm_survey *survey)
{
	SPI_connect();
	crm_survey_take(survey);
	SPI_finish();
}

static void
put(FunctionCallInfo fcinfo, Datum *values)
{
	ReturnSetInfo *result = (ReturnSetInfo *) fcinfo->resultinfo;
	bool nulls[16] = {false};

	Assert(result->setDesc->natts <= lengthof(nulls));
	tuplestore_putvalues(result->setResult, result->setDesc, values, nulls);
}

Datum
crm_expected_errors(PG_FUNCTION_ARGS)
{
	crm_survey s;
	double precision;
	double recall;
	double both;

	InitMaterializedSRF(fcinfo, 0);
	take(&s);
	precision = 1 - (s.joined > 0 ? s.false_joined / s.joined : 0);
	recall = share(s.joined - s.false_joined, expected_pairs(&s));
	both = precision + recall;
	put(fcinfo, (Datum[]){
					Int64GetDatum(s.records),
					Int64GetDatum(s.customers),
					Float8GetDatum(s.joined),
					Float8GetDatum(s.false_joined),
					Float8GetDatum(s.missed + s.unseen),
					Float8GetDatum(s.missed),
					Float8GetDatum(s.unseen),
					Float8GetDatum(precision),
					Float8GetDatum(recall),
					Float8GetDatum(both > 0 ? 2 * precision * recall / both : 0),
					Float8GetDatum(s.fraction),
				});
	return (Datum) 0;
}

Datum
crm_blocking_report(PG_FUNCTION_ARGS)
{
	crm_survey s;
	double all = 0;

	InitMaterializedSRF(fcinfo, 0);
	take(&s);
	for (int kind = 0; kind < CRM_KEY_KINDS; kind++)
		if (s.enabled >> kind & 1)
			all += s.kind[kind].pairs;
	for (int kind = 0; kind < CRM_KEY_KINDS; kind++)
	{
		const crm_survey_kind *k = &s.kind[kind];

		put(fcinfo,
			(Datum[]){
				CStringGetTextDatum(crm_key_kind_name(kind)),
				BoolGetDatum((s.enabled >> kind & 1) != 0),
				Int64GetDatum(k->keys),
				Float8GetDatum(k->pairs),
				Int64GetDatum(k->largest),
				Int64GetDatum(k->capped),
				Float8GetDatum(k->left_out),
				Float8GetDatum(k->only),
				Float8GetDatum(expected_pairs(&s) > 0 ? share(k->matches, expected_pairs(&s)) : 0),
				Float8GetDatum(expected_pairs(&s) > 0 ? share(k->only_matches, expected_pairs(&s))
													  : 0),
				Float8GetDatum(all > 0 ? k->pairs / all : 0),
			});
	}
	return (Datum) 0;
}
