/* detail_merge.c - what the rows of details add to a row of their source. */
#include "postgres.h"

#include "source/detail_merge.h"

struct crm_merge_order
{
	int n;
	const crm_source_item **items; /* one an attribute */
};

typedef struct ranked
{
	crm_source_value value;
	int rank;   /* of the attribute */
	int number; /* as it came */
	bool again; /* said before */
} ranked;

static void add_links(crm_source_row *row, List *rows);
static void add_items(crm_merge_order *order, const crm_source *source);
static int by_attribute(const void *left, const void *right);
static int rank_of(const crm_merge_order *order, const char *attribute);
static void put_values(ranked *all, int *n, const crm_source_row *row,
					   const crm_merge_order *order);
static int by_text(const void *left, const void *right);
static int by_rank(const void *left, const void *right);
static void mark_repeated(ranked *all, int n);

crm_merge_order *
crm_merge_order_of(const crm_source *source, List *details)
{
	crm_merge_order *order = palloc(sizeof(crm_merge_order));
	int most = list_length(source->items);
	ListCell *cell;

	foreach (cell, details)
		most += list_length(((crm_source *) lfirst(cell))->items);
	order->n = 0;
	order->items = palloc(Max(most, 1) * sizeof(crm_source_item *));
	add_items(order, source);
	foreach (cell, details)
		add_items(order, lfirst(cell));
	qsort(order->items, order->n, sizeof(crm_source_item *), by_attribute);
	return order;
}

void
crm_merge_rows(crm_source_row *row, List *rows, const crm_merge_order *order)
{
	int n = 0;
	int most = row->nvalues;
	ranked *all;
	crm_source_value *values;
	ListCell *cell;

	if (rows == NIL)
		return;
	foreach (cell, rows)
		most += ((crm_source_row *) lfirst(cell))->nvalues;
	all = palloc(Max(most, 1) * sizeof(ranked));
	put_values(all, &n, row, order);
	foreach (cell, rows)
		put_values(all, &n, lfirst(cell), order);
	mark_repeated(all, n);
	qsort(all, n, sizeof(ranked), by_rank);
	values = palloc(Max(n, 1) * sizeof(crm_source_value));
	row->nvalues = 0;
	for (int i = 0; i < n; i++)
		if (!all[i].again)
			values[row->nvalues++] = all[i].value;
	row->values = values;
	pfree(all);
	add_links(row, rows);
}

static void
add_links(crm_source_row *row, List *rows)
{
	crm_source_link *links;
	int most = row->nlinks;
	ListCell *cell;

	foreach (cell, rows)
		most += ((crm_source_row *) lfirst(cell))->nlinks;
	if (most == row->nlinks)
		return;
	links = palloc(most * sizeof(crm_source_link));
	if (row->nlinks > 0)
		memcpy(links, row->links, row->nlinks * sizeof(crm_source_link));
	foreach (cell, rows)
	{
		const crm_source_row *detail = lfirst(cell);

		if (detail->nlinks > 0)
			memcpy(links + row->nlinks, detail->links, detail->nlinks * sizeof(crm_source_link));
		row->nlinks += detail->nlinks;
	}
	row->links = links;
}

static void
add_items(crm_merge_order *order, const crm_source *source)
{
	ListCell *cell;

	foreach (cell, source->items)
	{
		const crm_source_item *item = lfirst(cell);

		if (rank_of(order, item->attribute) == order->n)
			order->items[order->n++] = item;
	}
}

/* As one mapping is sorted. */
static int
by_attribute(const void *left, const void *right)
{
	const crm_source_item *a = *(const crm_source_item *const *) left;
	const crm_source_item *b = *(const crm_source_item *const *) right;

	return a->position != b->position ? (a->position < b->position ? -1 : 1)
									  : strcmp(a->attribute, b->attribute);
}

static int
rank_of(const crm_merge_order *order, const char *attribute)
{
	int i = 0;

	while (i < order->n && strcmp(order->items[i]->attribute, attribute) != 0)
		i++;
	return i;
}

static void
put_values(ranked *all, int *n, const crm_source_row *row, const crm_merge_order *order)
{
	for (int i = 0; i < row->nvalues; i++, (*n)++)
		all[*n] = (ranked){row->values[i], rank_of(order, row->values[i].attribute), *n, false};
}

static int
by_text(const void *left, const void *right)
{
	const ranked *a = left;
	const ranked *b = right;
	int order = a->rank != b->rank ? a->rank - b->rank : strcmp(a->value.text, b->value.text);

	return order != 0 ? order : a->number - b->number;
}

static int
by_rank(const void *left, const void *right)
{
	const ranked *a = left;
	const ranked *b = right;

	return a->rank != b->rank ? a->rank - b->rank : a->number - b->number;
}

static void
mark_repeated(ranked *all, int n)
{
	qsort(all, n, sizeof(ranked), by_text);
	for (int i = 1; i < n; i++)
		all[i].again =
			all[i].rank == all[i - 1].rank && strcmp(all[i].value.text, all[i - 1].value.text) == 0;
}
