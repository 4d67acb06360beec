/* source_row.c - turns a row of a source's query into plain values. */
#include "postgres.h"

#include "executor/spi.h"
#include "utils/json.h"
#include "utils/timestamp.h"

#include "base/base.h"
#include "source/source_link.h"
#include "source/source_row.h"
#include "source/source_texts.h"
#include "text/text.h"

static char *trimmed(char *text);
static void read_kind(const crm_source *source, char *text, crm_source_row *row);
static void read_values(const crm_source *source, HeapTuple tuple, TupleDesc desc, int first,
						crm_source_row *row);
static void read_anchors(const crm_source *source, HeapTuple tuple, TupleDesc desc,
						 crm_source_row *row);
static const char *region_code(const char *text);

crm_source_row *
crm_source_query_row(const crm_source *source, HeapTuple tuple, TupleDesc desc)
{
	crm_source_row *row = palloc0(sizeof(crm_source_row));
	int column = list_length(source->key);
	bool isnull;
	Datum changed_at;
	char *kind;

	row->key = crm_source_query_key(source, tuple, desc);
	if (row->key == NULL)
		return NULL;
	kind = SPI_getvalue(tuple, desc, column + 1);
	row->region = region_code(SPI_getvalue(tuple, desc, column + 2));
	changed_at = SPI_getbinval(tuple, desc, column + 3, &isnull);
	row->has_changed_at = !isnull;
	row->changed_at = isnull ? 0 : DatumGetTimestampTz(changed_at);
	column += 4;
	if (source->entered_by)
		row->entered_by = trimmed(SPI_getvalue(tuple, desc, column++));
	column += crm_source_read_links(source, tuple, desc, column, row);
	read_values(source, tuple, desc, column, row);
	read_anchors(source, tuple, desc, row);
	read_kind(source, kind, row);
	return row;
}

/* NULL if nothing is left. */
static char *
trimmed(char *text)
{
	text = text ? crm_source_trimmed(text) : NULL;
	return text == NULL || *text == '\0' ? NULL : text;
}

char *
crm_source_query_key(const crm_source *source, HeapTuple tuple, TupleDesc desc)
{
	int nkeys = list_length(source->key);
	const char **texts = palloc(nkeys * sizeof(char *));

	for (int i = 0; i < nkeys; i++)
		texts[i] = SPI_getvalue(tuple, desc, i + 1);
	return (char *) crm_source_key_text(texts, nkeys);
}

/* One column: its text. Several: the text of a JSON array of theirs, as jsonb writes it. */
const char *
crm_source_key_text(const char *const *texts, int n)
{
	StringInfoData key;

	if (n <= 1)
		return n == 1 ? texts[0] : NULL;
	initStringInfo(&key);
	for (int i = 0; i < n; i++)
	{
		if (texts[i] == NULL)
			return NULL;
		appendStringInfoString(&key, i == 0 ? "[" : ", ");
		escape_json(&key, texts[i]);
	}
	appendStringInfoChar(&key, ']');
	return key.data;
}

char *
crm_source_trimmed(char *text)
{
	size_t length;

	text += strspn(text, " \t\r\n\f\v");
	length = strlen(text);
	while (length > 0 && strchr(" \t\r\n\f\v", text[length - 1]))
		text[--length] = '\0';
	return text;
}

static void
read_kind(const crm_source *source, char *text, crm_source_row *row)
{
	static const struct
	{
		const char *word;
		char kind;
	} words[] = {
		{"person", 'p'}, {"p", 'p'}, {"organization", 'o'}, {"organisation", 'o'}, {"o", 'o'}};

	if (source->kind && crm_source_is_kind(source->kind))
		text = source->kind;
	text = text ? crm_source_trimmed(text) : NULL;
	if (text == NULL || *text == '\0')
		return;
	for (int i = 0; i < lengthof(words); i++)
		if (pg_strcasecmp(words[i].word, text) == 0)
			row->kind = words[i].kind;
	if (row->kind != '\0')
		return;
	row->error = "its kind is neither \"person\" nor \"organization\"";
	row->sqlerrcode = ERRCODE_CRM_BAD_MAPPING;
}

static void
read_values(const crm_source *source, HeapTuple tuple, TupleDesc desc, int first,
			crm_source_row *row)
{
	crm_source_value *values = NULL;
	int room = 0;
	ListCell *item_cell;

	foreach (item_cell, source->items)
	{
		crm_source_item *item = lfirst(item_cell);
		List *texts = crm_source_texts(tuple, desc, first + foreach_current_index(item_cell));
		ListCell *cell;

		foreach (cell, texts)
		{
			char *text = crm_source_trimmed(lfirst(cell));

			if (*text == '\0')
				continue;
			if (row->nvalues == room)
			{
				room = room ? 2 * room : 8;
				values = values ? repalloc(values, room * sizeof(crm_source_value))
								: palloc(room * sizeof(crm_source_value));
			}
			values[row->nvalues++] = (crm_source_value){item->attribute, item->kind, text};
		}
	}
	row->values = values;
}

/* They are the last columns. */
static void
read_anchors(const crm_source *source, HeapTuple tuple, TupleDesc desc, crm_source_row *row)
{
	int n = list_length(source->anchors);
	const char **anchors = n ? palloc(n * sizeof(char *)) : NULL;

	for (int i = 0; i < n; i++)
		anchors[i] = SPI_getvalue(tuple, desc, desc->natts - n + i + 1);
	row->anchors = anchors;
}

/* By its code or by its name, as departments write countries. */
static const char *
region_code(const char *text)
{
	char code[CRM_TEXT_MAX];

	if (text == NULL || crm_text_country(text, code, sizeof(code)) != 2 ||
		!isalpha((unsigned char) code[0]) || !isalpha((unsigned char) code[1]))
		return NULL;
	code[0] = pg_toupper((unsigned char) code[0]);
	code[1] = pg_toupper((unsigned char) code[1]);
	return pstrdup(code);
}

bool
crm_source_is_kind(const char *text)
{
	return strcmp(text, "person") == 0 || strcmp(text, "organization") == 0;
}
