/* phone_number_rule.c - international writing of telephone numbers (E.164, RFC 3966).
 *
 * Only what needs no knowledge of a country's plan is decided here: the exit code 00, the trunk
 * digit written (0), an assigned country calling code, the length. Letters are errors, since a
 * number spelled on a keypad means another number in another country, and so is an extension,
 * which the type cannot hold and must not lose unseen.
 */
#include "types/phone_number.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#define DIGITS_MIN 7
#define DIGITS_MAX 15

typedef struct reader
{
	const char *text;
	size_t length;
	size_t at;
	char digits[DIGITS_MAX];
	size_t count;
	bool uri; /* tel:, which may end with parameters */
	const char *reason;
} reader;

/*
 * Assigned country calling codes by their first two digits: "" is a code itself, otherwise the
 * third digits in use (ITU-T E.164, list of assigned codes; networks 87x, 88x and 979 included).
 */
static const char *const third_digits[100] = {
	[20] = "",           [21] = "12368",      [22] = "0123456789", [23] = "0123456789",
	[24] = "0123456789", [25] = "012345678",  [26] = "0123456789", [27] = "",
	[29] = "01789",      [30] = "",           [31] = "",           [32] = "",
	[33] = "",           [34] = "",           [35] = "0123456789", [36] = "",
	[37] = "0123456789", [38] = "01235679",   [39] = "",           [40] = "",
	[41] = "",           [42] = "013",        [43] = "",           [44] = "",
	[45] = "",           [46] = "",           [47] = "",           [48] = "",
	[49] = "",           [50] = "0123456789", [51] = "",           [52] = "",
	[53] = "",           [54] = "",           [55] = "",           [56] = "",
	[57] = "",           [58] = "",           [59] = "0123456789", [60] = "",
	[61] = "",           [62] = "",           [63] = "",           [64] = "",
	[65] = "",           [66] = "",           [67] = "023456789",  [68] = "012356789",
	[69] = "012",        [80] = "08",         [81] = "",           [82] = "",
	[84] = "",           [85] = "02356",      [86] = "",           [87] = "08",
	[88] = "012368",     [90] = "",           [91] = "",           [92] = "",
	[93] = "",           [94] = "",           [95] = "",           [96] = "012345678",
	[97] = "012345679",  [98] = "",           [99] = "234568",
};

/* Length of the country calling code, 0 if no such code is assigned. */
static size_t
country_code_length(const char *digits, size_t count)
{
	const char *third;

	if (count < 3)
		return 0;
	if (digits[0] == '1' || digits[0] == '7')
		return 1;
	third = third_digits[(digits[0] - '0') * 10 + (digits[1] - '0')];
	if (third == NULL)
		return 0;
	if (*third == '\0')
		return 2;
	return strchr(third, digits[2]) != NULL ? 3 : 0;
}

static bool
fail(reader *r, const char *reason)
{
	r->reason = reason;
	return false;
}

static bool
ahead(const reader *r, const char *text)
{
	size_t length = strlen(text);

	return r->length - r->at >= length && strncasecmp(r->text + r->at, text, length) == 0;
}

/* Length of the separator at the current place, 0 if there is none. */
static size_t
separator(const reader *r)
{
	/* no-break and narrow spaces, the hyphens and dashes, as word processors put them */
	static const char *const wide[] = {"\xC2\xA0",     "\xE2\x80\xAF", "\xE2\x80\x90",
									   "\xE2\x80\x91", "\xE2\x80\x92", "\xE2\x80\x93",
									   "\xE2\x80\x94", "\xE2\x88\x92"};

	if (strchr(" \t\r\n-./()", r->text[r->at]) != NULL && r->text[r->at] != '\0')
		return 1;
	for (size_t i = 0; (unsigned char) r->text[r->at] >= 0x80 && i < sizeof(wide) / sizeof(wide[0]);
		 i++)
		if (ahead(r, wide[i]))
			return strlen(wide[i]);
	return 0;
}

static void
skip_separators(reader *r)
{
	size_t length;

	while (r->at < r->length && (length = separator(r)) > 0)
		r->at += length;
}

static bool
read_beginning(reader *r)
{
	skip_separators(r);
	r->uri = ahead(r, "tel:");
	if (r->uri)
		r->at += 4;
	skip_separators(r);
	if (r->at >= r->length)
		return fail(r, "the number is empty");
	if (r->text[r->at] == '+')
		r->at++;
	else if (ahead(r, "00") && !r->uri)
		r->at += 2;
	else
		return fail(r, "it must begin with \"+\" or \"00\" and a country calling code");
	return true;
}

