/* extension.c - long work against the removal of the extension beneath it. */
/*
 * By the lock that DROP EXTENSION takes. Without it the two would meet at the departments' tables,
 * each holding what the other wants.
 */
#include "postgres.h"

#include "catalog/pg_extension.h"
#include "commands/extension.h"
#include "fmgr.h"
#include "storage/lmgr.h"

#include "base/base.h"
#include "base/extension.h"

PG_FUNCTION_INFO_V1(crm_lock_extension);

static void
lock_extension(LOCKMODE mode)
{
	Oid extension = get_extension_oid("crm", true);

	if (OidIsValid(extension))
		LockDatabaseObject(ExtensionRelationId, extension, 0, mode);
	if (!OidIsValid(extension) || get_extension_oid("crm", true) != extension)
		ereport(ERROR, (errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
						errmsg("extension \"crm\" has been removed meanwhile"),
						errdetail("What was going on ends here; nothing of it is left.")));
}

void
crm_extension_hold(void)
{
	lock_extension(AccessShareLock);
}

/* Waits until nobody holds it. */
Datum
crm_lock_extension(PG_FUNCTION_ARGS)
{
	lock_extension(AccessExclusiveLock);
	PG_RETURN_VOID();
}
