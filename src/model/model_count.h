/* model_count.h - how often each value occurs among many, in bounded memory. Private to the room.
 */
#ifndef CRM_MODEL_COUNT_H
#define CRM_MODEL_COUNT_H

#include "base/ids.h"

typedef struct crm_count
{
	uint64 key; /* 0: the place is free */
	int64 count;
} crm_count;

/*
 * Open addressing; places is a power of two, at most half of them taken. When that many would not
 * fit any more, the rarest are forgotten, which frequencies do not miss (lossy counting, Manku and
 * Motwani 2002).
 */
typedef struct crm_counter
{
	crm_count *counts;
	uint64 places;
	uint64 taken;
	uint64 most; /* places */
} crm_counter;

extern void crm_counter_begin(crm_counter *counter, Size room);
extern void crm_counter_add(crm_counter *counter, uint64 key);

/* Those that occurred as often, in ascending order of the key. */
extern void crm_counter_list(const crm_counter *counter, int64 least, crm_ids *keys,
							 crm_ids *counts);

#endif
