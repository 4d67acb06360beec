/* lookup_rule.c - reads the text of a look-up's step. */
#include "postgres.h"

#include "source/lookup_rule.h"

#define MOST_NAMES 3

static const char *read_name(const char **at, char *name);
static const char *read_quoted(const char **at, char *name);
static const char *read_plain(const char **at, char *name);
static bool begins_name(char c);
static bool append(char *name, size_t *length, char c);
static void skip_space(const char **at);
static bool skip(const char **at, char c);
static const char *settle(char names[][CRM_LOOKUP_NAME], int n, int before_key,
						  crm_lookup_path *path);

static const char not_a_path[] = "a step is written as table.column, schema.table.column or "
								 "schema.table(key column).column, names in double quotes "
								 "where SQL needs them";
static const char too_long[] = "a name in it is too long";

const char *
crm_lookup_path_parse(const char *text, crm_lookup_path *path)
{
	char names[MOST_NAMES][CRM_LOOKUP_NAME];
	int n = 0;
	int before_key = 0;
	const char *at = text;
	const char *wrong = NULL;

	memset(path, 0, sizeof(*path));
	do
	{
		if (n == MOST_NAMES)
			return not_a_path;
		wrong = read_name(&at, names[n++]);
		if (wrong == NULL && before_key == 0 && skip(&at, '('))
		{
			before_key = n;
			wrong = read_name(&at, path->key);
			if (wrong == NULL && !skip(&at, ')'))
				wrong = not_a_path;
		}
		if (wrong)
			return wrong;
	} while (skip(&at, '.'));
	if (*at != '\0')
		return not_a_path;
	return settle(names, n, before_key, path);
}

/* The last name is the column, and the key column in parentheses stands right before it. */
static const char *
settle(char names[][CRM_LOOKUP_NAME], int n, int before_key, crm_lookup_path *path)
{
	if (n < 2 || (before_key != 0 && before_key != n - 1))
		return not_a_path;
	strcpy(path->column, names[n - 1]);
	strcpy(path->table, names[n - 2]);
	if (n == MOST_NAMES)
		strcpy(path->schema, names[0]);
	return NULL;
}

static const char *
read_name(const char **at, char *name)
{
	const char *wrong;

	skip_space(at);
	wrong = **at == '"' ? read_quoted(at, name) : read_plain(at, name);
	skip_space(at);
	return wrong;
}

static const char *
read_quoted(const char **at, char *name)
{
	size_t length = 0;
	const char *p = *at + 1;

	for (;; p++)
	{
		if (*p == '\0')
			return "a quoted name in it does not end";
		if (*p == '"' && *++p != '"')
			break;
		if (!append(name, &length, *p))
			return too_long;
	}
	*at = p;
	return length == 0 ? "a name in it is empty" : NULL;
}

/* Folded as the server folds what is not quoted: only ASCII, in UTF-8. */
static const char *
read_plain(const char **at, char *name)
{
	size_t length = 0;
	const char *p = *at;

	if (!begins_name(*p))
		return not_a_path;
	for (; begins_name(*p) || (*p >= '0' && *p <= '9') || *p == '$'; p++)
		if (!append(name, &length, *p >= 'A' && *p <= 'Z' ? *p + ('a' - 'A') : *p))
			return too_long;
	*at = p;
	return NULL;
}

static bool
begins_name(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || (c & 0x80) != 0;
}

static bool
append(char *name, size_t *length, char c)
{
	if (*length >= CRM_LOOKUP_NAME - 1)
		return false;
	name[(*length)++] = c;
	name[*length] = '\0';
	return true;
}

static void
skip_space(const char **at)
{
	*at += strspn(*at, " \t\r\n");
}

static bool
skip(const char **at, char c)
{
	if (**at != c)
		return false;
	(*at)++;
	skip_space(at);
	return true;
}
