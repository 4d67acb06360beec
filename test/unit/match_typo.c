/* match_typo.c - one typing error leads to the key of what was meant. */
#include "match/match_key.h"
#include "match/match_compare.h"
#include "match/match_typo.h"

#include "profiles.h"

static crm_typos typos;

static bool
among(int64_t key)
{
	for (int i = 0; i < typos.n; i++)
		if (typos.key[i] == key)
			return true;
	return false;
}

static crm_span
span(const char *text)
{
	return (crm_span){text, strlen(text)};
}

/* One random error of the four kinds. */
static void
spoil(const char *text, const char *letters, char *out)
{
	size_t length = strlen(text);
	size_t at = draw(length - 1);
	char letter = letters[draw(strlen(letters))];

	switch (draw(4))
	{
		case 0:
			sprintf(out, "%.*s%c%c%s", (int) at, text, text[at + 1], text[at], text + at + 2);
			break;
		case 1:
			sprintf(out, "%.*s%s", (int) at, text, text + at + 1);
			break;
		case 2:
			sprintf(out, "%.*s%c%s", (int) at, text, letter, text + at + 1);
			break;
		default:
			sprintf(out, "%.*s%c%s", (int) at, text, letter, text + at);
			break;
	}
}

static void
test_phones(void)
{
	int missed = 0;
	int unforgiven = 0;

	for (int i = 0; i < 2000; i++)
	{
		char meant[32];
		char typed[32];
		char line[64];
		profile a;
		profile b;
		crm_pattern pattern;

		snprintf(meant, sizeof(meant), "316%08u", draw(100000000));
		spoil(meant + 2, "0123456789", typed);
		if (strlen(typed) < 8 || typed[0] == '0')
			continue;
		typos.n = 0;
		crm_typo_phone(strtoull(typed, NULL, 10), &typos);
		missed += !among(crm_phone_key(strtoull(meant, NULL, 10) % 100000000));
		snprintf(line, sizeof(line), "phone=%s", typed);
		make_profile(line, &a);
		snprintf(line, sizeof(line), "phone=%s", meant);
		make_profile(line, &b);
		crm_profile_match(&a.p, &b.p, &pattern);
		crm_typo_forgive(&pattern, &a.p, &b.p);
		unforgiven += (pattern.levels & (UINT64_C(1) << CRM_PHONE_DIFFERENT)) != 0;
	}
	ok(missed == 0, "a telephone number with one error finds what was meant (%d missed)", missed);
	ok(unforgiven == 0, "and counts as one with an error (%d do not)", unforgiven);
}

static void
test_mailboxes(void)
{
	int missed = 0;

	for (int i = 0; i < 500; i++)
	{
		char typed[64];

		spoil("willemijn.oosterhof", "abcdefghijklmnopqrstuvwxyz0123456789._-", typed);
		typos.n = 0;
		crm_typo_mailbox(span(typed), &typos);
		missed += strcmp(typed, "willemijn.oosterhof") != 0 && !among(crm_mailbox_key(span("willemijn.oosterhof")));
	}
	ok(missed == 0, "a mailbox with one error finds what was meant (%d missed)", missed);
}

static bool
finds_name(const char *given, const char *family, const char *meant)
{
	profile p;
	int64_t keys[CRM_KEYS_MAX];
	int n;

	typos.n = 0;
	crm_typo_name(span(given), span(family), &typos);
	make_profile(meant, &p);
	n = crm_profile_keys(&p.p, keys);
	for (int i = 0; i < n; i++)
		if (among(keys[i]))
			return true;
	return false;
}

static bool
finds_word(const char *word, const char *meant)
{
	profile p;
	int32_t sounds[CRM_SOUNDS_MAX];
	int n;

	typos.n = 0;
	crm_typo_sounds(span(word), &typos);
	make_profile(meant, &p);
	n = crm_profile_sounds(&p.p, sounds);
	for (int i = 0; i < n; i++)
		if (among(sounds[i]))
			return true;
	return false;
}

static void
test_names(void)
{
	ok(finds_name("willemijn", "oostehrof", "given=Willemijn; family=van den Oosterhof"), "letters swapped in the family name");
	ok(finds_name("wilemkijn", "oosterhof", "given=Willemijn; family=van den Oosterhof"), "letters wrong in the given name");
	ok(finds_name("oosterhof", "willemjn", "given=Willemijn; family=van den Oosterhof"), "names swapped too");
	ok(!finds_name("willemijn", "oosterhof", "given=Tom; family=Kuipers"), "somebody else is not found");
	ok(finds_word("oosterhof", "given=Willemijn; family=van den Oosterhof"), "a family name alone");
	ok(finds_word("willemijn", "given=Willemijn; family=van den Oosterhof"), "a given name alone");
	ok(finds_word("zonen", "company=Jansen Zonen BV"), "a word of a company");
	ok(finds_word("oostrehof", "given=Willemijn; family=van den Oosterhof"), "a family name with an error");
	ok(!finds_word("zandbergen", "given=Willemijn; family=Oosterhof"), "another word is not found");
	ok(finds_word("x", "family=Oosterhof") == false && finds_word("", "family=Oosterhof") == false, "a letter is no word");
}

int
main(void)
{
	char longest[300];

	test_phones();
	test_mailboxes();
	test_names();
	memset(longest, 'm', sizeof(longest));
	typos.n = 0;
	crm_typo_mailbox((crm_span){longest, sizeof(longest)}, &typos);
	crm_typo_sounds((crm_span){longest, sizeof(longest)}, &typos);
	ok(typos.n <= CRM_TYPO_KEYS, "a long word has an end");
	return done();
}
