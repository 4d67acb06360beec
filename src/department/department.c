/* department.c - registers departments. */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "fmgr.h"
#include "utils/array.h"
#include "utils/builtins.h"

#include "base/base.h"
#include "base/decide.h"
#include "department/department.h"

PG_FUNCTION_INFO_V1(crm_add_department);

static char *checked_name(FunctionCallInfo fcinfo);
static ArrayType *checked_roles(FunctionCallInfo fcinfo);
static void insert_department(const char *name, ArrayType *roles);

Datum
crm_add_department(PG_FUNCTION_ARGS)
{
	char *name = checked_name(fcinfo);
	ArrayType *roles = checked_roles(fcinfo);
	crm_user before;

	crm_decide(fcinfo, "org.model");
	if (crm_department_exists(name))
		ereport(ERROR, (errcode(ERRCODE_DUPLICATE_OBJECT),
						errmsg("department \"%s\" already exists", name),
						errhint("SELECT * FROM crm.departments lists them.")));
	before = crm_become(crm_owner(), 0);
	SPI_connect();
	insert_department(name, roles);
	SPI_finish();
	crm_restore_user(before);
	PG_RETURN_TEXT_P(cstring_to_text(name));
}

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

static char *
checked_name(FunctionCallInfo fcinfo)
{
	char *name = PG_ARGISNULL(0) ? "" : text_to_cstring(PG_GETARG_TEXT_PP(0));

	if (name[strspn(name, " \t\r\n")] == '\0')
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("a department needs a name"),
				 errhint("For example SELECT crm.add_department('sales').")));
	return name;
}

static ArrayType *
checked_roles(FunctionCallInfo fcinfo)
{
	ArrayType *roles = PG_ARGISNULL(1) ? construct_empty_array(TEXTOID) : PG_GETARG_ARRAYTYPE_P(1);

	if (ARR_NDIM(roles) > 1 || array_contains_nulls(roles))
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("roles must be a plain array of role names without NULL"),
						errhint("For example roles => '{sales_app}'.")));
	return roles;
}

/* Of two sessions that add the same name at once, the unique key refuses the second. */
static void
insert_department(const char *name, ArrayType *roles)
{
	Oid types[] = {TEXTOID, TEXTARRAYOID};
	Datum values[] = {CStringGetTextDatum(name), PointerGetDatum(roles)};

	if (SPI_execute_with_args("INSERT INTO crm_internal.department (name, roles) VALUES ($1, $2)",
							  2, types, values, NULL, false, 0) != SPI_OK_INSERT)
		elog(ERROR, "inserting into crm_internal.department failed");
}