/* "(0)" is the trunk digit of a call from within; in Italy the zero is part of the number. */
static size_t
trunk_digit(const reader *r)
{
	bool italy = r->count >= 2 && r->digits[0] == '3' && r->digits[1] == '9';

	if (r->count == 0 || r->count > 3 || italy || !ahead(r, "(0)"))
		return 0;
	return 3;
}

static const char *
foreign_reason(const reader *r)
{
	char c = r->text[r->at];

	if (c == ';' || c == '#' || c == ',' || ahead(r, "x") || ahead(r, "ext"))
		return "an extension is not part of the number";
	if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'))
		return "letters are not allowed";
	if (c == '+')
		return "\"+\" is allowed at the beginning only";
	return "a character is neither a digit nor a separator";
}

/* The parameters of a tel: URI say nothing about the number, but for those that extend it. */
static bool
at_parameters(reader *r)
{
	if (!r->uri || r->text[r->at] != ';')
		return false;
	for (; r->at < r->length; r->at++)
		if (ahead(r, ";ext=") || ahead(r, ";isub="))
			return false;
	return true;
}

static bool
read_digits(reader *r)
{
	while (r->at < r->length)
	{
		char c = r->text[r->at];
		size_t skip;

		if (c >= '0' && c <= '9')
		{
			if (r->count == DIGITS_MAX)
				return fail(r, "it has more than 15 digits");
			r->digits[r->count++] = c;
			r->at++;
			continue;
		}
		if (at_parameters(r))
			break;
		skip = trunk_digit(r);
		if (skip == 0)
			skip = separator(r);
		if (skip == 0)
			return fail(r, foreign_reason(r));
		r->at += skip;
	}
	return true;
}

/* Countries without a trunk digit, some of whose numbers begin with a zero. */
static bool
zero_is_significant(const char *digits, size_t code_length)
{
	static const char *const codes[] = {"39",  "47",  "225", "227", "241", "242", "267",
										"268", "378", "501", "676", "679", "687", "853"};

	for (size_t i = 0; i < sizeof(codes) / sizeof(codes[0]); i++)
		if (strlen(codes[i]) == code_length && memcmp(codes[i], digits, code_length) == 0)
			return true;
	return false;
}

static bool
check_digits(reader *r)
{
	size_t code = country_code_length(r->digits, r->count);

	if (r->count < DIGITS_MIN)
		return fail(r, "it has fewer than 7 digits");
	if (code == 0)
		return fail(r, "no country has this calling code");
	if (code == 1 && r->count != 11)
		return fail(r, "numbers of this country have 11 digits with the calling code");
	if (r->digits[0] == '1' && r->digits[1] < '2')
		return fail(r, "area codes of this country begin with 2 to 9");
	if (r->digits[code] == '0' && !zero_is_significant(r->digits, code))
		return fail(r, "the trunk digit 0 is left out, or written (0), after the calling code");
	return true;
}

bool
crm_phone_parse_international(const char *text, size_t length, crm_phone *out, const char **reason)
{
	reader r = {text, length, 0, {0}, 0, false, NULL};
	crm_phone value = 0;

	if (!read_beginning(&r) || !read_digits(&r) || !check_digits(&r))
	{
		*reason = r.reason;
		return false;
	}
	for (size_t i = 0; i < r.count; i++)
		value = value * 10 + (crm_phone) (r.digits[i] - '0');
	*out = value | CRM_PHONE_FORMAT;
	return true;
}

bool
crm_phone_is_well_formed(crm_phone phone)
{
	char text[CRM_PHONE_SIZE];
	const char *reason;
	crm_phone again;

	if ((phone & CRM_PHONE_FORMAT_MASK) != CRM_PHONE_FORMAT ||
		(phone & ~CRM_PHONE_FORMAT_MASK) >= UINT64_C(1000000000000000))
		return false;
	return crm_phone_parse_international(text, crm_phone_format(phone, text), &again, &reason) &&
		   again == phone;
}

size_t
crm_phone_format(crm_phone phone, char out[CRM_PHONE_SIZE])
{
	char reversed[CRM_PHONE_SIZE];
	crm_phone digits = phone & ~CRM_PHONE_FORMAT_MASK;
	size_t count = 0;
	size_t length = 0;

	do
		reversed[count++] = (char) ('0' + digits % 10);
	while ((digits /= 10) > 0 && count < DIGITS_MAX + 1);
	out[length++] = '+';
	while (count > 0)
		out[length++] = reversed[--count];
	out[length] = '\0';
	return length;
}
