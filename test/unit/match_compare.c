/* match_compare.c - the cases that matching is judged by, before a model is trained. */
#include "match/match_compare.h"

#include "profiles.h"

typedef struct pair
{
	const char *a;
	const char *b;
	const char *claim;
} pair;

static const pair one_customer[] = {
	{"given=Ann; family=Lee; email=ann.lee@x.nl", "given=Ann; family=Lee; email=Ann.Lee@x.nl", "name and e-mail"},
	{"given=Jon; family=Smith; phone=31612345678; born=1980-02-17",
	 "given=John; family=Smiht; phone=31612345678; born=1980-02-17", "typing errors in both names"},
	{"given=John; family=Smith; email=john@smithfamily.com", "given=John; family=Smith; email=jhon@smithfamily.com", "a typing error in the mailbox"},
	{"given=Hendrik; family=Wever; born=1980-02-17; city=Delft", "given=Wever; family=Hendrik; born=1980-02-17; city=Delft", "names swapped"},
	{"given=Anna; family=Kuipers; born=1980-02-17; phone=31612345678; email=anna@kuipers.nl",
	 "given=Anna; family=Roskam; born=1980-02-17; phone=31612345678", "married, another family name"},
	{"given=Robert; family=Zandbergen; postal=1234ab; street=Kerkstraat 1; city=Delft",
	 "given=Bob; family=Zandbergen; postal=1234ab; street=Kerkstr. 1; city=Delft", "another form of the given name"},
	{"name=Zandbergen, Robert; born=1980-02-17; city=Delft", "given=Robert; family=Zandbergen; born=17.02.1980; city=Delft", "one name, two writings"},
	{"given=Robert; family=Zandbergen; born=1980-02-17; street=Kerkstraat 1; city=Delft; postal=1234ab",
	 "given=Robert; family=Zandbergen; born=1980-02-17; street=Laan 99; city=Breda; postal=4811zz", "moved house"},
	{"company=Zandbergen Bouw BV; city=Delft; street=Kerkstraat 1", "company=Zandbergen Bouw; city=Delft; street=Kerkstraat 1", "a company with and without its form"},
	{"given=van Leeuwen; family=Lucas; born=1957-08-06; city=Almere; phone=31363411705",
	 "given=Lucas; family=van Leeuwen; born=1957-08-06; city=Almere; phone=31363411705", "names in each other's column, with a particle"},
	{"company=Alpine Paper Corporation; city=Bristol; street=High St 8", "company=Alpine Paper; city=Bristol; street=High St 8", "a company that one calls a corporation"},
	{"company=Acme; tax=NL001234567B01", "company=Acme Holding International; tax=NL001234567B01", "one tax number"},
	{"email=robert.zandbergen@x.nl", "email=robert.zandbergen@x.nl", "a mailbox of one's own, no name"},
	{"phone=31612345678", "phone=31612345678", "a telephone, no name"},
};

static const pair two_customers[] = {
	{"company=Alpine Paper Corporation; city=Bristol; street=High St 8; postal=BS80NM",
	 "company=Alpine Paper Enterprises; city=Bristol; street=High St 8; postal=BS80NM", "companies of one group in one building"},
	{"company=Harbour Dairy Corp; city=Utrecht", "company=Harbour Dairy Services; city=Utrecht", "names that go on differently"},
	{"given=Arjen; family=Noorderhuis; born=1948-08-09; postal=1092or; street=Kerkstraat 45; email=fam.noorderhuis@icloud.com",
	 "given=Dirk; family=Noorderhuis; born=1948-08-09; postal=1092or; street=Kerkstraat 45; email=fam.noorderhuis@icloud.com", "twins who share the family's mailbox"},
	{"given=Anna; family=de Vries; born=1900-01-01; city=Delft", "given=Bob; family=de Vries; born=1900-01-01; city=Delft", "the date that forms are filled with"},
	{"given=John; family=Smith Jr; street=Kerkstraat 1; city=Delft; postal=1234ab; phone=31151234567",
	 "given=John; family=Smith Sr; street=Kerkstraat 1; city=Delft; postal=1234ab; phone=31151234567", "father and son of one name"},
	{"given=Lisa; family=Zandbergen; born=2001-05-05; street=Kerkstraat 1; city=Delft; postal=1234ab; phone=31151234567; gender=f",
	 "given=Tom; family=Zandbergen; born=2001-05-05; street=Kerkstraat 1; city=Delft; postal=1234ab; phone=31151234567; gender=m", "twins"},
	{"given=Robert; family=Zandbergen; street=Kerkstraat 1; city=Delft; postal=1234ab; phone=31151234567; email=family@zandbergen.nl",
	 "given=Ingrid; family=Zandbergen; street=Kerkstraat 1; city=Delft; postal=1234ab; phone=31151234567; email=family@zandbergen.nl", "a household with one mailbox"},
	{"given=Robert; family=Zandbergen; born=1950-02-17; street=Kerkstraat 1; city=Delft; postal=1234ab",
	 "given=Robert; family=Zandbergen; born=1980-06-03; street=Kerkstraat 1; city=Delft; postal=1234ab", "parent and child, a generation apart"},
	{"given=Robert; family=Zandbergen; email=info@acme.nl", "given=Ingrid; family=Kuipers; email=info@acme.nl", "colleagues with one mailbox"},
	{"email=info@acme.nl", "email=info@acme.nl", "an office, nobody named"},
	{"given=John; family=Smith; email=john@smithfamily.com", "given=Joan; family=Smith; email=joan@smithfamily.com", "two of a family, near in letters as their mailboxes"},
	{"given=Timo; family=Kuhn; email=timo.kuhn@kuhn.de", "given=Tilo; family=Kuhn; email=tilo.kuhn@kuhn.de", "the same, with the family name"},
	{"given=Maria; family=Kuhn; street=Kerkstraat 1; city=Delft; postal=1234ab; phone=31151234567",
	 "given=Mario; family=Kuhn; street=Kerkstraat 1; city=Delft; postal=1234ab; phone=31151234567", "a couple whose names differ by an ending"},
	{"given=Timo; family=Zandbergen; email=timo.zandbergen@zandbergen.de", "given=Tilo; family=Zandbergen; email=tilo.zandbergen@zandbergen.de", "brothers with longer names"},
	{"company=Zandbergen Bouw BV; city=Delft", "company=Kuipers Transport BV; city=Delft", "two companies of one town"},
	{"name=Robert Zandbergen; email=robert@zandbergen.nl", "company=Zandbergen; email=robert@zandbergen.nl", "a person and a company"},
	{"", "", "nothing known of either"},
};

