/* empty_trigger.c - a row trigger that does nothing: what the server asks for any trigger at all. */
#include "postgres.h"

#include "commands/trigger.h"
#include "fmgr.h"

PG_MODULE_MAGIC;

PG_FUNCTION_INFO_V1(empty_trigger);

Datum
empty_trigger(PG_FUNCTION_ARGS)
{
	PG_RETURN_POINTER(NULL);
}
