/* memory.h - what rules allocate, which on a server goes with a memory context.
 *
 * All of it stays within reach until the end, so that only what is lost otherwise counts as lost.
 */
#ifndef CRM_TEST_MEMORY_H
#define CRM_TEST_MEMORY_H

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

typedef union block
{
	union block *before;
	max_align_t aligned;
} block;

static block *blocks = NULL;

void *
palloc(Size size)
{
	block *fresh = malloc(sizeof(block) + size);

	if (fresh == NULL)
		abort();
	fresh->before = blocks;
	blocks = fresh;
	return fresh + 1;
}

void *
palloc0(Size size)
{
	return memset(palloc(size), 0, size);
}

/* The block may move. */
void *
repalloc(void *old, Size size)
{
	block **link = &blocks;
	block *grown;

	while (*link != (block *) old - 1)
		link = &(*link)->before;
	grown = realloc(*link, sizeof(block) + size);
	if (grown == NULL)
		abort();
	*link = grown;
	return grown + 1;
}

void
pfree(void *old)
{
	block **link = &blocks;
	block *gone;

	while (*link != (block *) old - 1)
		link = &(*link)->before;
	gone = *link;
	*link = gone->before;
	free(gone);
}

#endif
