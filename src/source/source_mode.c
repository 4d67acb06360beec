/* source_mode.c - when changes of a source are resolved: later, or in the writing transaction. */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "fmgr.h"
#include "utils/builtins.h"

#include "act/act_own.h"
#include "base/base.h"
#include "source/source_mode.h"
#include "source/source_registry.h"
#include "source/source_table.h"
#include "source/source_trigger.h"

PG_FUNCTION_INFO_V1(crm_set_source_mode);

static void check_mode(const crm_source *source, const char *mode);

/*
 * Capture reads the mode from the registry, so the department's table is not touched and nobody is
 * kept from it. To leave the department's transactions alone needs no right to its table; to put
 * work into them does, as it did when the source was registered.
 */
Datum
crm_set_source_mode(PG_FUNCTION_ARGS)
{
	crm_source *source;
	char *mode = text_to_cstring(PG_GETARG_TEXT_PP(1));

	crm_decide(fcinfo, "process.policy");
	source = crm_source_find(text_to_cstring(PG_GETARG_TEXT_PP(0)));
	check_mode(source, mode);
	if (strcmp(mode, "inline") == 0)
		(void) crm_source_check_table(crm_source_qualified(source));
	crm_source_set_mode(source->source_id, mode);
	PG_RETURN_TEXT_P(cstring_to_text(crm_source_label(source->schema, source->table)));
}

static void
check_mode(const crm_source *source, const char *mode)
{
	char *label = crm_source_label(source->schema, source->table);

	if (strcmp(mode, "watch") != 0 && strcmp(mode, "inline") != 0)
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("mode \"%s\" of source \"%s\" is unknown", mode, label),
						errhint("Modes are watch (resolved by crm.resolve()) and inline (in the "
								"writing transaction).")));
	if (strcmp(mode, "inline") == 0 && !crm_source_has_triggers(source->relation_kind))
		ereport(ERROR,
				(errcode(ERRCODE_WRONG_OBJECT_TYPE),
				 errmsg("source \"%s\" cannot be inline", label),
				 errdetail("A view or foreign table has no trigger that could see its changes."),
				 errhint("CALL crm.sync(%s) finds what changed.", quote_literal_cstr(label))));
}

void
crm_source_set_mode(int32 source_id, const char *mode)
{
	crm_user before = crm_become(crm_owner(), 0);
	int nest_level = crm_source_pin();
	Oid types[] = {INT4OID, TEXTOID};
	Datum values[] = {Int32GetDatum(source_id), CStringGetTextDatum(mode)};

	SPI_connect();
	crm_source_execute("UPDATE crm_internal.source SET mode = $2 "
					   "WHERE (source_id = $1 OR root_id = $1) AND mode <> $2",
					   2, types, values, NULL, SPI_OK_UPDATE);
	SPI_finish();
	crm_source_unpin(nest_level);
	crm_restore_user(before);
}
