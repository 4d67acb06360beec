/* source_guarded.c - touches a departmental table as its owner and survives what goes wrong. */
#include "postgres.h"

#include "access/xact.h"
#include "catalog/pg_class.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/rel.h"
#include "utils/resowner.h"
#include "utils/snapmgr.h"
#include "utils/syscache.h"

#include "base/base.h"
#include "source/source_read.h"
#include "source/source_table.h"

static void run_as_owner(const crm_source *source, void (*work)(void *), void *arg);
static Oid table_owner(const crm_source *source);
static bool is_raised(const ErrorData *error);
static bool quotes_values(const char *format);

ErrorData *
crm_source_guarded(const crm_source *source, void (*work)(void *), void *arg)
{
	MemoryContext context = CurrentMemoryContext;
	ResourceOwner owner = CurrentResourceOwner;
	ErrorData *volatile error = NULL;

	BeginInternalSubTransaction(NULL);
	MemoryContextSwitchTo(context);
	PG_TRY();
	{
		run_as_owner(source, work, arg);
		ReleaseCurrentSubTransaction();
	}
	PG_CATCH();
	{
		MemoryContextSwitchTo(context);
		error = CopyErrorData();
		FlushErrorState();
		RollbackAndReleaseCurrentSubTransaction();
	}
	PG_END_TRY();
	MemoryContextSwitchTo(context);
	CurrentResourceOwner = owner;
	if (error && is_raised(error))
		ReThrowError(error);
	return error;
}

bool
crm_source_is_broken(const ErrorData *error)
{
	static const int classes[] = {
		ERRCODE_SYNTAX_ERROR_OR_ACCESS_RULE_VIOLATION, /* undefined, no right, wrong type */
		ERRCODE_INVALID_SCHEMA_NAME,
		ERRCODE_FEATURE_NOT_SUPPORTED,
		ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE, /* a materialized view never filled */
		ERRCODE_FDW_ERROR,
		ERRCODE_CONNECTION_EXCEPTION,
		ERRCODE_INVALID_AUTHORIZATION_SPECIFICATION,
	};

	for (int i = 0; i < lengthof(classes); i++)
		if (ERRCODE_TO_CATEGORY(error->sqlerrcode) == ERRCODE_TO_CATEGORY(classes[i]))
			return true;
	return false;
}

/* The message's format with an ellipsis for each value: a value may be a person's. */
char *
crm_source_error_text(const ErrorData *error)
{
	const char *format = error->message_id ? error->message_id : "";
	StringInfoData text;

	if (!quotes_values(format))
		return pstrdup(format);
	initStringInfo(&text);
	for (const char *p = format; *p != '\0'; p++)
	{
		if (*p != '%')
		{
			appendStringInfoChar(&text, *p);
			continue;
		}
		p += 1 + strspn(p + 1, "0123456789.*-+ #hlzjt$");
		appendStringInfoString(&text, *p == '%' ? "%" : "...");
		if (*p == '\0')
			break;
	}
	if (strspn(text.data, ". ") == text.len)
		return pstrdup("an expression of the mapping raised an error");
	return text.data;
}

void
crm_source_raise_marked(const crm_source *source, int level)
{
	if (source == NULL)
		return;
	ereport(level, (errcode(ERRCODE_CRM_SOURCE_NEEDS_ATTENTION),
					errmsg("source \"%s.%s\" needs attention", source->schema, source->table),
					source->attention ? errdetail("%s", source->attention) : 0,
					errhint("SELECT needs_attention, repair FROM crm.source_status says which "
							"statement repairs it.")));
}

void
crm_source_mark_broken(const crm_source *source, const ErrorData *error)
{
	crm_source *root = source->root_id ? crm_source_load(source->root_id) : NULL;
	char *label = crm_source_label(source->schema, source->table);
	char *root_label = root ? crm_source_label(root->schema, root->table) : label;

	crm_source_mark(source->root_id ? source->root_id : source->source_id,
					psprintf("\"%s\" cannot be read: %s", label, error->message),
					psprintf("CALL crm.sync(%s);", quote_literal_cstr(root_label)));
}

void
crm_source_raise_unreadable(Relation relation, const ErrorData *error, const char *hint)
{
	ereport(ERROR,
			(errcode(error->sqlerrcode),
			 errmsg("\"%s.%s\" cannot be read as its owner: %s",
					get_namespace_name(RelationGetNamespace(relation)),
					RelationGetRelationName(relation),
					crm_source_is_broken(error) ? error->message : crm_source_error_text(error)),
			 hint ? errhint("%s", hint) : 0));
}

void
crm_source_raise_broken(const crm_source *source, const ErrorData *error)
{
	ereport(ERROR, (errcode(ERRCODE_CRM_SOURCE_NEEDS_ATTENTION),
					errmsg("source \"%s.%s\" needs attention", source->schema, source->table),
					errdetail("It cannot be read: %s.", error->message),
					errhint("SELECT needs_attention, repair FROM crm.source_status says which "
							"statement repairs it.")));
}

static void
run_as_owner(const crm_source *source, void (*work)(void *), void *arg)
{
	crm_user before;
	int nest_level;

	CommandCounterIncrement();
	before = crm_become(table_owner(source), SECURITY_NOFORCE_RLS | SECURITY_RESTRICTED_OPERATION);
	nest_level = crm_source_pin();
	SPI_connect();
	PushActiveSnapshot(GetLatestSnapshot());
	work(arg);
	PopActiveSnapshot();
	SPI_finish();
	crm_source_unpin(nest_level);
	crm_restore_user(before);
}

/* Found as it is by the system: the caller need not be able to enter the schema. */
static Oid
table_owner(const crm_source *source)
{
	Oid relation = crm_source_table_id(source);
	HeapTuple tuple = SearchSysCache1(RELOID, ObjectIdGetDatum(relation));
	Oid owner;

	if (!HeapTupleIsValid(tuple))
		ereport(ERROR, (errcode(ERRCODE_UNDEFINED_TABLE), errmsg("table does not exist")));
	owner = ((Form_pg_class) GETSTRUCT(tuple))->relowner;
	ReleaseSysCache(tuple);
	/* Another owner's functions would act with the rights of this one. */
	if (source->owner && strcmp(source->owner, GetUserNameFromId(owner, false)) != 0)
		ereport(ERROR, (errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
						errmsg("it belonged to \"%s\" when it was registered, and now to \"%s\"",
							   source->owner, GetUserNameFromId(owner, false))));
	return owner;
}

/* What says nothing about the source or its rows goes to whoever asked. */
static bool
is_raised(const ErrorData *error)
{
	int category = ERRCODE_TO_CATEGORY(error->sqlerrcode);

	return category == ERRCODE_TO_CATEGORY(ERRCODE_OPERATOR_INTERVENTION) ||
		   category == ERRCODE_TO_CATEGORY(ERRCODE_INSUFFICIENT_RESOURCES) ||
		   category == ERRCODE_TO_CATEGORY(ERRCODE_TRANSACTION_ROLLBACK) ||
		   category == ERRCODE_TO_CATEGORY(ERRCODE_SYSTEM_ERROR) ||
		   error->sqlerrcode == ERRCODE_LOCK_NOT_AVAILABLE;
}

static bool
quotes_values(const char *format)
{
	return strchr(format, '%') != NULL;
}
