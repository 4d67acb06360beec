/* suggest_rule.c - weighs a column's name against its type and its values. */
#include "postgres.h"

#include "suggest/suggest_rule.h"

/* Fewer values prove nothing. */
#define ENOUGH 5

static bool is_email(const char *value);
static bool is_phone(const char *value);
static bool is_date(const char *value, int *year);
static bool is_postal_code(const char *value);
static bool is_all_digits(const char *value, int least, int most);
static bool is_letters(const char *value, int least, int most);
static bool is_one_of(const char *value, const char *words);
static bool type_fits(const char *attribute, crm_column_type type);
static double share_of(const char *attribute, const crm_value_tally *tally);
static bool by_values(crm_column_type type, const crm_value_tally *tally, crm_suggestion *out);
static void weigh_values(const crm_value_tally *tally, crm_suggestion *out);

void
crm_value_tally_add(crm_value_tally *tally, const char *value)
{
	int year = 0;
	char *end;
	double number = strtod(value, &end);
	bool numeric = end != value && *end == '\0';

	tally->n++;
	tally->email += is_email(value);
	tally->phone += is_phone(value);
	tally->date += is_date(value, &year);
	tally->birth += year >= 1900 && year <= 2015;
	tally->postal_code += is_postal_code(value);
	tally->digits45 += is_all_digits(value, 4, 5);
	tally->country += is_letters(value, 2, 2) || is_letters(value, 4, 40);
	tally->gender += is_one_of(value, "|m|f|v|w|x|d|h|male|female|man|vrouw|mann|frau|homme|femme|"
									  "hombre|mujer|herr|mr|mrs|ms|dhr|mevr|0|1|2|9|");
	tally->language += is_letters(value, 2, 3) || (strlen(value) == 5 && strchr("-_", value[2]));
	tally->latitude += numeric && number >= -90 && number <= 90;
	tally->longitude += numeric && number >= -180 && number <= 180;
	tally->spaced += strchr(value, ' ') != NULL;
}

bool
crm_suggest(const char *column, const char *table, crm_column_type type,
			const crm_value_tally *tally, crm_suggestion *out)
{
	crm_word_match match;

	if (!crm_suggest_by_name(column, table, &match) || !type_fits(match.attribute, type))
		return by_values(type, tally, out);
	out->attribute = match.attribute;
	out->confidence = match.confidence;
	snprintf(out->reason, sizeof(out->reason), "name holds \"%.*s\" (%s)",
			 (int) strcspn(match.words, "|"), match.words, match.language);
	weigh_values(tally, out);
	/* A name that is contradicted says less than values that are plain. */
	if (out->confidence < 0.3)
		return by_values(type, tally, out);
	return true;
}

static void
weigh_values(const crm_value_tally *tally, crm_suggestion *out)
{
	double share = share_of(out->attribute, tally);
	size_t used = strlen(out->reason);

	if (share < 0 || tally->n < ENOUGH)
		return;
	out->confidence *= share >= 0.5 ? 1 : 0.3;
	if (share >= 0.9)
		out->confidence = out->confidence * 0.5 + 0.5;
	snprintf(out->reason + used, sizeof(out->reason) - used, "; %d%% of %d values look like one",
			 (int) (100 * share), tally->n);
}

static bool
by_values(crm_column_type type, const crm_value_tally *tally, crm_suggestion *out)
{
	static const struct
	{
		const char *attribute;
		double least;
		double confidence;
	} forms[] = {{"email", 0.8, 0.9}, {"postal_code", 0.9, 0.6}, {"phone", 0.9, 0.5}};

	if (tally->n < ENOUGH || type != CRM_COLUMN_TEXT)
		return false;
	for (int i = 0; i < lengthof(forms); i++)
	{
		double share = strcmp(forms[i].attribute, "postal_code") == 0
						   ? (double) tally->postal_code / tally->n
						   : share_of(forms[i].attribute, tally);

		if (share < forms[i].least)
			continue;
		out->attribute = forms[i].attribute;
		out->confidence = forms[i].confidence * share;
		snprintf(out->reason, sizeof(out->reason),
				 "the name says nothing; %d%% of %d values look like one", (int) (100 * share),
				 tally->n);
		return true;
	}
	return false;
}

