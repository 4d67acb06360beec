/* key_text.c - the canonical text of a departmental row's key. */
/*
 * One column: what `column::text` gives; several: jsonb_build_array(a::text, b::text)::text, both
 * under crm_key_settings(), so that a session's DateStyle makes no second key of one row. Integers
 * and text, nearly all keys there are, go without a function call.
 */
#include "postgres.h"

#include "access/transam.h"
#include "access/xact.h"
#include "catalog/pg_collation.h"
#include "catalog/pg_proc.h"
#include "catalog/pg_type.h"
#include "miscadmin.h"
#include "parser/parse_coerce.h"
#include "utils/builtins.h"
#include "utils/guc.h"
#include "utils/json.h"
#include "utils/lsyscache.h"
#include "utils/syscache.h"

#include "base/base.h"
#include "source/key_text.h"

#define LONGEST_INT8 21

static const struct
{
	const char *name;
	const char *value;
} key_settings[] = {
	{"search_path", "pg_catalog, pg_temp"},
	{"datestyle", "ISO, YMD"},
	{"intervalstyle", "postgres"},
	{"extra_float_digits", "1"},
	{"bytea_output", "hex"},
	{"timezone", "UTC"},
	{"lc_monetary", "C"},
};

int
crm_key_settings(void)
{
	int nest_level = NewGUCNestLevel();

	for (int i = 0; i < lengthof(key_settings); i++)
		(void) set_config_option(key_settings[i].name, key_settings[i].value, PGC_USERSET,
								 PGC_S_SESSION, GUC_ACTION_SAVE, true, 0, false);
	return nest_level;
}

static bool
has_fixed_text(Oid type)
{
	switch (type)
	{
		case INT2OID:
		case INT4OID:
		case INT8OID:
		case OIDOID:
		case TEXTOID:
		case VARCHAROID:
		case BPCHAROID:
		case NAMEOID:
		case CHAROID:
		case BOOLOID:
		case UUIDOID:
		case NUMERICOID:
		case INETOID:
		case CIDROID:
		case MACADDROID:
		case MACADDR8OID:
			return true;
		default:
			return get_typtype(type) == TYPTYPE_ENUM;
	}
}

/* Unlike the others these need no function. */
static bool
has_short_road(Oid type, crm_key_road *road)
{
	switch (type)
	{
		case INT2OID:
			*road = CRM_KEY_INT2;
			return true;
		case INT4OID:
			*road = CRM_KEY_INT4;
			return true;
		case INT8OID:
			*road = CRM_KEY_INT8;
			return true;
		case TEXTOID:
		case VARCHAROID:
			*road = CRM_KEY_TEXT;
			return true;
		default:
			return false;
	}
}

/*
 * A cast of its own (boolean, char(n), inet) writes other text than the output function. One that
 * the owner of a type has made would run with the rights of whoever writes or reads the row, so it
 * is none to go by.
 */
static CoercionPathType
text_pathway(Oid base, Oid *function)
{
	CoercionPathType path = find_coercion_pathway(TEXTOID, base, COERCION_EXPLICIT, function);
	HeapTuple tuple;
	Oid owner;

	if (path != COERCION_PATH_FUNC || *function < FirstNormalObjectId)
		return path;
	tuple = SearchSysCache1(PROCOID, ObjectIdGetDatum(*function));
	owner = HeapTupleIsValid(tuple) ? ((Form_pg_proc) GETSTRUCT(tuple))->proowner : InvalidOid;
	if (HeapTupleIsValid(tuple))
		ReleaseSysCache(tuple);
	return superuser_arg(owner) ? path : COERCION_PATH_COERCEVIAIO;
}

bool
crm_key_is_cast(Oid type)
{
	Oid function;

	return text_pathway(getBaseType(type), &function) != COERCION_PATH_COERCEVIAIO;
}

void
crm_key_column_init(crm_key_column *column, AttrNumber attribute, Oid type, MemoryContext context)
{
	Oid base = getBaseType(type);
	Oid function = InvalidOid;
	bool varlena;

	memset(column, 0, sizeof(*column));
	column->attribute = attribute;
	if (has_short_road(base, &column->road))
		return;

	switch (text_pathway(base, &function))
	{
		case COERCION_PATH_RELABELTYPE:
			column->road = CRM_KEY_TEXT;
			return;
		case COERCION_PATH_FUNC:
			column->road = CRM_KEY_BY_CAST;
			break;
		default:
			column->road = CRM_KEY_BY_OUTPUT;
			getTypeOutputInfo(base, &function, &varlena);
	}
	fmgr_info_cxt(function, &column->function, context);
	column->may_fail = base >= FirstNormalObjectId &&
					   (get_typtype(base) != TYPTYPE_ENUM || column->road == CRM_KEY_BY_CAST);
	column->needs_settings = !has_fixed_text(base);
}

static void
append_text_datum(Datum value, StringInfo text)
{
	struct varlena *plain = PG_DETOAST_DATUM_PACKED(value);

	appendBinaryStringInfo(text, VARDATA_ANY(plain), VARSIZE_ANY_EXHDR(plain));
	if ((Pointer) plain != DatumGetPointer(value))
		pfree(plain);
}

void
crm_key_append(crm_key_column *column, Datum value, StringInfo text)
{
	char digits[LONGEST_INT8];
	char *written;

	switch (column->road)
	{
		case CRM_KEY_INT2:
			appendBinaryStringInfo(text, digits, pg_itoa(DatumGetInt16(value), digits));
			break;
		case CRM_KEY_INT4:
			appendBinaryStringInfo(text, digits, pg_ltoa(DatumGetInt32(value), digits));
			break;
		case CRM_KEY_INT8:
			appendBinaryStringInfo(text, digits, pg_lltoa(DatumGetInt64(value), digits));
			break;
		case CRM_KEY_TEXT:
			append_text_datum(value, text);
			break;
		case CRM_KEY_BY_CAST:
			append_text_datum(FunctionCall1Coll(&column->function, DEFAULT_COLLATION_OID, value),
							  text);
			break;
		case CRM_KEY_BY_OUTPUT:
			written = OutputFunctionCall(&column->function, value);
			appendStringInfoString(text, written);
			pfree(written);
			break;
	}
}

static bool
append_composite(crm_key_column *columns, int ncolumns, TupleTableSlot *row, StringInfo text)
{
	StringInfoData one;

	initStringInfo(&one);
	appendStringInfoChar(text, '[');
	for (int i = 0; i < ncolumns; i++)
	{
		bool isnull;
		Datum value = slot_getattr(row, columns[i].attribute, &isnull);

		if (i > 0)
			appendStringInfoString(text, ", ");
		if (isnull)
			return false;
		resetStringInfo(&one);
		crm_key_append(&columns[i], value, &one);
		escape_json(text, one.data);
	}
	appendStringInfoChar(text, ']');
	pfree(one.data);
	return true;
}

bool
crm_key_text(const crm_key_column *columns, int ncolumns, TupleTableSlot *row, StringInfo text)
{
	crm_key_column *writable = (crm_key_column *) columns;
	bool isnull;
	Datum value;

	resetStringInfo(text);
	if (ncolumns > 1)
		return append_composite(writable, ncolumns, row, text);
	value = slot_getattr(row, columns[0].attribute, &isnull);
	if (isnull)
		return false;
	crm_key_append(writable, value, text);
	return true;
}
