/* guard_plan.c - what a guard reads of the rows of one relation, kept by backend.
 *
 * A partition has its own attribute numbers, so a plan belongs to a guard and a relation. Callbacks
 * only mark. A plan that cannot be made says why, and the guard refuses by it: departments change
 * their tables, and a guard that no longer knows what it guards must not let pass.
 */
#include "postgres.h"

#include "access/table.h"
#include "catalog/namespace.h"
#include "catalog/pg_type.h"
#include "commands/trigger.h"
#include "fmgr.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/datum.h"
#include "utils/hsearch.h"
#include "utils/inval.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/rel.h"

#include "base/attempt.h"
#include "base/base.h"
#include "guard/guard_plan.h"
#include "guard/guard_plan_make.h"

PG_FUNCTION_INFO_V1(crm_guard_changed);
PG_FUNCTION_INFO_V1(crm_guard_problem);

typedef struct plan_key
{
	int32 guard_id;
	Oid relation;
} plan_key;

typedef struct plan_entry
{
	plan_key key;
	bool valid;
	MemoryContext context; /* of the plan */
	crm_guard_plan *plan;
} plan_entry;

uint64 crm_guard_generation = 1;

static HTAB *plans = NULL;
static Oid registry = InvalidOid;
static Oid actor_columns = InvalidOid;
static Oid sources = InvalidOid; /* the index that capture_store.c has invalidated in its stead */

static void fill(plan_entry *entry, Relation relation);
static void note_problem(crm_guard_plan_request *request, const ErrorData *error);
static void find_tables(void);

/* ------------------------------ what makes a plan invalid ------------------------------ */

static void
on_relcache(Datum argument, Oid relation)
{
	bool all = !OidIsValid(relation) || relation == registry || relation == actor_columns ||
			   relation == sources;
	HASH_SEQ_STATUS status;
	plan_entry *entry;

	if (plans == NULL)
		return;
	hash_seq_init(&status, plans);
	while ((entry = hash_seq_search(&status)) != NULL)
		if (all || entry->key.relation == relation || entry->plan == NULL ||
			entry->plan->problem != NULL)
		{
			entry->valid = false;
			crm_guard_generation++;
		}
}

Datum
crm_guard_changed(PG_FUNCTION_ARGS)
{
	if (!CALLED_AS_TRIGGER(fcinfo))
		ereport(ERROR, (errcode(ERRCODE_E_R_I_E_TRIGGER_PROTOCOL_VIOLATED),
						errmsg("crm_internal.guard_changed() must be called as a trigger")));
	CacheInvalidateRelcache(((TriggerData *) fcinfo->context)->tg_relation);
	PG_RETURN_POINTER(NULL);
}

void
crm_guard_plan_begin(void)
{
	CacheRegisterRelcacheCallback(on_relcache, (Datum) 0);
}

/* ------------------------------ finding a plan ------------------------------ */

const crm_guard_plan *
crm_guard_plan_of(int32 guard_id, Relation relation)
{
	plan_key key = {guard_id, RelationGetRelid(relation)};
	plan_entry *entry;
	bool found;

	if (plans == NULL)
	{
		HASHCTL control = {.keysize = sizeof(plan_key), .entrysize = sizeof(plan_entry)};

		plans = hash_create("crm guards", 64, &control, HASH_ELEM | HASH_BLOBS);
	}
	entry = hash_search(plans, &key, HASH_ENTER, &found);
	if (!found)
	{
		entry->valid = false;
		entry->context = NULL;
		entry->plan = NULL;
	}
	if (!entry->valid)
		fill(entry, relation);
	return entry->plan;
}

/* An outer statement may be at work by the old plan: that goes with the transaction. */
static void
fill(plan_entry *entry, Relation relation)
{
	crm_guard_plan_request request = {entry->key.guard_id, relation};
	MemoryContext old;
	ErrorData *error;
	volatile bool made = false;

	if (entry->context != NULL)
		MemoryContextSetParent(entry->context, TopTransactionContext);
	entry->context = NULL;
	entry->plan = NULL;
	find_tables();
	entry->context = AllocSetContextCreate(CacheMemoryContext, "crm guard", ALLOCSET_SMALL_SIZES);
	old = MemoryContextSwitchTo(entry->context);
	entry->plan = request.plan = palloc0(sizeof(crm_guard_plan));
	MemoryContextSwitchTo(old);

	/* Before the reading, so that an invalidation met during it sticks. */
	entry->valid = true;
	PG_TRY();
	{
		made = crm_attempt(crm_guard_plan_make, &request, &error);
	}
	PG_CATCH();
	{
		/* Cancelled: what is half made says nothing about the guard. */
		entry->valid = false;
		PG_RE_THROW();
	}
	PG_END_TRY();
	if (!made)
	{
		old = MemoryContextSwitchTo(entry->context);
		note_problem(&request, error);
		MemoryContextSwitchTo(old);
	}
}

static void
note_problem(crm_guard_plan_request *request, const ErrorData *error)
{
	crm_guard_plan *plan = request->plan;

	plan->problem = pstrdup(error->message);
	if (request->argument != NULL)
		plan->hint = psprintf("SELECT crm.change_guard(%d, %s => ...);", request->guard_id,
							  request->argument);
	else
		plan->hint = psprintf("SELECT crm.change_guard(%d);", request->guard_id);
}

static void
find_tables(void)
{
	Oid schema = get_namespace_oid("crm_internal", true);

	registry = OidIsValid(schema) ? get_relname_relid("guard", schema) : InvalidOid;
	actor_columns = OidIsValid(schema) ? get_relname_relid("actor_column", schema) : InvalidOid;
	sources = OidIsValid(schema) ? get_relname_relid("source_pkey", schema) : InvalidOid;
}

/* Why the guard cannot tell what is decided, and the statement that mends it; NULL: it can. */
Datum
crm_guard_problem(PG_FUNCTION_ARGS)
{
	Relation relation = try_table_open(PG_GETARG_OID(1), AccessShareLock);
	const crm_guard_plan *plan;
	Datum texts[2];

	if (relation == NULL)
		PG_RETURN_NULL();
	plan = crm_guard_plan_of(PG_GETARG_INT32(0), relation);
	table_close(relation, AccessShareLock);
	if (plan->problem == NULL)
		PG_RETURN_NULL();
	texts[0] = CStringGetTextDatum(plan->problem);
	texts[1] = CStringGetTextDatum(plan->hint);
	PG_RETURN_ARRAYTYPE_P(construct_array(texts, 2, TEXTOID, -1, false, TYPALIGN_INT));
}

/* ------------------------------ reading rows ------------------------------ */

char *
crm_guard_row_key(const crm_guard_plan *plan, TupleTableSlot *row)
{
	StringInfoData text;
	int nest_level;
	bool has_key;

	if (plan->nkeys == 0)
		return NULL;
	initStringInfo(&text);
	nest_level = plan->keys_need_settings ? crm_key_settings() : 0;
	has_key = crm_key_text(plan->keys, plan->nkeys, row, &text);
	if (plan->keys_need_settings)
		AtEOXact_GUC(true, nest_level);
	return has_key ? text.data : NULL;
}

bool
crm_guard_waits(const crm_guard_plan *plan, TupleTableSlot *row)
{
	for (int i = 0; i < plan->nwaits; i++)
	{
		const crm_guard_wait *wait = &plan->waits[i];
		bool isnull;
		Datum value = slot_getattr(row, wait->column, &isnull);

		if (isnull != wait->isnull ||
			(!isnull && !datum_image_eq(value, wait->value, wait->by_value, wait->length)))
			return false;
	}
	return plan->nwaits > 0;
}
