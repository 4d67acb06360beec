/* match_value.c - one value standardised for comparison. */
#include <ctype.h>
#include <string.h>

#include "match/match_name.h"
#include "match/match_value.h"
#include "types/phone_number.h"

static const char *const shared_locals[] = {
	"accounting", "accounts",    "admin",      "administratie", "anfrage",   "bestellung",
	"billing",    "buchhaltung", "compta",     "contact",       "contacto",  "enquiries",
	"facturen",   "facturas",    "finance",    "hello",         "help",      "hr",
	"info",       "inkoop",      "invoice",    "invoices",      "jobs",      "kontakt",
	"mail",       "marketing",   "noreply",    "no-reply",      "office",    "order",
	"orders",     "post",        "purchasing", "receptie",      "reception", "sales",
	"service",    "support",     "team",       "ventas",        "verkauf",   "verkoop",
	"vertrieb",   "webmaster",
};

/* Providers by the first label of the domain; their country endings differ. */
static const char *const free_providers[] = {
	"aol",        "btinternet", "free",     "freenet", "gmail",      "gmx",
	"googlemail", "hetnet",     "home",     "hotmail", "icloud",     "kpnmail",
	"laposte",    "libero",     "live",     "mac",     "mail",       "me",
	"msn",        "orange",     "outlook",  "planet",  "proton",     "protonmail",
	"sfr",        "sky",        "t-online", "telfort", "telefonica", "upcmail",
	"virgilio",   "wanadoo",    "web",      "xs4all",  "yahoo",      "ziggo",
};

/* Kinds of streets and their short writing; a suffix of a longer word counts too. */
static const struct
{
	const char *full;
	const char *brief;
} streets[] = {
	{"strasse", "str"},   {"straat", "str"}, {"street", "st"},   {"road", "rd"},
	{"avenue", "ave"},    {"av", "ave"},     {"avenida", "ave"}, {"boulevard", "blvd"},
	{"drive", "dr"},      {"lane", "ln"},    {"court", "ct"},    {"place", "pl"},
	{"platz", "pl"},      {"plein", "pl"},   {"plaza", "pl"},    {"square", "sq"},
	{"crescent", "cres"}, {"close", "cl"},   {"terrace", "tce"}, {"calle", "c"},
	{"laan", "ln"},       {"parade", "pde"}, {"circuit", "cct"}, {"highway", "hwy"},
};

uint64_t
crm_value_hash64(const char *text, size_t length, uint64_t seed)
{
	uint64_t h = seed * UINT64_C(0x9E3779B97F4A7C15) + UINT64_C(0xcbf29ce484222325);

	for (size_t i = 0; i < length; i++)
		h = (h ^ (unsigned char) text[i]) * UINT64_C(0x100000001b3);
	h ^= h >> 33;
	h *= UINT64_C(0xff51afd7ed558ccd);
	h ^= h >> 33;
	h *= UINT64_C(0xc4ceb9fe1a85ec53);
	return h ^ h >> 33;
}

uint32_t
crm_value_hash32(const char *text, size_t length)
{
	return (uint32_t) crm_value_hash64(text, length, 1);
}

static int
number_of(const char *digits, int from, int n)
{
	int value = 0;

	for (int i = from; i < from + n; i++)
		value = value * 10 + digits[i] - '0';
	return value;
}

/* A filled-in date is no evidence: forms send these when nobody knows. */
static bool
is_placeholder(int year, int month, int day)
{
	return year < 1850 || (month == 1 && day == 1 && (year == 1900 || year == 1970));
}

bool
crm_value_date(const char *text, int *year, int *month, int *day)
{
	char digits[8];
	int group[3] = {0, 0, 0};
	int groups = 0;
	int n = 0;
	int start[3] = {0, 0, 0};

	for (const char *p = text; *p != '\0' && groups < 3 && n < 8; p++)
	{
		if (!isdigit((unsigned char) *p))
			continue;
		if (p == text || !isdigit((unsigned char) p[-1]))
			start[groups] = n;
		digits[n++] = *p;
		group[groups]++;
		if (!isdigit((unsigned char) p[1]))
			groups++;
	}
	if (n == 8 && groups == 1)
	{
		*year = number_of(digits, 0, 4);
		*month = number_of(digits, 4, 2);
		*day = number_of(digits, 6, 2);
	}
	else if (groups == 3 && group[0] == 4)
	{
		*year = number_of(digits, start[0], 4);
		*month = number_of(digits, start[1], group[1]);
		*day = number_of(digits, start[2], group[2]);
	}
	else if (groups == 3 && group[2] == 4)
	{
		*day = number_of(digits, start[0], group[0]);
		*month = number_of(digits, start[1], group[1]);
		*year = number_of(digits, start[2], 4);
	}
	else
		return false;
	if (*month > 12 && *day <= 12 && groups == 3 && group[2] == 4)
	{
		int swap = *month;

		*month = *day;
		*day = swap;
	}
	return *month <= 99 && *day <= 99 && !is_placeholder(*year, *month, *day);
}

