/* amount.c - amounts that grow, and whether they can be read as plain numbers on this server. */
#include "postgres.h"

#include "common/int.h"
#include "utils/builtins.h"
#include "utils/memutils.h"

#include "base/amount.h"

bool crm_amount_readable = false;

static bool reads(const char *text, int64 expected, int places);
static Numeric add(Numeric a, Numeric b);

/* Once a backend, and cheap. */
void
crm_amount_init(void)
{
	crm_amount_readable = true;
	crm_amount_readable = reads("0", 0, 0) && reads("0.00", 0, 2) && reads("1", 10000, 0) &&
						  reads("-12.5", -125000, 1) && reads("10000.0001", 100000001, 4) &&
						  reads("123456789012.3456", INT64CONST(1234567890123456), 4) &&
						  reads("20000", 200000000, 0) && reads("0.0100", 100, 4);
}

static bool
reads(const char *text, int64 expected, int places)
{
	Numeric number = DatumGetNumeric(DirectFunctionCall3(
		numeric_in, CStringGetDatum(text), ObjectIdGetDatum(InvalidOid), Int32GetDatum(-1)));
	int64 key;
	bool right =
		crm_amount_key(number, &key) && key == expected && crm_amount_places(number) == places;

	pfree(number);
	return right;
}

int
crm_amount_compare(Numeric a, Numeric b)
{
	int64 key_a;
	int64 key_b;

	if (crm_amount_key(a, &key_a) && crm_amount_key(b, &key_b))
		return key_a < key_b ? -1 : key_a > key_b;
	return DatumGetInt32(DirectFunctionCall2(numeric_cmp, NumericGetDatum(a), NumericGetDatum(b)));
}

void
crm_amount_add(crm_amount_sum *sum, Numeric amount, MemoryContext context)
{
	MemoryContext old;
	Numeric before = sum->whole;
	int64 key;
	int64 more;

	if (crm_amount_key(amount, &key) && !pg_add_s64_overflow(sum->more, key, &more))
	{
		sum->more = more;
		sum->places = Max(sum->places, crm_amount_places(amount));
		return;
	}
	old = MemoryContextSwitchTo(context);
	sum->whole = add(before, amount);
	MemoryContextSwitchTo(old);
	pfree(before);
}

/* The server's own sum shows as many places as the addend that has most. */
Numeric
crm_amount_total(const crm_amount_sum *sum)
{
	Numeric more;

	if (sum->whole == NULL || (sum->more == 0 && sum->places == 0))
		return sum->whole;
	more = DatumGetNumeric(DirectFunctionCall2(
		numeric_round, NumericGetDatum(int64_div_fast_to_numeric(sum->more, CRM_AMOUNT_PLACES)),
		Int32GetDatum(sum->places)));
	return add(sum->whole, more);
}

static Numeric
add(Numeric a, Numeric b)
{
	return DatumGetNumeric(
		DirectFunctionCall2(numeric_add, NumericGetDatum(a), NumericGetDatum(b)));
}
