/* email_address.c - what is an address by RFC 5321, 5322, 6531 and UTS 46, and where it is not. */
#include "types/email_address.h"

#include "tap.h"

typedef struct example
{
	const char *text;
	const char *parsed;
} example;

static const example good[] = {
	{"simple@example.com", "simple@example.com"},
	{"  Ann.O'Neil@EXAMPLE.Org\n", "Ann.O'Neil@example.org"},
	{"user+tag@sub.domain.example", "user+tag@sub.domain.example"},
	{"!#$%&'*+-/=?^_`{|}~@x.org", "!#$%&'*+-/=?^_`{|}~@x.org"},
	{"a@localhost", "a@localhost"},
	{"a@3com.com", "a@3com.com"},
	{"a@r3---sn.example", "a@r3---sn.example"},
	{"\"john..doe\"@example.org", "\"john..doe\"@example.org"},
	{"\" \"@example.org", "\" \"@example.org"},
	{"\"a@b\"@example.org", "\"a@b\"@example.org"},
	{"\"a\\\"b\"@example.org", "\"a\\\"b\"@example.org"},
	{"a@[192.0.2.1]", "a@[192.0.2.1]"},
	{"a@[IPv6:2001:DB8:0:0::1]", "a@[IPv6:2001:db8::1]"},
	{"a@[ipv6:::ffff:192.0.2.1]", "a@[IPv6:::ffff:192.0.2.1]"},
	/* RFC 6531 and UTS 46 */
	{"用户@例子.广告", "用户@xn--fsqu00a.xn--4rr70v"},
	{"Dörte@Sörensen.example.com", "Dörte@xn--srensen-90a.example.com"},
	{"a@FAß.de", "a@xn--fa-hia.de"},
	{"a@XN--FA-HIA.de", "a@xn--fa-hia.de"},
	{"a@münchen。de", "a@xn--mnchen-3ya.de"},
	{"a@Bu\xCC\x88"
	 "cher.example",
	 "a@xn--bcher-kva.example"},
	{"अजय@डाटा.भारत", "अजय@xn--c2bd1gb.xn--h2brj9c"},
};

typedef struct bad_example
{
	const char *text;
	int position;
	const char *reason; /* a part of it */
} bad_example;

static const bad_example bad[] = {
	{"", 1, "empty"},
	{"   ", 1, "empty"},
	{"abc", 4, "\"@\" is missing"},
	{"abc.example.com", 16, "\"@\" is missing"},
	{"@example.com", 1, "local part is empty"},
	{".a@x.org", 1, "begins with a dot"},
	{"a.@x.org", 2, "ends with a dot"},
	{"a..b@x.org", 3, "two dots"},
	{"  a..b@x.org", 5, "two dots"},
	{"ü..b@x.org", 3, "two dots"},
	{"a b@x.org", 2, "white space"},
	{"Ann <ann@x.org>", 4, "white space"},
	{"<ann@x.org>", 1, "angle brackets"},
	{"a,b@x.org", 2, "one address"},
	{"a(comment)@x.org", 2, "not allowed in the local part"},
	{"mailto:a@x.org", 7, "not allowed in the local part"},
	{"a\xE2\x80\x8B@x.org", 2, "invisible"},
	{"a\xC2\xA0"
	 "b@x.org",
	 2, "invisible"},
	{"\"a@x.org", 9, "closing quote"},
	{"\"a\"b@x.org", 4, "expected after the quoted"},
	{"\"a\\", 4, "backslash"},
	{"a@", 3, "domain is empty"},
	{"a@.org", 3, "begins with a dot"},
	{"a@x..org", 5, "two dots"},
	{"a@x.org.", 8, "ends with a dot"},
	{"a@b@c", 4, "not allowed in a domain"},
	{"a@-x.org", 3, "begins with a hyphen"},
	{"a@x-.org", 4, "ends with a hyphen"},
	{"a@ex ample.org", 5, "white space"},
	{"a@under_score.org", 8, "not allowed in a domain"},
	{"a@1.2.3.4", 9, "top-level domain is a number"},
	{"a@[1.2.3]", 4, "IPv4"},
	{"a@[1.2.3.256]", 4, "IPv4"},
	{"a@[1.2.3.4", 11, "bracket"},
	{"a@[IPv6:1::2::3]", 9, "IPv6"},
	{"a@[tag:x]", 4, "IPv4"},
	{"a@xn--ü.org", 3, "\"xn--\""},
	{"a@good.xn--0.org", 8, "\"xn--\""},
	{"a@a\xE2\x80\x8D"
	 "b.org",
	 3, "not allowed"},
	{"a@\xD7\x90"
	 "a.org",
	 3, "directions"},
	{"a\xFF@x.org", 2, "UTF-8"},
};

static bool
parse(const char *text, size_t length, char *out, crm_email_error *error)
{
	error->position = 0;
	error->reason = "none";
	return crm_email_parse(text, length, out, error);
}

static void
test_lengths(void)
{
	char text[400];
	char out[CRM_EMAIL_SIZE];
	crm_email_error error;

	memset(text, 'a', sizeof(text));
	memcpy(text + 64, "@x.org", 6);
	ok(parse(text, 70, out, &error), "64 bytes before the @");
	ok(strlen(out) == 70, "and all of them in the value");
	memcpy(text + 64, "aaaaaaa", 7);
	memcpy(text + 65, "@x.org", 6);
	ok(!parse(text, 71, out, &error) && error.position == 65, "not 65");

	memset(text, 'a', sizeof(text));
	text[1] = '@';
	text[65] = '.';
	ok(parse(text, 67, out, &error), "a label of 63");
	text[65] = 'a';
	text[66] = '.';
	ok(!parse(text, 68, out, &error) && error.position == 66, "not of 64");

	for (int i = 2; i < 400; i++)
		text[i] = i % 50 == 0 ? '.' : 'a';
	ok(parse(text, 254, out, &error), "254 bytes in all");
	ok(!parse(text, 255, out, &error), "not 255");
	ok(!parse(text, 399, out, &error), "not 399");
}

int
main(void)
{
	char out[CRM_EMAIL_SIZE];
	char again[CRM_EMAIL_SIZE];
	crm_email_error error;

	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++)
	{
		if (!parse(good[i].text, strlen(good[i].text), out, &error))
			snprintf(out, sizeof(out), "error at %d: %s", error.position, error.reason);
		is(out, good[i].parsed, good[i].text);
		if (!parse(out, strlen(out), again, &error) || strcmp(out, again) != 0)
			ok(false, "what was parsed parses to itself: %s", out);
	}
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
	{
		bool parsed = parse(bad[i].text, strlen(bad[i].text), out, &error);

		if (!ok(!parsed && error.position == bad[i].position &&
					strstr(error.reason, bad[i].reason) != NULL,
				"%s fails at %d: %s", bad[i].text, bad[i].position, bad[i].reason))
			printf("# %s at %d: %s\n", parsed ? out : "fails", error.position, error.reason);
	}
	ok(!parse("a\0b@x.org", 9, out, &error) && error.position == 2, "a zero byte is refused");
	test_lengths();
	return done();
}
