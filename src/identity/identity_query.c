/* identity_query.c - takes a search line apart: e-mails, telephone numbers, a date, a name. */
#include <ctype.h>
#include <string.h>

#include "identity/identity_query.h"
#include "match/match_value.h"

#define PHONE_DIGITS 7 /* fewer are a house number or a year */

typedef struct word
{
	const char *text;
	size_t length;
} word;

static int
count_digits(word w)
{
	int n = 0;

	for (size_t i = 0; i < w.length; i++)
		n += isdigit((unsigned char) w.text[i]) != 0;
	return n;
}

static bool
has_only(word w, const char *allowed)
{
	for (size_t i = 0; i < w.length; i++)
		if (!isdigit((unsigned char) w.text[i]) && strchr(allowed, w.text[i]) == NULL)
			return false;
	return true;
}

/* Not isspace(): in some locales a byte of a longer letter is a space. */
static bool
is_space(char c)
{
	return c != '\0' && strchr(" \t\n\v\f\r", c) != NULL;
}

static bool
next_word(const char **text, word *w)
{
	while (**text != '\0' && is_space(**text))
		(*text)++;
	w->text = *text;
	while (**text != '\0' && !is_space(**text))
		(*text)++;
	w->length = *text - w->text;
	return w->length > 0;
}

static void
copy(char *out, size_t size, word w)
{
	size_t length = w.length < size ? w.length : size - 1;

	memcpy(out, w.text, length);
	out[length] = '\0';
}

static void
append_name(crm_query *query, word w)
{
	size_t used = strlen(query->name);

	if (used + w.length + 2 > sizeof(query->name))
		return;
	if (used > 0)
		query->name[used++] = ' ';
	copy(query->name + used, sizeof(query->name) - used, w);
}

static bool
is_date(word w)
{
	char text[16];
	int year;
	int month;
	int day;

	if (w.length < 8 || w.length > 10 ||
		(memchr(w.text, '-', w.length) == NULL && memchr(w.text, '.', w.length) == NULL &&
		 memchr(w.text, '/', w.length) == NULL))
		return false;
	copy(text, sizeof(text), w);
	return has_only(w, "-./") && count_digits(w) >= 6 &&
		   crm_value_date(text, &year, &month, &day) && month >= 1 && month <= 12;
}

/* A number may be written in several words: takes them all, or none if they are too few digits. */
static bool
take_phone(crm_query *query, word first, const char **text)
{
	const char *rest = *text;
	const char *end = first.text + first.length;
	int digits = count_digits(first);
	word w;

	if (query->nphones == CRM_QUERY_MANY || !has_only(first, "+()-./") || digits == 0)
		return false;
	while (next_word(&rest, &w) && has_only(w, "+()-./") && w.text[0] != '+' && !is_date(w))
	{
		digits += count_digits(w);
		end = rest;
	}
	if (digits < PHONE_DIGITS)
		return false;
	copy(query->phones[query->nphones++], CRM_QUERY_TEXT, (word){first.text, end - first.text});
	*text = end;
	return true;
}

void
crm_query_parse(const char *text, crm_query *query)
{
	word w;

	memset(query, 0, sizeof(*query));
	while (next_word(&text, &w))
	{
		if (memchr(w.text, '@', w.length) != NULL && query->nemails < CRM_QUERY_MANY)
			copy(query->emails[query->nemails++], CRM_QUERY_TEXT, w);
		else if (query->date[0] == '\0' && is_date(w))
			copy(query->date, sizeof(query->date), w);
		else if (!take_phone(query, w, &text))
			append_name(query, w);
	}
}
