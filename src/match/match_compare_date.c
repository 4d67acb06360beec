/* match_compare_date.c - birth dates compared. */
#include <stdlib.h>

#include "match/match_evidence.h"

#define DAYS_MONTH 35
#define DAYS_YEAR 370
#define DAYS_DECADE 3690
#define DAYS_CHILD 4750 /* a parent is thirteen to fifty years older */
#define DAYS_PARENT 18260

static int
same_digits(const crm_profile *a, const crm_profile *b)
{
	int x[8] = {a->year / 1000, a->year / 100 % 10, a->year / 10 % 10, a->year % 10,
				a->month / 10,  a->month % 10,      a->day / 10,       a->day % 10};
	int y[8] = {b->year / 1000, b->year / 100 % 10, b->year / 10 % 10, b->year % 10,
				b->month / 10,  b->month % 10,      b->day / 10,       b->day % 10};
	int same = 0;
	int first = -1;

	for (int i = 0; i < 8; i++)
	{
		if (x[i] == y[i])
			same++;
		else if (first < 0)
			first = i;
	}
	/* two neighbours swapped are one error */
	if (same == 6 && first < 7 && x[first] == y[first + 1] && x[first + 1] == y[first])
		same = 7;
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
