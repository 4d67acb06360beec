/* customer_rule.c - which value survives, and that the order of the records does not matter. */
#include "customer/customer_rule.h"

#include "tap.h"

#define MOST 64

static crm_policy policies[CRM_COLUMNS];
static crm_witness records[MOST];
static crm_claim claims[MOST + 1];
static crm_candidate scratch[MOST + 1];
static crm_case the_case;

static void
begin(void)
{
	static const crm_attribute_kind kinds[CRM_COLUMNS] = {
		CRM_KIND_NAME,   CRM_KIND_GIVEN_NAME, CRM_KIND_FAMILY_NAME, CRM_KIND_ORGANIZATION,
		CRM_KIND_EMAIL,  CRM_KIND_PHONE,      CRM_KIND_STREET,      CRM_KIND_POSTAL_CODE,
		CRM_KIND_CITY,   CRM_KIND_REGION,     CRM_KIND_COUNTRY,     CRM_KIND_DATE,
		CRM_KIND_GENDER, CRM_KIND_LANGUAGE,   CRM_KIND_IDENTIFIER,  CRM_KIND_LATITUDE,
		CRM_KIND_LONGITUDE};

	for (int i = 0; i < CRM_COLUMNS; i++)
	{
		policies[i].name = crm_column_names[i];
		policies[i].kind = kinds[i];
		policies[i].group = crm_group_of(i);
		crm_default_criteria(&policies[i]);
	}
	the_case.npolicies = CRM_COLUMNS;
	the_case.policies = policies;
	the_case.records = records;
	the_case.claims = claims;
	the_case.scratch = scratch;
	the_case.nrecords = 0;
	the_case.nclaims = 0;
}

static void
record(char kind, double trust, int changed_at, int tie)
{
	crm_witness *witness = &records[the_case.nrecords++];

	witness->record_id = the_case.nrecords;
	witness->tie = tie;
	witness->kind = kind;
	witness->trust = trust;
	witness->own_trust = NULL;
	witness->changed_at = changed_at;
}

static void
says(int attribute, const char *text)
{
	crm_claim *claim = &claims[the_case.nclaims++];

	memset(claim, 0, sizeof(*claim));
	claim->record = the_case.nrecords - 1;
	claim->attribute = attribute;
	claim->text = text;
	claim->folded = text;
	claim->valid = true;
}

static const crm_claim *
winner(int attribute)
{
	for (int i = 0; i < the_case.nclaims; i++)
		if (claims[i].attribute == attribute && claims[i].wins)
			return &claims[i];
	return NULL;
}

static void
wins(int attribute, const char *text, const char *rule, const char *name)
{
	const crm_claim *claim = winner(attribute);
	char got[200];
	char wanted[200];

	snprintf(got, sizeof(got), "%s (%s)", claim ? claim->text : "nobody",
			 claim ? crm_reason_text(claim->reason, true) : "");
	snprintf(wanted, sizeof(wanted), "%s (%s)", text, rule);
	is(got, wanted, name);
}

static void
test_each_criterion(void)
{
	begin();
	record('p', 0.9, 1, 2);
	says(CRM_PHONE, "+311");
	record('p', 0.5, 9, 1);
	says(CRM_PHONE, "+312");
	crm_survive(&the_case);
	wins(CRM_PHONE, "+311", "most trusted source", "trust goes before recency");

	records[0].trust = 0.5;
	crm_survive(&the_case);
	wins(CRM_PHONE, "+312", "most recent", "of equal trust the later one wins");

	records[1].changed_at = 1;
	crm_survive(&the_case);
	wins(CRM_PHONE, "+312", "tie", "the hash of source and key ends a tie");

	record('p', 0.5, 1, 9);
	says(CRM_PHONE, "+311");
	crm_survive(&the_case);
	wins(CRM_PHONE, "+311", "most frequent", "what two records say goes before a tie");

	claims[0].text = claims[0].folded = "311";
	claims[2].text = claims[2].folded = "311";
	crm_survive(&the_case);
	wins(CRM_PHONE, "+312", "most complete", "a number that could not be read is a last resort");
}