static crm_model model;

static int32_t
weigh(const char *a, const char *b, bool swap)
{
	profile x;
	profile y;

	make_profile(a, &x);
	make_profile(b, &y);
	return crm_profile_compare(&model, swap ? &y.p : &x.p, swap ? &x.p : &y.p).weight;
}

static void
test_cases(const pair *pairs, size_t n, bool same)
{
	for (size_t i = 0; i < n; i++)
		for (int swap = 0; swap < 2; swap++)
		{
			int32_t weight = weigh(pairs[i].a, pairs[i].b, swap);

			ok((weight > 0) == same, "%s: %s (%.1f bits)",
			   same ? "one customer" : "two customers", pairs[i].claim, weight / 1000.0);
		}
}

/* Values of a few kinds, so that pairs agree in part. */
static void
invent(char *line, size_t size)
{
	static const char *const values[] = {
		"given=Ann", "given=Anna Maria", "given=R", "given=Robert", "family=Lee", "family=Zandbergen",
		"family=Zandbergen Lee", "name=Zandbergen, Ann", "name=Lee", "born=1980-02-17", "born=1980-17-02",
		"born=1950-02-17", "email=ann.lee@x.nl", "email=ann.lee@gmail.com", "email=info@x.nl",
		"phone=31612345678", "phone=31612345679", "street=Kerkstraat 1", "street=Kerkstr 12",
		"postal=1234ab", "postal=1234ac", "city=Delft", "city=Delf", "country=NL", "country=DE", "gender=m",
		"gender=f", "tax=123456789", "tax=123456780", "company=Acme BV", "company=Acme Bouw", "region=ZH",
	};
	size_t used = 0;

	line[0] = '\0';
	for (unsigned k = draw(9); k > 0; k--)
		used += snprintf(line + used, size - used, "%s; ", values[draw(sizeof(values) / sizeof(values[0]))]);
}

static void
test_random(void)
{
	int pushed = 0;
	int moved = 0;

	for (int i = 0; i < 20000; i++)
	{
		char a[1000];
		char b[1000];
		profile x;
		profile y;
		crm_comparison c;
		crm_comparison again;

		invent(a, sizeof(a));
		invent(b, sizeof(b));
		make_profile(a, &x);
		make_profile(b, &y);
		c = crm_profile_compare(&model, &x.p, &y.p);
		again = crm_profile_compare(&model, &x.p, &y.p);
		pushed += c.conflict > 0;
		moved += c.weight != again.weight || c.conflict != again.conflict;
	}
	ok(pushed == 0, "what speaks against never speaks for");
	ok(moved == 0, "equal profiles, equal weights");
}

static void
test_prior(void)
{
	const char *jan = "given=Jan; family=de Vries; city=Delft";
	double least = 1e9;
	int32_t last = INT32_MAX;
	bool falling = true;

	for (int64_t n = 1; n < 100000000; n *= 10)
	{
		crm_model_builtin(&model, n);
		falling = falling && weigh(jan, jan, false) <= last;
		last = weigh(jan, jan, false);
		least = last;
	}
	ok(falling, "more records, more strangers who agree by chance");
	ok(least < 0, "among many millions, a name that many have in one town is not one customer");
	crm_model_builtin(&model, 0);
}

int
main(void)
{
	crm_model_builtin(&model, 0);
	test_cases(one_customer, sizeof(one_customer) / sizeof(one_customer[0]), true);
	test_cases(two_customers, sizeof(two_customers) / sizeof(two_customers[0]), false);
	test_random();
	test_prior();
	return done();
}