/* The part of the values that have the attribute's form, or -1 where it has none. */
static double
share_of(const char *attribute, const crm_value_tally *tally)
{
	const struct
	{
		const char *attribute;
		int count;
	} counts[] = {
		{"email", tally->email},
		{"phone", tally->phone},
		{"birth_date", tally->birth},
		{"changed_at", tally->date},
		{"postal_code", tally->postal_code + tally->digits45},
		{"country", tally->country},
		{"gender", tally->gender},
		{"language", tally->language},
		{"latitude", tally->latitude},
		{"longitude", tally->longitude},
	};

	for (int i = 0; i < lengthof(counts); i++)
		if (strcmp(counts[i].attribute, attribute) == 0)
			return tally->n ? (double) counts[i].count / tally->n : 0;
	return -1;
}

static bool
type_fits(const char *attribute, crm_column_type type)
{
	if (strcmp(attribute, "is_organization") == 0)
		return type == CRM_COLUMN_BOOLEAN;
	if (strcmp(attribute, "changed_at") == 0)
		return type == CRM_COLUMN_TIME || type == CRM_COLUMN_DATE;
	if (strcmp(attribute, "birth_date") == 0)
		return type == CRM_COLUMN_DATE || type == CRM_COLUMN_TIME || type == CRM_COLUMN_TEXT;
	if (strcmp(attribute, "latitude") == 0 || strcmp(attribute, "longitude") == 0)
		return type == CRM_COLUMN_NUMBER || type == CRM_COLUMN_TEXT;
	if (is_one_of(attribute, "|phone|postal_code|house_number|tax_number|external_id|gender|") &&
		type == CRM_COLUMN_WHOLE)
		return true;
	return type == CRM_COLUMN_TEXT;
}

static bool
is_email(const char *value)
{
	const char *at = strchr(value, '@');

	return at && at > value && strchr(at + 1, '@') == NULL && strchr(at + 1, '.') &&
		   strchr(value, ' ') == NULL && at[1] != '.';
}

static bool
is_phone(const char *value)
{
	int digits = 0;
	const char *p = value;

	if (*p != '+' && *p != '0' && *p != '(' && strncmp(p, "tel:", 4) != 0)
		return false;
	if (strncmp(p, "tel:", 4) == 0)
		p += 4;
	for (; *p; p++)
	{
		if (*p >= '0' && *p <= '9')
			digits++;
		else if (!strchr("+-() ./", *p))
			return false;
	}
	return digits >= 8 && digits <= 17;
}

static bool
is_date(const char *value, int *year)
{
	int a;
	int b;
	int c;
	char first;
	char second;

	if (sscanf(value, "%d%c%d%c%d", &a, &first, &b, &second, &c) != 5 || first != second ||
		!strchr("-/.", first))
		return false;
	*year = a > 31 ? a : c;
	return *year > 31 && (a > 31 ? c : a) <= 31 && b <= 31;
}

/* Letters and digits, five to eight of them, a digit at one end: 1012 AB, SW1A 1AA, K1A 0B1. */
static bool
is_postal_code(const char *value)
{
	int letters = 0;
	int digits = 0;
	size_t n = strlen(value);

	for (const char *p = value; *p; p++)
	{
		if (*p >= '0' && *p <= '9')
			digits++;
		else if ((*p >= 'A' && *p <= 'Z') || (*p >= 'a' && *p <= 'z'))
			letters++;
		else if (*p != ' ' && *p != '-')
			return false;
	}
	return letters >= 2 && letters <= 5 && digits >= 1 && digits <= 5 && n >= 5 && n <= 8;
}

static bool
is_all_digits(const char *value, int least, int most)
{
	size_t n = strspn(value, "0123456789");

	return value[n] == '\0' && n >= least && n <= most;
}

static bool
is_letters(const char *value, int least, int most)
{
	int n = 0;

	for (const unsigned char *p = (const unsigned char *) value; *p; p++, n++)
		if (!((*p >= 'A' && *p <= 'Z') || (*p >= 'a' && *p <= 'z') || *p >= 128 || *p == ' '))
			return false;
	return n >= least && n <= most;
}

static bool
is_one_of(const char *value, const char *words)
{
	size_t n = strlen(value);

	for (const char *p = words; *p; p++)
		if (p[0] == '|' && pg_strncasecmp(p + 1, value, n) == 0 && p[1 + n] == '|')
			return true;
	return false;
}
