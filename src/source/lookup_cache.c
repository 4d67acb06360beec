/* lookup_cache.c - values that a look-up has found, for one query.
 *
 * A key stands in one of a few slots, by its hash; in a full table a newcomer takes the place of
 * another. So it is bounded whatever the keys are, cheap where every row has a key of its own, and
 * all are found again where there are few.
 */
#include "postgres.h"

#include "utils/datum.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"

#include "source/lookup_cache.h"

#define FIRST_SIZE 16
#define MOST 4096
#define WINDOW 8

typedef struct slot
{
	bool used;
	uint32 hash;
	Datum key;
	char *text;
} slot;

struct crm_lookup_cache
{
	MemoryContext context;
	int16 length;
	bool by_value;
	uint32 size; /* a power of two */
	slot *slots;
};

static slot *slot_at(const crm_lookup_cache *cache, uint32 hash);
static slot *free_slot(const crm_lookup_cache *cache, uint32 hash);
static void grow(crm_lookup_cache *cache);
static void clear(const crm_lookup_cache *cache, slot *old);

crm_lookup_cache *
crm_lookup_cache_make(Oid key_type)
{
	crm_lookup_cache *cache = palloc0(sizeof(crm_lookup_cache));

	cache->context = CurrentMemoryContext;
	get_typlenbyval(key_type, &cache->length, &cache->by_value);
	cache->size = FIRST_SIZE;
	cache->slots = palloc0(FIRST_SIZE * sizeof(slot));
	return cache;
}

bool
crm_lookup_cache_get(crm_lookup_cache *cache, Datum key, const char **text)
{
	uint32 hash = datum_image_hash(key, cache->by_value, cache->length);

	for (int i = 0; i < WINDOW; i++)
	{
		slot *one = slot_at(cache, hash + i);

		if (!one->used)
			return false;
		if (one->hash != hash || !datum_image_eq(one->key, key, cache->by_value, cache->length))
			continue;
		*text = one->text;
		return true;
	}
	return false;
}

void
crm_lookup_cache_put(crm_lookup_cache *cache, Datum key, const char *text)
{
	uint32 hash = datum_image_hash(key, cache->by_value, cache->length);
	MemoryContext old = MemoryContextSwitchTo(cache->context);
	slot *mine = free_slot(cache, hash);

	while (mine == NULL && cache->size < MOST)
	{
		grow(cache);
		mine = free_slot(cache, hash);
	}
	if (mine == NULL)
		mine = slot_at(cache, hash);
	clear(cache, mine);
	mine->used = true;
	mine->hash = hash;
	mine->key = datumCopy(key, cache->by_value, cache->length);
	mine->text = text ? pstrdup(text) : NULL;
	MemoryContextSwitchTo(old);
}

static slot *
slot_at(const crm_lookup_cache *cache, uint32 hash)
{
	return &cache->slots[hash & (cache->size - 1)];
}

/* None is freed but to be taken at once, so the first free one ends what a key is sought in. */
static slot *
free_slot(const crm_lookup_cache *cache, uint32 hash)
{
	for (int i = 0; i < WINDOW; i++)
		if (!slot_at(cache, hash + i)->used)
			return slot_at(cache, hash + i);
	return NULL;
}

static void
grow(crm_lookup_cache *cache)
{
	crm_lookup_cache before = *cache;

	cache->size *= 2;
	cache->slots = palloc0(cache->size * sizeof(slot));
	for (uint32 i = 0; i < before.size; i++)
	{
		slot *one = &before.slots[i];
		slot *place = one->used ? free_slot(cache, one->hash) : NULL;

		if (place != NULL)
			*place = *one;
		else
			clear(cache, one);
	}
	pfree(before.slots);
}

static void
clear(const crm_lookup_cache *cache, slot *old)
{
	if (!old->used)
		return;
	if (!cache->by_value)
		pfree(DatumGetPointer(old->key));
	if (old->text != NULL)
		pfree(old->text);
	old->used = false;
}
