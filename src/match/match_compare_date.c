/* match_compare_date.c - birth dates compared. */
#include <stdlib.h>

#include "match/match_evidence.h"

#define DAYS_MONTH 35
#define DAYS_YEAR 370
#define DAYS_DECADE 3690
#define DAYS_CHILD 4750 /* a parent is thirteen to fifty years older */
#define DAYS_PARENT 18260

/* Of eight digits; two neighbours swapped are one error. */
static int
same_digits(const crm_profile *a, const crm_profile *b)
{
	static const uint64_t high = UINT64_C(0x8080808080808080);
	uint64_t apart = a->digits ^ b->digits;
	uint64_t differ = (apart + ~high) & high; /* a digit is below 128 */
	int same = 8 - __builtin_popcountll(differ);

	if (same == 6)
	{
		int first = __builtin_ctzll(differ) / 8 * 8;
		uint64_t x = a->digits >> first & 0xffff;
		uint64_t y = b->digits >> first & 0xffff;

		if (x == (y >> 8 | (y & 0xff) << 8))
			same = 7;
	}
	return same;
}

static crm_level
date_level(const crm_profile *a, const crm_profile *b)
{
	int parts = (a->year == b->year) + (a->month == b->month) + (a->day == b->day);
	int apart = abs((a->year - b->year) * 365 + (a->month - b->month) * 30 + a->day - b->day);

	if (parts == 3)
		return CRM_DATE_EXACT;
	if (a->year == b->year && a->month == b->day && a->day == b->month)
		return CRM_DATE_SWAPPED;
	if (same_digits(a, b) >= 7)
		return CRM_DATE_CLOSE;
	if (parts == 2)
		return CRM_DATE_TWO_PARTS;
	if (apart <= DAYS_MONTH)
		return CRM_DATE_MONTH;
	if (apart <= DAYS_YEAR)
		return CRM_DATE_YEAR;
	if (apart <= DAYS_DECADE)
		return CRM_DATE_DECADE;
	return apart <= DAYS_CHILD || apart > DAYS_PARENT ? CRM_DATE_DIFFERENT : CRM_DATE_GENERATION;
}

void
crm_compare_dates(const crm_profile *a, const crm_profile *b, crm_evidence *e)
{
	if (a->year == 0 || b->year == 0)
		return;
	crm_reach(e, date_level(a, b));
}