size_t
crm_value_code(const char *text, char *out, size_t size)
{
	char folded[CRM_TEXT_MAX];
	size_t length = crm_text_fold(text, strlen(text), folded, sizeof(folded));
	size_t used = 0;

	for (size_t i = 0; i < length && used + 1 < size; i++)
		if (folded[i] != ' ')
			out[used++] = folded[i];
	out[used] = '\0';
	return used;
}

static size_t
short_street_word(const char *word, size_t length, char *out, size_t size)
{
	for (size_t i = 0; i < sizeof(streets) / sizeof(streets[0]); i++)
	{
		size_t full = strlen(streets[i].full);
		size_t stem = length - full;

		if (length < full || memcmp(word + stem, streets[i].full, full) != 0)
			continue;
		if (stem > 0 && (stem < 3 || full < 4))
			continue;
		if (stem + strlen(streets[i].brief) >= size)
			break;
		memcpy(out, word, stem);
		memcpy(out + stem, streets[i].brief, strlen(streets[i].brief));
		return stem + strlen(streets[i].brief);
	}
	memcpy(out, word, length < size ? length : size);
	return length < size ? length : size;
}

void
crm_value_street(const char *text, char street[CRM_TEXT_MAX], char number[CRM_TEXT_MAX])
{
	char folded[CRM_TEXT_MAX];
	char word[CRM_TEXT_MAX];
	crm_words words;
	size_t used = 0;
	size_t digits = 0;

	crm_words_split(folded, crm_text_fold(text, strlen(text), folded, sizeof(folded)), &words);
	for (int i = 0; i < words.n; i++)
	{
		const char *w = words.word[i].text;
		size_t length = words.word[i].length;

		if (digits == 0 && isdigit((unsigned char) w[0]))
		{
			memcpy(number, w, length);
			digits = length;
			continue;
		}
		/* "12 a" and "12a" are one house, "1-3" is not number 13 */
		if (digits > 0 && length == 1 && !isdigit((unsigned char) w[0]) &&
			isdigit((unsigned char) number[digits - 1]) && i > 1)
		{
			number[digits++] = w[0];
			continue;
		}
		length = short_street_word(w, length, word, sizeof(word));
		if (used + length + 2 > CRM_TEXT_MAX)
			break;
		if (used > 0)
			street[used++] = ' ';
		memcpy(street + used, word, length);
		used += length;
	}
	street[used] = '\0';
	number[digits] = '\0';
}

/* Not tolower(): bytes beyond ASCII are parts of letters, whatever the locale of the database. */
static char
ascii_lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char) (c - 'A' + 'a') : c;
}

size_t
crm_value_email(const char *text, char *out, size_t size)
{
	const char *at = strrchr(text, '@');
	const char *plus = memchr(text, '+', at - text);
	size_t local = (plus != NULL && plus > text ? plus : at) - text;
	size_t used = 0;

	for (size_t i = 0; i < local && used + 1 < size; i++)
		out[used++] = ascii_lower(text[i]);
	for (const char *p = at; *p != '\0' && used + 1 < size; p++)
		out[used++] = ascii_lower(*p);
	out[used] = '\0';
	return used;
}

char
crm_value_gender(const char *text)
{
	static const char *const male[] = {"h",    "herr", "homme", "hombre", "m",
									   "male", "man",  "mann",  "mr"};
	static const char *const female[] = {"f",     "female", "femme", "frau", "mrs",     "ms",
										 "mujer", "v",      "vrouw", "w",    "weiblich"};
	char folded[CRM_TEXT_MAX];
	size_t length = crm_text_fold(text, strlen(text), folded, sizeof(folded));

	if (crm_listed(folded, length, male))
		return 'm';
	return crm_listed(folded, length, female) ? 'f' : 0;
}

/* An extension (x12) is the switchboard's business. */
uint64_t
crm_value_raw_phone(const char *text)
{
	uint64_t digits = 0;
	int n = 0;

	for (const char *p = text; *p != '\0'; p++)
	{
		if (*p >= '0' && *p <= '9' && n < 18)
		{
			digits = digits * 10 + (uint64_t) (*p - '0');
			n++;
		}
		else if (n > 0 && ((*p >= 'a' && *p <= 'z') || (*p >= 'A' && *p <= 'Z')))
			break;
	}
	return n >= 7 && n < 18 ? digits : 0;
}

uint64_t
crm_value_phone_tail(uint64_t phone)
{
	return (phone & ~CRM_PHONE_FORMAT_MASK) % 100000000;
}

bool
crm_value_same_phone(uint64_t a, uint64_t b)
{
	bool raw = ((a & b) & CRM_PHONE_FORMAT_MASK) == 0;

	if (a == b)
		return true;
	return raw && (a & ~CRM_PHONE_FORMAT_MASK) >= 10000000 &&
		   (b & ~CRM_PHONE_FORMAT_MASK) >= 10000000 &&
		   crm_value_phone_tail(a) == crm_value_phone_tail(b);
}

bool
crm_value_local_is_shared(const char *local, size_t length)
{
	return crm_listed(local, length, shared_locals);
}

bool
crm_value_domain_is_free(const char *domain, size_t length)
{
	const char *dot = memchr(domain, '.', length);

	return dot != NULL && crm_listed(domain, dot - domain, free_providers);
}
