/* detail_read.c - the details of rows that have been read.
 *
 * One query a detail and batch. The rows of a detail are placed under those of what it hangs on,
 * in their order, so that each knows its row of the source; then their values are appended to it.
 */
#include "postgres.h"

#include "utils/builtins.h"
#include "utils/memutils.h"

#include "base/base.h"
#include "source/detail_merge.h"
#include "source/detail_read.h"
#include "source/source_part.h"
#include "source/source_read.h"
#include "source/source_row.h"

/* A row of the source or of a detail under the row of the source to which it belongs. */
typedef struct place
{
	crm_source_row *row;
	int root;  /* number of the source's row */
	int above; /* number of the place that it hangs on */
	int order; /* among the rows read */
} place;

typedef struct places
{
	int32 source_id;
	place *list; /* by root, then in the order of the values */
	int n;
	int taken; /* how many are in the rows of the source by now */
} places;

/* A place with the key by which rows of a detail are found for it. */
typedef struct wanted
{
	const char *key;
	int place;
} wanted;

static void add_anchors(crm_source *parent, const crm_source *part);
static places of_source(const crm_source *source, List *rows);
static ErrorData *place_detail(const crm_source *source, const crm_source *part,
							   const places *above, places *here, places *top);
static int find_wanted(const crm_source *parent, const crm_source *part, const places *above,
					   wanted *all);
static const char *anchor_key(const crm_source *parent, const crm_source *part,
							  const crm_source_row *row);
static void put_places(const crm_source *part, List *rows, const wanted *all, int n,
					   const places *above, places *here, places *top);
static int first_wanted(const wanted *all, int n, const char *key);
static int by_key(const void *left, const void *right);
static int by_place(const void *left, const void *right);
static void note_bad(const crm_source *part, const crm_source_row *bad, crm_source_row *row);
static crm_source *parent_of(const crm_source *source, List *details, const crm_source *part);
static List *rows_below(places *levels, int nlevels, int root);

List *
crm_details_load(crm_source *source)
{
	List *details = NIL;
	ListCell *cell;

	foreach (cell, crm_source_load_parts(source->source_id))
	{
		crm_source *part = lfirst(cell);

		if (part->role != CRM_ROLE_DETAIL)
			continue;
		add_anchors(parent_of(source, details, part), part);
		details = lappend(details, part);
	}
	return details;
}

ErrorData *
crm_details_probe(List *details, const crm_source **broken)
{
	ListCell *cell;

	foreach (cell, details)
	{
		ErrorData *error = crm_source_probe(lfirst(cell));

		if (error == NULL)
			continue;
		*broken = lfirst(cell);
		return error;
	}
	return NULL;
}

bool
crm_details_exist(int32 source_id)
{
	ListCell *cell;

	foreach (cell, crm_source_load_parts(source_id))
		if (((crm_source *) lfirst(cell))->role == CRM_ROLE_DETAIL)
			return true;
	return false;
}

ErrorData *
crm_details_read(const crm_source *source, List *details, List *rows, const crm_source **broken)
{
	int nlevels = list_length(details) + 1;
	places *levels = palloc0(nlevels * sizeof(places));
	crm_merge_order *order = crm_merge_order_of(source, details);
	ListCell *cell;

	levels[0] = of_source(source, rows);
	foreach (cell, details)
	{
		const crm_source *part = lfirst(cell);
		int i = foreach_current_index(cell) + 1;
		int above = 0;
		ErrorData *error;

		while (levels[above].source_id != part->parent_id)
			above++;
		levels[i].source_id = part->source_id;
		error = place_detail(parent_of(source, details, part), part, &levels[above], &levels[i],
							 &levels[0]);
		if (error != NULL)
		{
			*broken = part;
			return error;
		}
	}
	for (int i = 0; i < levels[0].n; i++)
		if (levels[0].list[i].row->error == NULL)
			crm_merge_rows(levels[0].list[i].row, rows_below(levels, nlevels, i), order);
	return NULL;
}

static void
add_anchors(crm_source *parent, const crm_source *part)
{
	ListCell *cell;

	foreach (cell, part->parent_columns)
		if (!crm_list_has_text(parent->anchors, lfirst(cell)))
			parent->anchors = lappend(parent->anchors, lfirst(cell));
}

/* A part has a larger number than what it hangs on, so that is among those before it. */
static crm_source *
parent_of(const crm_source *source, List *details, const crm_source *part)
{
	ListCell *cell;

	foreach (cell, details)
		if (((crm_source *) lfirst(cell))->source_id == part->parent_id)
			return lfirst(cell);
	return (crm_source *) source;
}

