/* customer_value.c - golden forms of values, by kind of attribute. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "customer/customer_value.h"
#include "match/match_value.h"
#include "text/text.h"

/* The C library's own tests ask the locale. */
static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool
is_letter(char c)
{
	return c >= 'a' && c <= 'z';
}

static bool
is_date(int year, int month, int day)
{
	static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
	bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;

	if (year < 1 || year > 9999 || month < 1 || month > 12 || day < 1)
		return false;
	return day <= days[month - 1] + (month == 2 && leap);
}

/* Reads digits, a separator, digits, the same separator, digits; a time may follow. */
static bool
read_parts(const char *text, int parts[3], int widths[3], char *separator)
{
	const char *s = text;

	for (int i = 0; i < 3; i++)
	{
		parts[i] = 0;
		for (widths[i] = 0; is_digit(*s) && widths[i] < 5; s++, widths[i]++)
			parts[i] = parts[i] * 10 + (*s - '0');
		if (widths[i] == 0)
			return false;
		if (i == 0)
			*separator = *s;
		if (i < 2 && (*s == '\0' || *s++ != *separator))
			return false;
	}
	return *s == '\0' || *s == ' ' || *s == 'T';
}

/* Year first in any writing; else day first, but with slashes only where the month cannot be meant.
 */
static bool
read_date(const char *text, int *year, int *month, int *day)
{
	int parts[3];
	int widths[3];
	char separator = 0;

	if (strlen(text) == 8 && strspn(text, "0123456789") == 8)
		return sscanf(text, "%4d%2d%2d", year, month, day) == 3;
	if (!read_parts(text, parts, widths, &separator) || !strchr("-/.", separator))
		return false;
	*month = parts[1];
	if (widths[0] == 4)
	{
		*year = parts[0];
		*day = parts[2];
		return true;
	}
	if (widths[2] != 4)
		return false;
	*year = parts[2];
	*day = parts[0];
	if (separator == '/' && parts[0] <= 12 && parts[1] <= 12 && parts[0] != parts[1])
		return false; /* 03/04/1980: April or March, nobody can say */
	if (parts[1] > 12)
	{
		*day = parts[1];
		*month = parts[0];
	}
	return true;
}

static bool
golden_date(const char *text, char *out)
{
	int year;
	int month;
	int day;

	if (!read_date(text, &year, &month, &day) || !is_date(year, month, day))
		return false;
	snprintf(out, CRM_VALUE_SIZE, "%04d-%02d-%02d", year, month, day);
	return true;
}

static bool
golden_email(const char *text, char *out)
{
	crm_email_error error;

	if (!crm_email_parse(text, strlen(text), out, &error))
		return false;
	for (char *s = out; *s; s++)
		if (*s >= 'A' && *s <= 'Z')
			*s += 'a' - 'A';
	return true;
}

/* A country that is written in no way that is known stays as it is. */
static bool
golden_country(const char *text, char *out)
{
	if (crm_text_country(text, out, CRM_VALUE_SIZE) != 2 || !is_letter(out[0]) ||
		!is_letter(out[1]))
		return false;
	out[0] &= ~0x20;
	out[1] &= ~0x20;
	return true;
}

static bool
golden_coordinate(const char *text, double limit, char *out)
{
	char *end;
	double number = strtod(text, &end);

	if (end == text || *end != '\0' || !isfinite(number) || fabs(number) > limit)
		return false;
	crm_write_number(number == 0 ? 0.0 : number, out, CRM_VALUE_SIZE);
	return true;
}

void
crm_write_number(double number, char *out, size_t size)
{
	for (int digits = 15; digits <= 17; digits++)
	{
		snprintf(out, size, "%.*g", digits, number);
		if (strtod(out, NULL) == number)
			return;
	}
}

const char *
crm_golden_form(crm_attribute_kind kind, const char *text, char out[CRM_VALUE_SIZE], bool *valid)
{
	*valid = true;
	switch (kind)
	{
		case CRM_KIND_EMAIL:
			*valid = golden_email(text, out);
			break;
		case CRM_KIND_DATE:
			*valid = golden_date(text, out);
			break;
		case CRM_KIND_LATITUDE:
			*valid = golden_coordinate(text, 90, out);
			break;
		case CRM_KIND_LONGITUDE:
			*valid = golden_coordinate(text, 180, out);
			break;
		case CRM_KIND_COUNTRY:
			if (!golden_country(text, out))
				return text;
			break;
		default:
			return text;
	}
	return *valid ? out : text;
}
