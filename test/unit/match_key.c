/* match_key.c - records that a person would compare share a key, in whatever order values come. */
#include "match/match_key.h"

#include "profiles.h"

static int
common_keys(const char *a, const char *b)
{
	profile x;
	profile y;
	int64_t kx[CRM_KEYS_MAX];
	int64_t ky[CRM_KEYS_MAX];
	int nx;
	int ny;
	int common = 0;

	make_profile(a, &x);
	make_profile(b, &y);
	nx = crm_profile_keys(&x.p, kx);
	ny = crm_profile_keys(&y.p, ky);
	for (int i = 0; i < nx; i++)
		for (int j = 0; j < ny; j++)
			common += kx[i] == ky[j];
	return common;
}

static bool
same_keys(const char *a, const char *b)
{
	profile x;
	profile y;
	int64_t kx[CRM_KEYS_MAX];
	int64_t ky[CRM_KEYS_MAX];
	int nx;

	make_profile(a, &x);
	make_profile(b, &y);
	nx = crm_profile_keys(&x.p, kx);
	return nx == crm_profile_keys(&y.p, ky) && memcmp(kx, ky, nx * sizeof(int64_t)) == 0;
}

static void
test_meet(void)
{
	static const char *const pairs[][3] = {
		{"given=Ann; family=Lee; email=ann@lee.nl", "email=ANN+news@lee.nl", "one mailbox, a tag"},
		{"given=Ann; family=Lee; phone=31612345678", "name=Zoe; phone=31612345678", "one telephone"},
		{"company=Acme BV; tax=NL12.34", "company=Other; tax=nl 1234", "one tax number"},
		{"given=Jon; family=Smith; born=1980-02-17", "given=Smith; family=Jon; born=1980-02-17",
		 "names swapped"},
		{"given=Anna; family=Meyer; city=Berlin", "given=Ana; family=Maier; city=Berlin",
		 "names that sound alike in one town"},
		{"given=Anna; family=Jansen; born=1980-02-07", "given=Anna; family=Bakker; born=1980-07-02",
		 "married, day and month swapped"},
		{"given=Peter; family=Smiht; postal=1234 AB", "given=Peter; family=Jones; postal=1234ab",
		 "given name and postal code"},
		{"family=Lee; street=Hoofdstraat 12", "family=Zed; street=Hoofdstr. 12", "one house"},
		{"company=Jansen & Zonen BV", "company=Jansen en Zn. B.V.", "one company"},
		{"given=Ann; family=Lee; email=annlee@home.nl", "given=X; email=annlee@gmail.com",
		 "one local part at two providers"},
	};

	for (size_t i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++)
		ok(common_keys(pairs[i][0], pairs[i][1]) > 0, "they meet: %s", pairs[i][2]);
	ok(common_keys("given=Ann; family=Lee; city=Delft; postal=1234ab",
				   "given=Bob; family=Zand; city=Breda; postal=9999zz") == 0,
	   "strangers do not");
	ok(common_keys("tax=1234", "company=1234") == 0, "equal texts of different attributes do not");
	ok(common_keys("", "") == 0, "nor do records without values");
}

static void
test_order(void)
{
	ok(same_keys("given=Ann; family=Lee; email=a@x.nl; email=bbbbb@y.nl; phone=1234567; phone=7654321",
				 "phone=7654321; phone=1234567; email=bbbbb@y.nl; family=Lee; given=Ann; email=a@x.nl"),
	   "the order of values does not matter");
	ok(same_keys("given=Ann; family=Lee; born=1980-02-17; city=Delft; postal=1234ab",
				 "given=Lee; family=Ann; born=1980-02-17; city=Delft; postal=1234ab"),
	   "nor does which name is which");
	ok(same_keys("given=Ann Mary; family=Lee Kong; born=1980-02-17; city=Delft; postal=1234ab; "
				 "street=Kerkstraat 1; email=aaaaa@x.nl; email=bbbbb@x.nl; email=ccccc@x.nl; "
				 "email=ddddd@x.nl; phone=1; phone=2; phone=3; phone=4; tax=1; tax=2; tax=3; tax=4",
				 "given=Lee Kong; family=Ann Mary; born=1980-02-17; city=Delft; postal=1234ab; "
				 "street=Kerkstraat 1; email=ddddd@x.nl; email=bbbbb@x.nl; email=ccccc@x.nl; "
				 "email=aaaaa@x.nl; phone=1; phone=2; phone=3; phone=4; tax=1; tax=2; tax=3; tax=4"),
	   "not even for a record that is as full as can be");
}

