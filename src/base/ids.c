/* ids.c - a growing vector of 64-bit ids. */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "utils/array.h"

#include "base/ids.h"

void
crm_ids_add(crm_ids *ids, int64 id)
{
	if (ids->v == NULL)
	{
		ids->room = 64;
		ids->v = palloc(sizeof(int64) * ids->room);
	}
	else if (ids->n == ids->room)
	{
		ids->room *= 2;
		ids->v = repalloc_huge(ids->v, sizeof(int64) * ids->room);
	}
	ids->v[ids->n++] = id;
}

static int
compare_ids(const void *a, const void *b)
{
	int64 x = *(const int64 *) a;
	int64 y = *(const int64 *) b;

	return (x > y) - (x < y);
}

void
crm_ids_sort_distinct(crm_ids *ids)
{
	int distinct = 0;

	if (ids->n > 1)
		qsort(ids->v, ids->n, sizeof(int64), compare_ids);
	for (int i = 0; i < ids->n; i++)
		if (distinct == 0 || ids->v[distinct - 1] != ids->v[i])
			ids->v[distinct++] = ids->v[i];
	ids->n = distinct;
}

bool
crm_ids_contain(const crm_ids *sorted, int64 id)
{
	return sorted->n > 0 && bsearch(&id, sorted->v, sorted->n, sizeof(int64), compare_ids) != NULL;
}

Datum
crm_ids_array(const int64 *v, int n)
{
	Datum *datums = palloc(sizeof(Datum) * Max(n, 1));

	for (int i = 0; i < n; i++)
		datums[i] = Int64GetDatum(v[i]);
	return PointerGetDatum(
		construct_array(datums, n, INT8OID, sizeof(int64), FLOAT8PASSBYVAL, TYPALIGN_DOUBLE));
}
