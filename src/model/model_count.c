/* model_count.c - counts by hash, forgetting the rarest when memory is short. */
#include "postgres.h"

#include "utils/memutils.h"

#include "model/model_count.h"

#define PLACES_LEAST 1024

static crm_count *
allocate(uint64 places)
{
	return MemoryContextAllocExtended(CurrentMemoryContext, places * sizeof(crm_count),
									  MCXT_ALLOC_HUGE | MCXT_ALLOC_ZERO);
}

void
crm_counter_begin(crm_counter *counter, Size room)
{
	counter->taken = 0;
	counter->places = counter->most = PLACES_LEAST;
	while (counter->most * 2 * sizeof(crm_count) <= room)
		counter->most *= 2;
	counter->counts = allocate(counter->places);
}

static crm_count *
place_of(const crm_counter *counter, uint64 key)
{
	uint64 place = key & (counter->places - 1);

	while (counter->counts[place].key != 0 && counter->counts[place].key != key)
		place = (place + 1) & (counter->places - 1);
	return &counter->counts[place];
}

/* Into so many places, without those that occurred no oftener than forgotten. */
static void
rebuild(crm_counter *counter, uint64 places, int64 forgotten)
{
	crm_counter old = *counter;

	counter->places = places;
	counter->taken = 0;
	counter->counts = allocate(places);
	for (uint64 i = 0; i < old.places; i++)
	{
		if (old.counts[i].key == 0 || old.counts[i].count <= forgotten)
			continue;
		*place_of(counter, old.counts[i].key) = old.counts[i];
		counter->taken++;
	}
	pfree(old.counts);
}

static void
make_room(crm_counter *counter)
{
	if (counter->places < counter->most)
	{
		rebuild(counter, counter->places * 2, 0);
		return;
	}
	for (int64 forgotten = 1; counter->taken > counter->places / 4; forgotten++)
		rebuild(counter, counter->places, forgotten);
}

void
crm_counter_add(crm_counter *counter, uint64 key)
{
	crm_count *count = place_of(counter, key);

	if (count->key == 0)
	{
		if (counter->taken >= counter->places / 2)
		{
			make_room(counter);
			count = place_of(counter, key);
		}
		count->key = key;
		counter->taken++;
	}
	count->count++;
}

static int
compare_counts(const void *a, const void *b)
{
	uint64 x = ((const crm_count *) a)->key;
	uint64 y = ((const crm_count *) b)->key;

	return (x > y) - (x < y);
}

void
crm_counter_list(const crm_counter *counter, int64 least, crm_ids *keys, crm_ids *counts)
{
	crm_count *listed =
		MemoryContextAllocHuge(CurrentMemoryContext, (counter->taken + 1) * sizeof(crm_count));
	uint64 n = 0;

	for (uint64 i = 0; i < counter->places; i++)
		if (counter->counts[i].key != 0 && counter->counts[i].count >= least)
			listed[n++] = counter->counts[i];
	qsort(listed, n, sizeof(crm_count), compare_counts);
	for (uint64 i = 0; i < n; i++)
	{
		crm_ids_add(keys, (int64) listed[i].key);
		crm_ids_add(counts, listed[i].count);
	}
	pfree(listed);
}