static void
test_one_value(void)
{
	begin();
	record('p', 0.5, 1, 1);
	says(CRM_EMAIL, "a@example.org");
	says(CRM_GENDER, "f");
	record('p', 0.5, 2, 2);
	says(CRM_EMAIL, "a@example.org");
	crm_survive(&the_case);
	wins(CRM_GENDER, "f", "only value", "one that stands alone");
	wins(CRM_EMAIL, "a@example.org", "same value", "one that all agree on");
	ok(winner(CRM_EMAIL)->record == 1, "is shown from the most recent record");
	claims[2].valid = false;
	crm_survive(&the_case);
	wins(CRM_EMAIL, "a@example.org", "only value", "an invalid value does not count");
	is(crm_reason_text(claims[2].reason, false), "not a valid value", "and says so");
}

static void
test_name(void)
{
	begin();
	record('p', 0.5, 9, 1);
	says(CRM_NAME, "j smith");
	record('p', 0.5, 1, 2);
	says(CRM_GIVEN_NAME, "john");
	says(CRM_FAMILY_NAME, "smith");
	says(CRM_NAME, "john smith");
	crm_survive(&the_case);
	wins(CRM_NAME, "john smith", "most complete", "an initial does not win over a whole name");
	wins(CRM_GIVEN_NAME, "john", "most complete", "the parts of a name come along");

	record('p', 0.5, 1, 7);
	says(CRM_NAME, "john smith");
	crm_survive(&the_case);
	ok(winner(CRM_GIVEN_NAME) != NULL, "of one name the writing in parts is the more complete");
	the_case.nrecords--;
	the_case.nclaims--;

	record('p', 0.5, 1, 3);
	says(CRM_NAME, "jon smith");
	record('p', 0.5, 1, 4);
	says(CRM_NAME, "jon smith");
	crm_survive(&the_case);
	wins(CRM_NAME, "jon smith", "most frequent", "what most records say is the name");
	ok(winner(CRM_GIVEN_NAME) == NULL, "no part of a name comes from another record");
}

static void
test_trust_of_attribute(void)
{
	double own[CRM_COLUMNS];

	for (int i = 0; i < CRM_COLUMNS; i++)
		own[i] = -1;
	own[CRM_EMAIL] = 0.95;
	own[CRM_STREET] = 0.2;
	begin();
	record('p', 0.9, 1, 2);
	says(CRM_PHONE, "+311");
	says(CRM_EMAIL, "a@x");
	says(CRM_CITY, "gent");
	record('p', 0.5, 9, 1);
	says(CRM_PHONE, "+312");
	says(CRM_EMAIL, "b@x");
	says(CRM_CITY, "aalst");
	records[1].own_trust = own;
	crm_survive(&the_case);
	wins(CRM_PHONE, "+311", "most trusted source", "what is not named has the source's trust");
	wins(CRM_EMAIL, "b@x", "most trusted source of this attribute", "what is named its own");

	records[0].trust = 0.3;
	crm_survive(&the_case);
	wins(CRM_PHONE, "+312", "most trusted source", "a source's trust still counts");
	wins(CRM_CITY, "gent", "most trusted source of this attribute",
		 "a part of an address is trusted as the address is");
}

static void
test_address(void)
{
	begin();
	record('p', 0.5, 1, 1);
	says(CRM_STREET, "main street 1");
	says(CRM_CITY, "utrecht");
	says(CRM_COUNTRY, "NL");
	record('p', 0.9, 9, 2);
	says(CRM_CITY, "gent");
	says(CRM_REGION, "oost vlaanderen");
	crm_survive(&the_case);
	wins(CRM_CITY, "utrecht", "most complete", "a whole address goes before a part of a better one");
	ok(winner(CRM_REGION) == NULL, "no part of an address comes from another record");

	says(CRM_STREET, "korenmarkt 2");
	crm_survive(&the_case);
	wins(CRM_CITY, "gent", "most trusted source", "two whole ones are judged by their rules");
	wins(CRM_STREET, "korenmarkt 2", "most trusted source", "as one");
	ok(winner(CRM_COUNTRY) == NULL, "even where the other knows more");
}

