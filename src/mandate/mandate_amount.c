/* mandate_amount.c - whether amounts can be read as plain numbers on this server. */
#include "postgres.h"

#include "utils/builtins.h"

#include "mandate/mandate_amount.h"

bool crm_amount_readable = false;

static bool reads(const char *text, int64 expected);

/* Once a backend, and cheap. */
void
crm_amount_init(void)
{
	crm_amount_readable = true;
	crm_amount_readable = reads("0", 0) && reads("0.00", 0) && reads("1", 10000) &&
						  reads("-12.5", -125000) && reads("10000.0001", 100000001) &&
						  reads("123456789012.3456", INT64CONST(1234567890123456)) &&
						  reads("20000", 200000000) && reads("0.0100", 100);
}

static bool
reads(const char *text, int64 expected)
{
	Numeric number = DatumGetNumeric(DirectFunctionCall3(
		numeric_in, CStringGetDatum(text), ObjectIdGetDatum(InvalidOid), Int32GetDatum(-1)));
	int64 key;
	bool right = crm_amount_key(number, &key) && key == expected;

	pfree(number);
	return right;
}
