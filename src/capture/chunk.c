/* chunk.c - lists of chunks in which changes are packed, in the memory of the transaction. */
#include "postgres.h"

#include "utils/memutils.h"

#include "capture/chunk.h"

#define FIRST_CHUNK 1000
#define LARGEST_CHUNK (128 * 1024)

crm_chunk *
crm_chunk_add(crm_chunk_list *list, uint32 need)
{
	uint32 size = list->last == NULL ? FIRST_CHUNK : Min(list->last->size * 4, LARGEST_CHUNK);
	crm_chunk *chunk;

	size = Max(size, need);
	chunk = MemoryContextAlloc(TopTransactionContext, offsetof(crm_chunk, data) + size);
	memset(chunk, 0, offsetof(crm_chunk, data));
	chunk->size = size;
	if (list->last == NULL)
		list->first = chunk;
	else
		list->last->next = chunk;
	list->last = chunk;
	return chunk;
}

void
crm_chunks_append(crm_chunk_list *to, crm_chunk_list *from)
{
	if (from->first == NULL)
		return;
	if (to->last == NULL)
		to->first = from->first;
	else
		to->last->next = from->first;
	to->last = from->last;
	from->first = from->last = NULL;
}

void
crm_chunks_free(crm_chunk_list *list)
{
	crm_chunk *chunk = list->first;

	while (chunk != NULL)
	{
		crm_chunk *next = chunk->next;

		pfree(chunk);
		chunk = next;
	}
	list->first = list->last = NULL;
}

bool
crm_chunks_pack(crm_chunk_list *to, crm_chunk_list *from)
{
	crm_chunk *small = from->first;
	crm_chunk *chunk = to->last;

	if (small == NULL || small->next != NULL || small->size > FIRST_CHUNK)
		return false;
	if (chunk == NULL || chunk->done_in != InvalidSubTransactionId ||
		chunk->size - chunk->used < small->used)
		chunk = crm_chunk_add(to, small->used);
	memcpy(chunk->data + chunk->used, small->data, small->used);
	chunk->last = chunk->used + small->last;
	chunk->used += small->used;
	chunk->count += small->count;
	crm_chunks_free(from);
	return true;
}

int64
crm_chunks_settle(crm_chunk_list *list, SubTransactionId mine, SubTransactionId parent,
				  bool committed)
{
	int64 again = 0;

	for (crm_chunk *chunk = list->first; chunk != NULL; chunk = chunk->next)
	{
		if (chunk->done_in != mine)
			continue;
		chunk->done_in = committed ? parent : InvalidSubTransactionId;
		if (!committed)
			again += chunk->count;
	}
	return again;
}

void
crm_chunks_drop_done(crm_chunk_list *list, SubTransactionId owner)
{
	crm_chunk_list kept = {NULL, NULL};
	crm_chunk *chunk = list->first;

	while (chunk != NULL)
	{
		crm_chunk *next = chunk->next;
		crm_chunk_list one = {chunk, chunk};

		chunk->next = NULL;
		if (chunk->done_in == owner)
			pfree(chunk);
		else
			crm_chunks_append(&kept, &one);
		chunk = next;
	}
	*list = kept;
}