static void
test_kind(void)
{
	begin();
	record('o', 0.5, 1, 5);
	says(CRM_ORGANIZATION, "acme");
	says(CRM_NAME, "ann contact");
	ok(crm_survive(&the_case) == 'o', "a record decides its kind");
	wins(CRM_NAME, "acme", "only value", "an organization is called by its organization");
	is(crm_reason_text(claims[1].reason, false), "organization goes before name",
	   "the name of the contact loses to it");

	begin();
	record('o', 0.5, 1, 5);
	record('p', 0.5, 1, 4);
	says(CRM_ORGANIZATION, "acme");
	ok(crm_survive(&the_case) == 'p', "a draw is decided by the tie hash");
	wins(CRM_NAME, "acme", "only value", "a person without a name is called by the organization");
	record('o', 0.5, 1, 6);
	ok(crm_survive(&the_case) == 'o', "a majority goes before it");
}

/* Few values, so that every criterion is met and every tie too. */
static void
draw_case(int nrecords)
{
	static const char *const values[] = {"a", "b b", "cc cc", "dd dd dd"};

	begin();
	for (int i = 0; i < nrecords; i++)
	{
		record(draw(2) ? 'p' : 'o', draw(2), draw(3), i);
		for (int n = 1 + draw(4); n > 0; n--)
			says(draw(CRM_COLUMNS), values[draw(4)]);
	}
}

/* The same records in another order; claims stay together and in mapping order. */
static void
shuffle(int *place)
{
	crm_witness old_records[MOST];
	crm_claim old_claims[MOST + 1];
	int n = the_case.nrecords;
	int at = 0;

	memcpy(old_records, records, sizeof(records));
	memcpy(old_claims, claims, sizeof(claims));
	for (int i = 0; i < n; i++)
		place[i] = i;
	for (int i = n - 1; i > 0; i--)
	{
		int j = draw(i + 1);
		int swap = place[i];

		place[i] = place[j];
		place[j] = swap;
	}
	for (int i = 0; i < n; i++)
	{
		records[i] = old_records[place[i]];
		for (int c = 0; c < the_case.nclaims; c++)
			if (old_claims[c].record == place[i])
			{
				claims[at] = old_claims[c];
				claims[at++].record = i;
			}
	}
}

/* Everything that survived, in words, by the tie hash of its record. */
static void
describe(char kind, char *out, size_t size)
{
	size_t used = snprintf(out, size, "%c", kind);

	for (int attribute = 0; attribute < CRM_COLUMNS; attribute++)
	{
		const crm_claim *claim = winner(attribute);

		if (claim)
			used += snprintf(out + used, size - used, " %d:%s:%d:%d", attribute, claim->text,
							 (int) records[claim->record].tie, claim->reason);
	}
}

static void
test_order(void)
{
	char first[2000];
	char second[2000];
	int place[MOST];
	int differ = 0;
	int twice = 0;

	for (int round = 0; round < 5000; round++)
	{
		int asserted;

		draw_case(1 + draw(12));
		asserted = the_case.nclaims;
		describe(crm_survive(&the_case), first, sizeof(first));
		the_case.nclaims = asserted;
		shuffle(place);
		describe(crm_survive(&the_case), second, sizeof(second));
		differ += strcmp(first, second) != 0;
		for (int i = 0; i < the_case.nclaims; i++)
			twice += claims[i].wins && winner(claims[i].attribute) != &claims[i];
	}
	ok(differ == 0, "the order of the records never matters (%d of 5000 differ)", differ);
	ok(twice == 0, "an attribute has one winner at most");
}

int
main(void)
{
	test_each_criterion();
	test_trust_of_attribute();
	test_one_value();
	test_name();
	test_address();
	test_kind();
	test_order();
	return done();
}
