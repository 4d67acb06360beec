/* lookup.c - crm.lookup(): the value that another table has for a key.
 *
 * What a call site needs is made once a query, together with the values it found, for the rows of
 * a source have few countries and many names. It is made anew when the user, the transaction or the
 * snapshot is another: the expressions of a PL/pgSQL function live longer than a query.
 */
#include "postgres.h"

#include "access/xact.h"
#include "catalog/pg_type.h"
#include "fmgr.h"
#include "miscadmin.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/datum.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/snapmgr.h"

#include "base/base.h"
#include "source/lookup.h"
#include "source/lookup_cache.h"

PG_FUNCTION_INFO_V1(crm_lookup);

/* Who asks, and what he can see. */
typedef struct lookup_view
{
	Oid user;
	SubTransactionId subtransaction;
	TimestampTz transaction;
	TransactionId xmin;
	TransactionId xmax;
	uint32 xcnt;
	int32 subxcnt;
	CommandId command;
} lookup_view;

typedef struct lookup_step
{
	crm_lookup_target target;
	crm_lookup_plan *plan;
	crm_lookup_cache *cache; /* NULL: nothing may be kept */
	crm_lookup_road road;    /* of the first step's key */
	Oid key_input;
	Oid key_io_param;
} lookup_step;

typedef struct lookup_state
{
	MemoryContext context;
	MemoryContextCallback release;
	lookup_view view;
	ArrayType *path;
	Oid key_type;
	int16 key_length;
	bool key_by_value;
	int nsteps;
	lookup_step *steps;
} lookup_state;

static lookup_state *state_of(FunctionCallInfo fcinfo, ArrayType *path);
static bool is_same_path(const ArrayType *one, const ArrayType *other);
static lookup_view view_of(void);
static lookup_state *make_state(FmgrInfo *function, ArrayType *path, const lookup_view *view);
static void add_step(lookup_state *state, const char *text);
static void release_plans(void *arg);
static bool first_key(const lookup_state *state, Datum value, Datum *key);
static bool whole_key(Oid from, Oid to, Datum value, Datum *key);
static const char *found(const lookup_step *step, Datum key);

Datum
crm_lookup(PG_FUNCTION_ARGS)
{
	lookup_state *state = state_of(fcinfo, PG_GETARG_ARRAYTYPE_P(1));
	const char *text;
	Datum key;

	if (!first_key(state, PG_GETARG_DATUM(0), &key))
		PG_RETURN_NULL();
	text = found(&state->steps[0], key);
	for (int i = 1; i < state->nsteps && text != NULL; i++)
	{
		lookup_step *step = &state->steps[i];

		key = OidInputFunctionCall(step->key_input, pstrdup(text), step->key_io_param, -1);
		text = found(step, key);
	}
	if (text == NULL)
		PG_RETURN_NULL();
	PG_RETURN_TEXT_P(cstring_to_text(text));
}

static lookup_state *
state_of(FunctionCallInfo fcinfo, ArrayType *path)
{
	lookup_state *state = fcinfo->flinfo->fn_extra;
	lookup_view view = view_of();

	if (state != NULL && memcmp(&state->view, &view, sizeof(view)) == 0 &&
		is_same_path(state->path, path))
		return state;
	if (state != NULL)
	{
		fcinfo->flinfo->fn_extra = NULL;
		MemoryContextDelete(state->context);
	}
	state = make_state(fcinfo->flinfo, path, &view);
	fcinfo->flinfo->fn_extra = state;
	return state;
}

static bool
is_same_path(const ArrayType *one, const ArrayType *other)
{
	return VARSIZE(one) == VARSIZE(other) && memcmp(one, other, VARSIZE(one)) == 0;
}

static lookup_view
view_of(void)
{
	Snapshot snapshot = GetActiveSnapshot();
	lookup_view view;

	memset(&view, 0, sizeof(view));
	view.user = GetUserId();
	view.subtransaction = GetCurrentSubTransactionId();
	view.transaction = GetCurrentTransactionStartTimestamp();
	view.xmin = snapshot->xmin;
	view.xmax = snapshot->xmax;
	view.xcnt = snapshot->xcnt;
	view.subxcnt = snapshot->subxcnt;
	view.command = snapshot->curcid;
	return view;
}

