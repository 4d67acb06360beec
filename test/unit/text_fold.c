/* text_fold.c - what folding makes of names as they are typed. */
#include "text/text.h"

#include "tap.h"

typedef struct example
{
	const char *text;
	const char *folded;
} example;

static const example examples[] = {
	{"", ""},
	{" -- ", ""},
	{"  O'Brien-Smith, Jr. ", "o brien smith jr"},
	{"MÜLLER", "muller"},
	{"Mu\xCC\x88ller", "muller"}, /* the mark as a character of its own */
	{"Straße STRAẞE", "strasse strasse"},
	{"Ægir Øre Œuvre Łukasz Đorđe Þór", "aegir ore oeuvre lukasz dorde thor"},
	{"ıI İstanbul", "ii istanbul"},
	{"Nguyễn Thị", "nguyen thi"},
	{"Ŀ ŉ ĸ ſ ĳ Ĳ", "l n k s ij ij"},
	{"ÀÁÂÃÄÅÇÈÉÊËÌÍÎÏÑÒÓÔÕÖÙÚÛÜÝ", "aaaaaaceeeeiiiinooooouuuuy"},
	{"ﬁ Ｊｏｈｎ ½ ª", "fi john 1 2 a"},
	{"zero\xE2\x80\x8Bwidth soft\xC2\xADhyphen", "zerowidth softhyphen"},
	{"O’Neil × ÷ 10€", "o neil 10"},
	{"a\xFF\xFE"
	 "b\xC3",
	 "ab"}, /* bad UTF-8 is skipped */
	{"Дмитрий Щербаков", "dmitriy shcherbakov"},
	{"Ольга Соловьёва", "olga solovyeva"},
	{"Αθήνα Παπαδόπουλος", "athina papadopoulos"},
	{"Əliyev", "aliyev"},
	{"たなか ひろし", "tanaka hiroshi"},
	{"東京", "dong jing"},
	{"김철수", "gimcheolsu"},
	{"١٢٣", "123"},
};

static void
test_examples(void)
{
	char out[CRM_TEXT_MAX];

	for (size_t i = 0; i < sizeof(examples) / sizeof(examples[0]); i++)
	{
		size_t length = crm_text_fold(examples[i].text, strlen(examples[i].text), out, sizeof(out));

		is(out, examples[i].folded, examples[i].text);
		if (length != strlen(out))
			ok(false, "length of \"%s\" is %zu", examples[i].text, length);
	}
}

static void
test_twice(void)
{
	char once[CRM_TEXT_MAX];
	char twice[CRM_TEXT_MAX];
	int differ = 0;

	for (size_t i = 0; i < sizeof(examples) / sizeof(examples[0]); i++)
	{
		size_t length =
			crm_text_fold(examples[i].text, strlen(examples[i].text), once, sizeof(once));

		crm_text_fold(once, length, twice, sizeof(twice));
		differ += strcmp(once, twice) != 0;
	}
	ok(differ == 0, "folding what is folded changes nothing");
}

static void
test_cut(void)
{
	char out[8];
	const char *text = "ab cdß";

	memset(out, 7, sizeof(out));
	ok(crm_text_fold(text, strlen(text), out, 0) == 0 && out[0] == 7, "no room: nothing written");
	ok(crm_text_fold(text, strlen(text), out, 1) == 0 && out[0] == '\0' && out[1] == 7,
	   "room for the end only");
	crm_text_fold(text, strlen(text), out, 4);
	is(out, "ab", "a cut leaves no space at the end");
	crm_text_fold(text, strlen(text), out, 7);
	is(out, "ab cds", "a cut may fall into a letter that is written out");
	ok(out[7] == 7, "nothing is written behind the room");
}

/* Every code point alone: [a-z0-9 ] only, or the promise to all that follows is broken. */
static void
test_alphabet(void)
{
	int bad = 0;

	for (unsigned int c = 1; c < 0x3000; c++)
	{
		char text[4];
		char out[64];
		size_t length = 0;

		if (c < 0x80)
			text[length++] = (char) c;
		else if (c < 0x800)
			text[length++] = (char) (0xC0 | c >> 6);
		else
		{
			text[length++] = (char) (0xE0 | c >> 12);
			text[length++] = (char) (0x80 | (c >> 6 & 0x3F));
		}
		if (c >= 0x80)
			text[length++] = (char) (0x80 | (c & 0x3F));
		crm_text_fold(text, length, out, sizeof(out));
		if (strspn(out, "abcdefghijklmnopqrstuvwxyz0123456789 ") == strlen(out) && out[0] != ' ')
			continue;
		printf("# U+%04X -> \"%s\"\n", c, out);
		bad++;
	}
	ok(bad == 0, "every letter below U+3000 folds to [a-z0-9 ]");
}

int
main(void)
{
	test_examples();
	test_twice();
	test_cut();
	test_alphabet();
	return done();
}