static places
of_source(const crm_source *source, List *rows)
{
	places top = {source->source_id, palloc(Max(list_length(rows), 1) * sizeof(place)), 0, 0};
	ListCell *cell;

	foreach (cell, rows)
	{
		top.list[top.n] = (place){lfirst(cell), top.n, 0, 0};
		top.n++;
	}
	return top;
}

static ErrorData *
place_detail(const crm_source *parent, const crm_source *part, const places *above, places *here,
			 places *top)
{
	wanted *all = palloc(Max(above->n, 1) * sizeof(wanted));
	const char **keys = palloc(Max(above->n, 1) * sizeof(char *));
	int n = find_wanted(parent, part, above, all);
	int nkeys = 0;
	List *rows = NIL;
	ErrorData *error;

	qsort(all, n, sizeof(wanted), by_key);
	for (int i = 0; i < n; i++)
		if (i == 0 || strcmp(all[i].key, all[i - 1].key) != 0)
			keys[nkeys++] = all[i].key;
	if (nkeys == 0)
		return NULL;
	error = crm_source_read_rows(part, keys, nkeys, &rows);
	if (error == NULL)
		put_places(part, rows, all, n, above, here, top);
	return error;
}

static int
find_wanted(const crm_source *parent, const crm_source *part, const places *above, wanted *all)
{
	int n = 0;

	for (int i = 0; i < above->n; i++)
	{
		const char *key =
			above->list[i].row->error ? NULL : anchor_key(parent, part, above->list[i].row);

		if (key != NULL)
			all[n++] = (wanted){key, i};
	}
	return n;
}

/* The key of the detail's rows that hang on this row; NULL: none do. */
static const char *
anchor_key(const crm_source *parent, const crm_source *part, const crm_source_row *row)
{
	const char **texts = palloc(list_length(part->parent_columns) * sizeof(char *));
	ListCell *cell;

	foreach (cell, part->parent_columns)
	{
		int at = 0;
		ListCell *anchor;

		foreach (anchor, parent->anchors)
		{
			if (strcmp(lfirst(anchor), lfirst(cell)) == 0)
				break;
			at++;
		}
		texts[foreach_current_index(cell)] = row->anchors[at];
	}
	return crm_source_key_text(texts, list_length(part->parent_columns));
}

static void
put_places(const crm_source *part, List *rows, const wanted *all, int n, const places *above,
		   places *here, places *top)
{
	int room = list_length(rows);
	ListCell *cell;

	here->list = palloc(Max(room, 1) * sizeof(place));
	foreach (cell, rows)
	{
		crm_source_row *row = lfirst(cell);

		for (int i = first_wanted(all, n, row->key); i < n && strcmp(all[i].key, row->key) == 0;
			 i++)
		{
			int root = above->list[all[i].place].root;

			if (row->error != NULL)
			{
				note_bad(part, row, top->list[root].row);
				continue;
			}
			if (here->n == room)
				here->list = repalloc_huge(here->list, (room = 2 * room + 8) * sizeof(place));
			here->list[here->n] = (place){row, root, all[i].place, here->n};
			here->n++;
		}
	}
	qsort(here->list, here->n, sizeof(place), by_place);
}

/* The first with this key, or one with a greater key. */
static int
first_wanted(const wanted *all, int n, const char *key)
{
	int low = 0;

	while (low < n)
	{
		int middle = low + (n - low) / 2;

		if (strcmp(all[middle].key, key) < 0)
			low = middle + 1;
		else
			n = middle;
	}
	return low;
}

static int
by_key(const void *left, const void *right)
{
	const wanted *a = left;
	const wanted *b = right;
	int order = strcmp(a->key, b->key);

	return order != 0 ? order : a->place - b->place;
}

/* Places above are in the order of their roots, so these are too. */
static int
by_place(const void *left, const void *right)
{
	const place *a = left;
	const place *b = right;

	return a->above != b->above ? a->above - b->above : a->order - b->order;
}

static void
note_bad(const crm_source *part, const crm_source_row *bad, crm_source_row *row)
{
	if (row->error != NULL)
		return;
	row->error = psprintf("%s: %s", crm_part_title(part), bad->error);
	row->sqlerrcode = bad->sqlerrcode;
}

/* The rows of all details that belong to this row of the source, which is asked for in order. */
static List *
rows_below(places *levels, int nlevels, int root)
{
	List *rows = NIL;

	for (int i = 1; i < nlevels; i++)
	{
		places *level = &levels[i];

		while (level->taken < level->n && level->list[level->taken].root < root)
			level->taken++;
		while (level->taken < level->n && level->list[level->taken].root == root)
			rows = lappend(rows, level->list[level->taken++].row);
	}
	return rows;
}
