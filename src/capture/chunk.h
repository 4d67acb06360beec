/* chunk.h - lists of chunks in which changes are packed. Private to the room. */
#ifndef CRM_CHUNK_H
#define CRM_CHUNK_H

typedef struct crm_chunk
{
	struct crm_chunk *next;
	SubTransactionId done_in; /* Invalid: waits */
	uint32 used;
	uint32 size;
	uint32 last; /* offset of the last entry */
	uint32 count;
	char data[FLEXIBLE_ARRAY_MEMBER];
} crm_chunk;

typedef struct crm_chunk_list
{
	crm_chunk *first;
	crm_chunk *last;
} crm_chunk_list;

/* A new last chunk, with room for need bytes. */
extern crm_chunk *crm_chunk_add(crm_chunk_list *list, uint32 need);

/* Moves all of from behind the end of to. */
extern void crm_chunks_append(crm_chunk_list *to, crm_chunk_list *from);

/*
 * Copies what is in from, if it is little, into to. A loop with a savepoint a row hands over a
 * chunk a row: memory would go to empty chunks, and time to looking through them.
 */
extern bool crm_chunks_pack(crm_chunk_list *to, crm_chunk_list *from);

/* Marks of a savepoint that ends become its parent's, or go. Returns how many entries wait again.
 */
extern int64 crm_chunks_settle(crm_chunk_list *list, SubTransactionId mine, SubTransactionId parent,
							   bool committed);

/* What a subtransaction has dealt with of its own can go: both live and die together. */
extern void crm_chunks_drop_done(crm_chunk_list *list, SubTransactionId owner);

extern void crm_chunks_free(crm_chunk_list *list);

#endif
