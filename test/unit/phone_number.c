/* phone_number.c - international writing of telephone numbers; oracle: libphonenumber's examples.
 */
#include "types/phone_number.h"

#include "tap.h"

typedef struct example
{
	const char *text;
	const char *parsed; /* or a part of the reason */
} example;

static const example good[] = {
	{"+31612345678", "+31612345678"},
	{"+31 (0)6-1234 5678", "+31612345678"},
	{"0031 6 12345678", "+31612345678"},
	{"00 31-6.12/345678", "+31612345678"},
	{"(+31) 6 12345678", "+31612345678"},
	{"  +31\xC2\xA0"
	 "6\xE2\x80\x93"
	 "12345678\n",
	 "+31612345678"},
	{"tel:+31-6-1234-5678", "+31612345678"},
	{"TEL:+31612345678;x-label=mobile", "+31612345678"},
	{"+1 (212) 555-1234", "+12125551234"},
	{"+44 (0)20 7946 0958", "+442079460958"},
	{"+39 (0)6 698 12345", "+390669812345"}, /* in Italy the zero stays */
	{"+39 06 698 12345", "+390669812345"},
	{"+378 0549 886377", "+3780549886377"},
	{"+225 07 01 23 45 67", "+2250701234567"},
	{"+800 1234 5678", "+80012345678"},
	{"+683 4002", "+6834002"},
	{"+49 30 12345678901", "+493012345678901"},
};

static const example bad[] = {
	{"", "empty"},
	{" - ", "empty"},
	{"0612345678", "must begin with"},
	{"612345678", "must begin with"},
	{"tel:0612345678", "must begin with"},
	{"+31 6 CALL NOW", "letters"},
	{"+31 20 1234567 ext. 5", "extension"},
	{"+31 20 1234567x5", "extension"},
	{"+31 20 1234567#5", "extension"},
	{"tel:+31201234567;ext=5", "extension"},
	{"+31 20 1234567;ext=5", "extension"},
	{"+31+6 12345678", "\"+\""},
	{"+31 6 1234*5678", "neither a digit"},
	{"+316123", "fewer than 7"}, /* 6 digits */
	{"+31612345678901234", "more than 15"},
	{"+999 1234567", "calling code"},
	{"+210 1234567", "calling code"},
	{"+0 31612345678", "calling code"},
	{"+31 06 12345678", "trunk digit"},
	{"+1 112 555 1234", "area codes"},
	{"0011 31 6 12345678", "11 digits"}, /* the exit code of Australia is no American number */
	{"+7 495 123", "11 digits"},
};

static bool
parse(const char *text, char *out)
{
	const char *reason;
	crm_phone phone;

	if (!crm_phone_parse_international(text, strlen(text), &phone, &reason))
	{
		strcpy(out, reason);
		return false;
	}
	ok(crm_phone_is_well_formed(phone), "the value is well formed");
	crm_phone_format(phone, out);
	return true;
}

int
main(void)
{
	char out[200];

	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++)
	{
		parse(good[i].text, out);
		is(out, good[i].parsed, good[i].text);
	}
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		if (!ok(!parse(bad[i].text, out) && strstr(out, bad[i].parsed) != NULL, "%s: %s",
				bad[i].text, bad[i].parsed))
			printf("# %s\n", out);
	ok(!crm_phone_is_well_formed(31612345678), "a number without the format is refused");
	ok(!crm_phone_is_well_formed(CRM_PHONE_FORMAT << 1 | 31612345678), "of another format, too");
	ok(!crm_phone_is_well_formed(CRM_PHONE_FORMAT | 9991234567), "of no country, too");
	ok(!crm_phone_is_well_formed(CRM_PHONE_FORMAT | (CRM_PHONE_FORMAT - 1)), "too long, too");
	return done();
}
