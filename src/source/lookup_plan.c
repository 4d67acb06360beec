/* lookup_plan.c - kept plans of look-ups.
 *
 * A plan stays as long as its SQL does: tables and columns stand in it by name, and the server
 * itself plans anew when they change. Values become text by the output functions of their types: a
 * cast could be one that the owner of the type has made.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "nodes/params.h"
#include "tcop/dest.h"
#include "utils/builtins.h"
#include "utils/hsearch.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"

#include "base/base.h"
#include "source/lookup.h"
#include "source/source_key.h"
#include "source/source_query.h"

/* Applications look up some dozens; whoever tries more plans again. */
#define MOST_PLANS 256

struct crm_lookup_plan
{
	SPIPlanPtr plan;
	char *sql;
	Oid key_type;
	Oid type;
	int users; /* one is the table of plans */
};

typedef struct plan_key
{
	Oid relation;
	int16 key;
	int16 column;
} plan_key;

typedef struct plan_entry
{
	plan_key key;
	crm_lookup_plan *plan;
} plan_entry;

/* Keeps of the rows that the executor sends the least text. */
typedef struct least_text
{
	DestReceiver receiver;
	Oid type;
	MemoryContext context;
	char *text;
} least_text;

static HTAB *plans = NULL;

static plan_entry *entry_of(const crm_lookup_target *target);
static void forget_all(void);
static crm_lookup_plan *prepare(const crm_lookup_target *target, const char *sql);
static char *sql_of(const crm_lookup_target *target);
static bool receive(TupleTableSlot *slot, DestReceiver *self);
static void start(DestReceiver *self, int operation, TupleDesc desc);
static void finish(DestReceiver *self);

crm_lookup_plan *
crm_lookup_plan_of(const crm_lookup_target *target)
{
	plan_entry *entry = entry_of(target);
	char *sql = sql_of(target);

	if (entry->plan != NULL && strcmp(entry->plan->sql, sql) != 0)
	{
		crm_lookup_plan_release(entry->plan);
		entry->plan = NULL;
	}
	if (entry->plan == NULL)
		entry->plan = prepare(target, sql);
	entry->plan->users++;
	return entry->plan;
}

void
crm_lookup_plan_release(crm_lookup_plan *plan)
{
	if (--plan->users > 0)
		return;
	SPI_freeplan(plan->plan);
	pfree(plan->sql);
	pfree(plan);
}

char *
crm_lookup_run(crm_lookup_plan *plan, Datum key)
{
	least_text least = {.receiver = {.receiveSlot = receive,
									 .rStartup = start,
									 .rShutdown = finish,
									 .rDestroy = finish,
									 .mydest = DestTuplestore},
						.type = plan->type,
						.context = CurrentMemoryContext};
	/* Not kept with the plan: what is looked up in a view may look something up there. */
	SPIExecuteOptions options = {
		.params = makeParamList(1), .read_only = true, .dest = &least.receiver};
	int code;

	options.params->params[0] = (ParamExternData){key, false, PARAM_FLAG_CONST, plan->key_type};
	SPI_connect();
	code = SPI_execute_plan_extended(plan->plan, &options);
	if (code != SPI_OK_SELECT)
		elog(ERROR, "SPI gave %s for: %s", SPI_result_code_string(code), plan->sql);
	SPI_finish();
	return least.text;
}

/* What pads a character(n) is no part of it, as in a cast to text. */
char *
crm_lookup_value_text(Oid type, Datum value)
{
	bool is_varlena;
	Oid output;
	char *text;
	size_t length;

	getTypeOutputInfo(type, &output, &is_varlena);
	text = OidOutputFunctionCall(output, value);
	length = strlen(text);
	while (getBaseType(type) == BPCHAROID && length > 0 && text[length - 1] == ' ')
		text[--length] = '\0';
	return text;
}

static plan_entry *
entry_of(const crm_lookup_target *target)
{
	plan_key key = {target->relation, target->key, target->column};
	plan_entry *entry;
	bool found;

	if (plans == NULL)
	{
		HASHCTL control = {.keysize = sizeof(plan_key), .entrysize = sizeof(plan_entry)};

		plans = hash_create("crm look-ups", 32, &control, HASH_ELEM | HASH_BLOBS);
	}
	if (hash_get_num_entries(plans) >= MOST_PLANS &&
		hash_search(plans, &key, HASH_FIND, NULL) == NULL)
		forget_all();
	entry = hash_search(plans, &key, HASH_ENTER, &found);
	if (!found)
		entry->plan = NULL;
	return entry;
}

/* A plan that is running stays until its user has released it. */
static void
forget_all(void)
{
	HASH_SEQ_STATUS scan;
	plan_entry *entry;

	hash_seq_init(&scan, plans);
	while ((entry = hash_seq_search(&scan)) != NULL)
	{
		if (entry->plan != NULL)
			crm_lookup_plan_release(entry->plan);
		hash_search(plans, &entry->key, HASH_REMOVE, NULL);
	}
}

static crm_lookup_plan *
prepare(const crm_lookup_target *target, const char *sql)
{
	Oid types[] = {target->key_type};
	/* Which value is sought says nothing about how to seek it. */
	SPIPlanPtr plan = SPI_prepare_cursor(sql, 1, types, CURSOR_OPT_GENERIC_PLAN);
	MemoryContext old;
	crm_lookup_plan *kept;

	if (plan == NULL)
		elog(ERROR, "SPI_prepare failed: %s", SPI_result_code_string(SPI_result));
	SPI_keepplan(plan);
	old = MemoryContextSwitchTo(TopMemoryContext);
	kept = palloc0(sizeof(crm_lookup_plan));
	kept->plan = plan;
	kept->sql = pstrdup(sql);
	kept->key_type = types[0];
	kept->type = target->column_type;
	kept->users = 1;
	MemoryContextSwitchTo(old);
	return kept;
}

/* The cast does nothing but make the SQL differ once a column is retyped. */
static char *
sql_of(const crm_lookup_target *target)
{
	return psprintf("SELECT t.%s FROM %s AS t WHERE t.%s %s $1::%s -- %u",
					quote_identifier(target->column_name),
					quote_qualified_identifier(target->schema, target->table),
					quote_identifier(target->key_name), crm_source_equality(target->key_type),
					crm_source_type_name(target->key_type), target->column_type);
}

static bool
receive(TupleTableSlot *slot, DestReceiver *self)
{
	least_text *least = (least_text *) self;
	bool isnull;
	Datum value = slot_getattr(slot, 1, &isnull);
	MemoryContext old;
	char *text;

	if (isnull)
		return true;
	old = MemoryContextSwitchTo(least->context);
	text = crm_lookup_value_text(least->type, value);
	MemoryContextSwitchTo(old);
	if (least->text == NULL || strcmp(text, least->text) < 0)
	{
		if (least->text != NULL)
			pfree(least->text);
		least->text = text;
	}
	else
		pfree(text);
	return true;
}

static void
start(DestReceiver *self, int operation, TupleDesc desc)
{
}

static void
finish(DestReceiver *self)
{
}
