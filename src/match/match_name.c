/*
 * match_name.c - names of people and companies taken apart.
 *
 * Word lists are short on purpose: a word that is not listed only costs some weight, a word that is
 * listed by mistake destroys a name.
 */
#include <string.h>

#include "match/match_name.h"

static const char *const titles[] = {
	"dhr",  "dna",       "doctor", "don",      "dona", "dr",     "drs",  "frau",
	"heer", "herr",      "hr",     "ing",      "ir",   "madame", "mevr", "mevrouw",
	"miss", "mlle",      "mme",    "monsieur", "mr",   "mrs",    "ms",   "mw",
	"prof", "professor", "senor",  "senora",   "sir",  "sra",    "srta",
};

static const char *const particles[] = {
	"af",  "av",  "d",   "da",  "dal", "de",  "del", "della", "den", "der", "di", "do",
	"dos", "du",  "el",  "het", "in",  "la",  "las", "le",    "los", "op",  "t",  "te",
	"ten", "ter", "van", "vd",  "vom", "von", "y",   "zu",    "zum", "zur",
};

static const char *const legal_forms[] = {
	"anonima",
	"anonyme",
	"limitada",
	"limitee",
	"naamloze",
	"responsabilidad",
	"responsabilite",
	"sociedad",
	"societa",
	"societe",
	"ab",
	"ag",
	"aktiengesellschaft",
	"aps",
	"beschrankter",
	"besloten",
	"bv",
	"bvba",
	"co",
	"company",
	"corp",
	"corporation",
	"cv",
	"ek",
	"eurl",
	"ev",
	"gbr",
	"gesellschaft",
	"gmbh",
	"haftung",
	"inc",
	"incorporated",
	"kg",
	"kgaa",
	"liability",
	"limited",
	"llc",
	"llp",
	"ltd",
	"mbh",
	"mit",
	"nv",
	"ohg",
	"oy",
	"partnership",
	"plc",
	"pty",
	"sa",
	"sarl",
	"sas",
	"sasu",
	"sau",
	"se",
	"sl",
	"slu",
	"spa",
	"sprl",
	"srl",
	"ug",
	"vennootschap",
	"vof",
};

static const char *const fillers[] = {
	"and", "de", "des", "die", "en", "et", "het", "la", "le", "of", "the", "und", "y",
};

static const struct
{
	const char *brief;
	const char *full;
} abbreviations[] = {
	{"assn", "association"},  {"assoc", "associates"},
	{"bros", "brothers"},     {"cie", "compagnie"},
	{"ctr", "center"},        {"dept", "department"},
	{"gebr", "gebroeders"},   {"grp", "group"},
	{"ind", "industries"},    {"inst", "institute"},
	{"int", "international"}, {"intl", "international"},
	{"mfg", "manufacturing"}, {"mgmt", "management"},
	{"natl", "national"},     {"svc", "services"},
	{"svcs", "services"},     {"sys", "systems"},
	{"tech", "technology"},   {"technologies", "technology"},
	{"univ", "university"},   {"zn", "zonen"},
	{"centre", "center"},     {"sohne", "soehne"},
};

bool
crm_is_listed(const char *word, size_t length, const char *const *list, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (length > 0 && list[i][0] == word[0] && strncmp(list[i], word, length) == 0 &&
			list[i][length] == '\0')
			return true;
	return false;
}

void
crm_words_split(const char *folded, size_t length, crm_words *words)
{
	size_t start = 0;

	words->n = 0;
	while (start < length && words->n < CRM_NAME_WORDS)
	{
		size_t end = start;

		while (end < length && folded[end] != ' ')
			end++;
		if (end > start)
		{
			words->word[words->n].text = folded + start;
			words->word[words->n].length = end - start;
			words->n++;
		}
		start = end + 1;
	}
}

static bool
word_is(const crm_words *words, int i, const char *text)
{
	return words->word[i].length == strlen(text) &&
		   memcmp(words->word[i].text, text, words->word[i].length) == 0;
}

static char
generation_of(const crm_words *words, int i)
{
	static const struct
	{
		const char *word;
		char generation;
	} generations[] = {
		{"jr", 'j'},  {"jnr", 'j'},    {"junior", 'j'}, {"hijo", 'j'}, {"fils", 'j'}, {"sr", 's'},
		{"snr", 's'}, {"senior", 's'}, {"pere", 's'},   {"ii", '2'},   {"iii", '3'},  {"iv", '4'},
	};

	for (size_t k = 0; k < sizeof(generations) / sizeof(generations[0]); k++)
		if (word_is(words, i, generations[k].word))
			return generations[k].generation;
	return 0;
}

