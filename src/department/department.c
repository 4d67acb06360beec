/* department.c - which departments there are. */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "utils/builtins.h"

#include "base/base.h"
#include "department/department.h"

/* Not read-only: the statement that adds a source may have added the department just before. */
bool
crm_department_exists(const char *name)
{
	crm_user before = crm_become(crm_owner(), 0);
	Oid types[] = {TEXTOID};
	Datum values[] = {CStringGetTextDatum(name)};
	bool exists;

	SPI_connect();
	if (SPI_execute_with_args("SELECT 1 FROM crm_internal.department "
							  "WHERE name OPERATOR(pg_catalog.=) $1",
							  1, types, values, NULL, false, 1) != SPI_OK_SELECT)
		elog(ERROR, "reading crm_internal.department failed");
	exists = SPI_processed > 0;
	SPI_finish();
	crm_restore_user(before);
	return exists;
}