static void
test_set(void)
{
	bool ascending = true;
	int most = 0;

	for (int i = 0; i < 3000; i++)
	{
		static const char *const words[] = {"ann", "Mary", "lee", "kong", "o'brien", "x", "Zoë", "12"};
		char line[2000];
		size_t used = 0;
		profile a;
		int64_t keys[CRM_KEYS_MAX];
		int n;

		for (int k = 0; k < 30; k++)
			used += snprintf(line + used, sizeof(line) - used, "%s=%s %s@%s.nl %d; ",
							 profile_labels[draw(sizeof(profile_labels) / sizeof(profile_labels[0]))].label,
							 words[draw(8)], words[draw(8)], words[draw(8)], (int) draw(3));
		make_profile(line, &a);
		n = crm_profile_keys(&a.p, keys);
		most = n > most ? n : most;
		for (int k = 1; k < n; k++)
			ascending = ascending && keys[k - 1] < keys[k];
	}
	ok(ascending, "keys are distinct and ascend");
	ok(most <= CRM_KEYS_MAX, "there are at most %d, seen %d", CRM_KEYS_MAX, most);
}

static void
test_kinds(void)
{
	static const char *const full = "given=Ann Mary; family=Lee; email=ann.lee@x.nl; phone=31612345678; tax=1; "
									"born=1980-02-17; city=Delft; postal=1234ab; street=Kerkstraat 1";
	profile a;
	int64_t keys[CRM_KEYS_MAX];
	int64_t kept[CRM_KEYS_MAX];
	uint64_t person = 0;
	bool named = true;
	int n;

	make_profile(full, &a);
	n = crm_profile_keys(&a.p, keys);
	for (int i = 0; i < n; i++)
	{
		named = named && keys[i] >= 0 && crm_key_kind_of(keys[i]) < CRM_KEY_KINDS;
		person |= UINT64_C(1) << crm_key_kind_of(keys[i]);
	}
	ok(named, "every key says its kind");
	ok(person >> CRM_KEY_EMAIL & person >> CRM_KEY_PHONE & person >> CRM_KEY_NAME_CITY &
		   person >> CRM_KEY_STREET_NUMBER & 1,
	   "a person has keys of contact, name and place");
	ok((person >> CRM_KEY_ORGANIZATION & 1) == 0, "and none of an organization");
	memcpy(kept, keys, sizeof(keys));
	ok(crm_keys_keep(kept, n, CRM_KEY_ALL_KINDS) == n && memcmp(kept, keys, n * sizeof(int64_t)) == 0,
	   "all kinds: all keys");
	ok(crm_keys_keep(kept, n, UINT64_C(1) << CRM_KEY_EMAIL) == 1 &&
		   crm_key_kind_of(kept[0]) == CRM_KEY_EMAIL,
	   "one kind: its keys");
	for (int kind = 0; kind < CRM_KEY_KINDS; kind++)
		named = named && crm_key_kind_named(crm_key_kind_name(kind)) == kind;
	ok(named && crm_key_kind_named("nose") == CRM_KEY_KINDS, "kinds are found by their names");
}

int
main(void)
{
	test_kinds();
	test_meet();
	test_order();
	test_set();
	return done();
}