/* Vogel jun., Vogel sen.: without the full stop that folding takes away they would be names too. */
static char
abbreviated_generation(const crm_words *words, const char *text, size_t length)
{
	while (length > 0 && text[length - 1] == ' ')
		length--;
	if (words->n < 2 || length == 0 || text[length - 1] != '.')
		return 0;
	return word_is(words, words->n - 1, "jun")   ? 'j'
		   : word_is(words, words->n - 1, "sen") ? 's'
												 : 0;
}

/* "M. Louis Garnier", "D. Antonio Molina": before a whole name it is no initial. */
static bool
is_brief_title(const crm_words *words, int i)
{
	return (word_is(words, i, "m") || word_is(words, i, "d")) && words->n - i > 2 &&
		   words->word[i + 1].length > 1;
}

/*
 * Drops titles in front and a generation at the end; a name of one word stays as it is. The words
 * are those of the text.
 */
static void
strip_person(crm_words *words, const char *text, size_t length, char *generation)
{
	char abbreviated = abbreviated_generation(words, text, length);
	int skip = 0;

	while (words->n - skip > 1 &&
		   (crm_listed(words->word[skip].text, words->word[skip].length, titles) ||
			word_is(words, skip, "sr") || is_brief_title(words, skip)))
		skip++;
	words->n -= skip;
	memmove(&words->word[0], &words->word[skip], words->n * sizeof(words->word[0]));
	if (abbreviated && words->n > 1)
	{
		*generation = abbreviated;
		words->n--;
	}
	while (words->n > 1 && generation_of(words, words->n - 1) != 0)
		*generation = generation_of(words, --words->n);
}

static size_t
join(const crm_words *words, int from, int to, bool without_particles, char *out, size_t size)
{
	size_t used = 0;

	for (int i = from; i < to; i++)
	{
		const char *text = words->word[i].text;
		size_t length = words->word[i].length;

		if (without_particles && crm_listed(text, length, particles))
			continue;
		if (used + length + 2 > size)
			break;
		if (used > 0)
			out[used++] = ' ';
		memcpy(out + used, text, length);
		used += length;
	}
	out[used] = '\0';
	return used;
}

static size_t
join_family(const crm_words *words, int from, int to, char *out, size_t size)
{
	size_t length = join(words, from, to, true, out, size);

	return length > 0 ? length : join(words, from, to, false, out, size);
}

static bool
are_particles(const crm_words *words)
{
	for (int i = 0; i < words->n; i++)
		if (!crm_listed(words->word[i].text, words->word[i].length, particles))
			return false;
	return true;
}

/*
 * "Berg, Anna": the part behind the comma leads, unless it is only a generation, or a particle that
 * stands last for sorting: "Anna Berg, van den".
 */
static bool
split_at_comma(const char *name, crm_person_name *out)
{
	const char *comma = strchr(name, ',');
	char folded[CRM_TEXT_MAX];
	crm_words words;

	if (comma == NULL)
		return false;
	crm_words_split(folded, crm_text_fold(comma + 1, strlen(comma + 1), folded, sizeof(folded)),
					&words);
	if (are_particles(&words) || (words.n == 1 && generation_of(&words, 0) != 0))
		return false;
	if (generation_of(&words, 0) != 0) /* "Berg, Jr., Anna" */
	{
		out->generation = generation_of(&words, 0);
		memmove(&words.word[0], &words.word[1], --words.n * sizeof(words.word[0]));
	}
	strip_person(&words, comma + 1, strlen(comma + 1), &out->generation);
	join(&words, 0, words.n, true, out->given, sizeof(out->given));

	crm_words_split(folded, crm_text_fold(name, comma - name, folded, sizeof(folded)), &words);
	strip_person(&words, name, comma - name, &out->generation);
	join_family(&words, 0, words.n, out->family, sizeof(out->family));
	return true;
}

/* "van Dijk Anna": nobody's given name is a particle, so the family name comes first. */
static bool
split_at_particle(const crm_words *words, crm_person_name *out)
{
	int family = 0;

	while (family < words->n &&
		   crm_listed(words->word[family].text, words->word[family].length, particles))
		family++;
	if (family == 0 || family + 1 >= words->n)
		return false;
	join_family(words, 0, family + 1, out->family, sizeof(out->family));
	join(words, family + 1, words->n, false, out->given, sizeof(out->given));
	return true;
}

void
crm_name_split(const char *name, crm_person_name *out)
{
	char folded[CRM_TEXT_MAX];
	crm_words words;

	out->given[0] = out->family[0] = '\0';
	if (split_at_comma(name, out))
		return;
	crm_words_split(folded, crm_text_fold(name, strlen(name), folded, sizeof(folded)), &words);
	strip_person(&words, name, strlen(name), &out->generation);
	if (words.n == 0)
		return;
	if (split_at_particle(&words, out))
		return;
	if (words.n > 1)
		join(&words, 0, 1, false, out->given, sizeof(out->given));
	join_family(&words, words.n > 1 ? 1 : 0, words.n, out->family, sizeof(out->family));
}