static lookup_state *
make_state(FmgrInfo *function, ArrayType *path, const lookup_view *view)
{
	MemoryContext context =
		AllocSetContextCreate(function->fn_mcxt, "crm look-up", ALLOCSET_SMALL_SIZES);
	MemoryContext old = MemoryContextSwitchTo(context);
	lookup_state *state = palloc0(sizeof(lookup_state));
	Datum *texts;
	bool *nulls;
	int n;

	state->context = context;
	state->view = *view;
	state->path = (ArrayType *) DatumGetPointer(datumCopy(PointerGetDatum(path), false, -1));
	state->key_type = getBaseType(get_fn_expr_argtype(function, 0));
	get_typlenbyval(state->key_type, &state->key_length, &state->key_by_value);
	deconstruct_array(path, TEXTOID, -1, false, TYPALIGN_INT, &texts, &nulls, &n);
	if (n == 0)
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("a look-up needs a step: where the value is"),
						errhint("For example crm.lookup(country_id, 'public.country.code').")));
	state->release = (MemoryContextCallback){release_plans, state, NULL};
	MemoryContextRegisterResetCallback(context, &state->release);
	state->steps = palloc0(n * sizeof(lookup_step));
	SPI_connect();
	for (int i = 0; i < n; i++)
	{
		MemoryContextSwitchTo(context);
		add_step(state, nulls[i] ? "" : TextDatumGetCString(texts[i]));
	}
	SPI_finish();
	MemoryContextSwitchTo(old);
	return state;
}

/* In the context of the state; SPI is connected. */
static void
add_step(lookup_state *state, const char *text)
{
	lookup_step *step = &state->steps[state->nsteps];
	crm_lookup_path path;
	const char *wrong = crm_lookup_path_parse(text, &path);

	if (wrong != NULL)
		ereport(ERROR, (errcode(ERRCODE_SYNTAX_ERROR),
						errmsg("look-up \"%s\" cannot be read: %s", text, wrong)));
	crm_lookup_find(&path, &step->target);
	crm_lookup_check_trust(&step->target, GetUserId());
	crm_lookup_check_rights(&step->target, GetUserId());
	step->road = state->nsteps == 0 ? crm_lookup_road_of(state->key_type, &step->target)
									: CRM_LOOKUP_BY_TEXT;
	getTypeInputInfo(step->target.key_type, &step->key_input, &step->key_io_param);
	if (!step->target.may_vary)
		step->cache = crm_lookup_cache_make(step->target.key_type);
	step->plan = crm_lookup_plan_of(&step->target);
	state->nsteps++;
}

static void
release_plans(void *arg)
{
	lookup_state *state = arg;

	for (int i = 0; i < state->nsteps; i++)
		crm_lookup_plan_release(state->steps[i].plan);
}

/* False: no row can have this key. */
static bool
first_key(const lookup_state *state, Datum value, Datum *key)
{
	const lookup_step *step = &state->steps[0];

	if (step->road == CRM_LOOKUP_WHOLE)
		return whole_key(state->key_type, step->target.key_type, value, key);
	if (step->road == CRM_LOOKUP_BY_TEXT)
		*key = OidInputFunctionCall(step->key_input, crm_lookup_value_text(state->key_type, value),
									step->key_io_param, -1);
	else
		*key = state->key_length == -1 ? PointerGetDatum(PG_DETOAST_DATUM(value)) : value;
	return true;
}

static bool
whole_key(Oid from, Oid to, Datum value, Datum *key)
{
	int64 number = from == INT2OID   ? DatumGetInt16(value)
				   : from == INT4OID ? DatumGetInt32(value)
									 : DatumGetInt64(value);

	if (to == INT8OID)
		*key = Int64GetDatum(number);
	else if (to == INT4OID && number >= PG_INT32_MIN && number <= PG_INT32_MAX)
		*key = Int32GetDatum((int32) number);
	else if (to == INT2OID && number >= PG_INT16_MIN && number <= PG_INT16_MAX)
		*key = Int16GetDatum((int16) number);
	else
		return false;
	return true;
}

/* The text of the value, or NULL; valid until the next look. */
static const char *
found(const lookup_step *step, Datum key)
{
	const char *text;

	if (step->cache != NULL && crm_lookup_cache_get(step->cache, key, &text))
		return text;
	text = crm_lookup_run(step->plan, key);
	if (step->cache != NULL)
		crm_lookup_cache_put(step->cache, key, text);
	return text;
}
