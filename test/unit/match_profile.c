/* match_profile.c - what is built can be opened; what is not was read within its bounds. */
#include "profiles.h"

static bool
says(crm_span span, const char *text)
{
	return span.length == strlen(text) && memcmp(span.text, text, span.length) == 0;
}

static void
test_round_trip(void)
{
	profile a;

	make_profile("given=Ann Mary; family=van der Lee Jr.; email=Ann+x@Gmail.com; email=info@acme.nl; "
				 "phone=31612345678; street=Hoofdstraat 12 a; postal=1234 AB; city=Den Haag; region=ZH; "
				 "country=Nederland; born=1980-02-17; gender=f; tax=NL 12.34; company=Acme B.V.",
				 &a);
	ok(a.p.kind == 'p' && a.p.gender == 'f' && a.p.generation == 'j', "a person, her sex and generation");
	ok(says(a.p.given, "ann mary") && says(a.p.family, "lee"), "names");
	ok(a.p.nemails == 2 && says(a.p.emails[0].local, "ann") && says(a.p.emails[0].domain, "gmail.com"),
	   "e-mails");
	ok(a.p.emails[0].free && !a.p.emails[0].shared && a.p.emails[1].shared && !a.p.emails[1].free,
	   "what kind of mailbox each is");
	ok(a.p.nphones == 1 && a.p.phones[0] == UINT64_C(31612345678), "the telephone");
	ok(says(a.p.street, "hoofdstr") && says(a.p.number, "12a") && says(a.p.postal_code, "1234ab") &&
		   says(a.p.city, "den haag") && says(a.p.region, "zh") && says(a.p.country, "nl"),
	   "the address");
	{
		profile b;

		make_profile("given=Ann; born=1900-01-01", &b);
		ok(b.p.year == 0, "a date that fills forms is no birth date");
		make_profile("given=Ann; born=1901-01-01", &b);
		ok(b.p.year == 1901, "another New Year's day is one");
	}
	ok(a.p.year == 1980 && a.p.month == 2 && a.p.day == 17, "the birth date");
	ok(a.p.nidentifiers == 1 && says(a.p.identifiers[0].value, "nl1234"), "the tax number");
	ok(says(a.p.organization, "acme"), "and the employer");
}

static void
test_kinds(void)
{
	static const struct
	{
		const char *line;
		char kind;
	} kinds[] = {
		{"name=Ann Lee", 'p'},		   {"name=Acme B.V.", 'o'},
		{"company=Acme", 'o'},		   {"name=Ann Lee; company=Acme", 'p'},
		{"family=Lee; company=Acme BV", 'p'}, {"", 'p'},
		{"email=a@b.nl", 'p'},		   {"name=Acme BV; family=Lee", 'o'},
	};

	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
	{
		profile a;

		make_profile(kinds[i].line, &a);
		/* a legal form in front of a family name column: the first that decides does */
		ok(a.p.kind == kinds[i].kind, "\"%s\" is of kind %c", kinds[i].line, kinds[i].kind);
	}
}

/* More and longer values than there is room for. */
static void
test_too_much(void)
{
	static char line[65536];
	size_t used = 0;
	profile a;

	for (int i = 0; i < 60; i++)
		used += snprintf(line + used, sizeof(line) - used, "email=%d%0700d@x.nl; phone=%d; ", i, i,
						 1000 + i);
	make_profile(line, &a);
	ok(a.length <= CRM_PROFILE_MAX && a.p.nemails <= CRM_PROFILE_MANY &&
		   a.p.nphones <= CRM_PROFILE_MANY,
	   "too many values of one kind are left out");
	used = 0;
	for (size_t i = 0; i < 11; i++)
		used += snprintf(line + used, sizeof(line) - used, "%s=%01000d x; ", profile_labels[i].label, 7);
	make_profile(line, &a);
	ok(a.length <= CRM_PROFILE_MAX && a.p.given.length <= UINT8_MAX, "so is the rest of long ones");
	make_profile("email=; name=; born=; postal= ; phone=0; street=; tax=--; gender=?; email=nobody", &a);
	ok(a.length == 4 && a.p.nemails == 0, "empty and senseless values leave nothing");
}

/* Stored bytes may be damaged: each copy stands in memory of just its size, for valgrind to see. */
static void
test_garbage(void)
{
	profile base;
	int opened = 0;

	make_profile("given=Ann; family=Lee; email=ann@lee.nl; phone=31612345678; born=1980-02-17; tax=12345", &base);
	for (int round = 0; round < 20000; round++)
	{
		size_t length = round % 2 ? draw((unsigned) base.length + 1) : base.length;
		char *bytes = malloc(length + 1);
		crm_profile p;

		memcpy(bytes, base.bytes, length);
		for (unsigned k = draw(4); k > 0 && length > 0; k--)
			bytes[draw((unsigned) length)] = (char) draw(256);
		bytes = realloc(bytes, length > 0 ? length : 1);
		if (crm_profile_open(bytes, length, &p))
		{
			opened++;
			for (int i = 0; i < p.nemails; i++)
				if (p.emails[i].local.text < bytes ||
					p.emails[i].domain.text + p.emails[i].domain.length > bytes + length)
					ok(false, "an e-mail lies within the bytes");
		}
		free(bytes);
	}
	ok(opened > 0 && opened < 20000, "damaged bytes are opened within bounds or refused");
}

static void
test_versions(void)
{
	profile a;
	crm_profile p;

	make_profile("given=Ann", &a);
	ok(!crm_profile_open(a.bytes, 3, &p) && !crm_profile_open(a.bytes, 0, &p), "a stump is refused");
	ok(!crm_profile_open(a.bytes, a.length - 1, &p), "so is one that is cut");
	a.bytes[0]++;
	ok(!crm_profile_open(a.bytes, a.length, &p), "and one of another version");
}

int
main(void)
{
	test_round_trip();
	test_kinds();
	test_too_much();
	test_garbage();
	test_versions();
	return done();
}