size_t
crm_name_given(const char *text, char *out, size_t size, char *generation)
{
	char folded[CRM_TEXT_MAX];
	crm_words words;

	crm_words_split(folded, crm_text_fold(text, strlen(text), folded, sizeof(folded)), &words);
	strip_person(&words, text, strlen(text), generation);
	/* a family name that stands in the wrong column */
	if (words.n > 1 && crm_listed(words.word[0].text, words.word[0].length, particles))
		return join_family(&words, 0, words.n, out, size);
	return join(&words, 0, words.n, false, out, size);
}

size_t
crm_name_family(const char *text, char *out, size_t size, char *generation)
{
	char folded[CRM_TEXT_MAX];
	crm_words words;

	crm_words_split(folded, crm_text_fold(text, strlen(text), folded, sizeof(folded)), &words);
	strip_person(&words, text, strlen(text), generation);
	return join_family(&words, 0, words.n, out, size);
}

static bool
is_legal_form(const crm_words *words, int i)
{
	return crm_listed(words->word[i].text, words->word[i].length, legal_forms);
}

/* GmbH u. Co. KG, societe a responsabilite limitee */
static bool
joins_legal_forms(const crm_words *words)
{
	static const char *const joints[] = {"a", "and", "de", "e", "et", "u", "und", "y"};
	int last = words->n - 1;

	return last > 1 && crm_listed(words->word[last].text, words->word[last].length, joints) &&
		   is_legal_form(words, last - 1);
}

/* "b v" at the end is one word: the dots of B.V. fold to spaces. Returns the words that remain. */
static int
without_legal_form(crm_words *words, bool *found)
{
	char letters[8];

	*found = false;
	while (words->n > 1)
	{
		int first = words->n;
		size_t n = 0;

		if (is_legal_form(words, words->n - 1) || (*found && joins_legal_forms(words)))
		{
			words->n--;
			*found = true;
			continue;
		}
		while (first > 1 && words->word[first - 1].length == 1 && words->n - first < 4)
			first--;
		for (int i = first; i < words->n; i++)
			letters[n++] = words->word[i].text[0];
		if (n < 2 || !crm_listed(letters, n, legal_forms))
			break;
		words->n = first;
		*found = true;
	}
	return words->n;
}

static size_t
append_word(char *out, size_t size, size_t used, const char *word, size_t length)
{
	for (size_t i = 0; i < sizeof(abbreviations) / sizeof(abbreviations[0]); i++)
		if (strlen(abbreviations[i].brief) == length &&
			memcmp(abbreviations[i].brief, word, length) == 0)
		{
			word = abbreviations[i].full;
			length = strlen(word);
			break;
		}
	if (used + length + 2 > size)
		return used;
	if (used > 0)
		out[used++] = ' ';
	memcpy(out + used, word, length);
	out[used + length] = '\0';
	return used + length;
}

size_t
crm_name_organization(const char *text, char *out, size_t size)
{
	char folded[CRM_TEXT_MAX];
	crm_words words;
	bool found;
	size_t used = 0;
	size_t length = crm_text_fold(text, strlen(text), folded, sizeof(folded));

	crm_words_split(folded, length, &words);
	without_legal_form(&words, &found);
	for (int i = 0; i < words.n; i++)
		if (!crm_listed(words.word[i].text, words.word[i].length, fillers))
			used = append_word(out, size, used, words.word[i].text, words.word[i].length);
	if (used == 0 && length < size)
	{
		memcpy(out, folded, length + 1);
		used = length;
	}
	return used;
}

bool
crm_name_is_organization(const char *text)
{
	char folded[CRM_TEXT_MAX];
	crm_words words;
	bool found;

	crm_words_split(folded, crm_text_fold(text, strlen(text), folded, sizeof(folded)), &words);
	without_legal_form(&words, &found);
	return found;
}

char
crm_name_organization_end(const char *text)
{
	char folded[CRM_TEXT_MAX];
	crm_words words;
	bool found;
	int end;

	crm_words_split(folded, crm_text_fold(text, strlen(text), folded, sizeof(folded)), &words);
	end = without_legal_form(&words, &found);
	if (!found)
		return 0;
	if (word_is(&words, end, "corporation") || word_is(&words, end, "corp"))
		return 'r';
	return word_is(&words, end, "company") || word_is(&words, end, "co") ? 'y' : 0;
}
