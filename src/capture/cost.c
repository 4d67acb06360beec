/* cost.c - the time that crm takes in a department's transaction, gathered by source. */
/*
 * A savepoint that is rolled back has cost its time all the same, so what is gathered belongs to
 * the transaction as a whole. A transaction that is rolled back leaves nothing, here neither.
 */
#include "postgres.h"

#include "access/xact.h"
#include "utils/memutils.h"

#include "capture/cost.h"

static crm_cost *costs = NULL;
static crm_cost *latest = NULL; /* rows of one source come in runs */

double
crm_cost_since(instr_time begin)
{
	instr_time now;

	INSTR_TIME_SET_CURRENT(now);
	INSTR_TIME_SUBTRACT(now, begin);
	return INSTR_TIME_GET_DOUBLE(now) * 1e9;
}

static bool
waits(const crm_cost *cost)
{
	return cost->written_in == InvalidSubTransactionId;
}

crm_cost *
crm_cost_of(int32 source_id)
{
	if (latest != NULL && latest->source_id == source_id && waits(latest))
		return latest;
	for (latest = costs; latest != NULL; latest = latest->next)
		if (latest->source_id == source_id && waits(latest))
			return latest;
	latest = MemoryContextAllocZero(TopTransactionContext, sizeof(crm_cost));
	latest->source_id = source_id;
	latest->next = costs;
	costs = latest;
	return latest;
}

static crm_cost *
first_that_waits(crm_cost *cost)
{
	while (cost != NULL && !waits(cost))
		cost = cost->next;
	return cost;
}

crm_cost *
crm_cost_first(void)
{
	return first_that_waits(costs);
}

crm_cost *
crm_cost_next(const crm_cost *cost)
{
	return first_that_waits(cost->next);
}

void
crm_cost_written(crm_cost *cost)
{
	cost->written_in = GetCurrentSubTransactionId();
}

int32
crm_cost_microseconds(double nanoseconds)
{
	return (int32) Min(Max(nanoseconds / 1000, 0), (double) PG_INT32_MAX);
}

/* Its rows are gone, and are counted when they are written again. */
static void
wait_again(crm_cost *cost)
{
	double nanoseconds = cost->nanoseconds;
	bool resolved = cost->resolved;

	cost->nanoseconds = 0;
	cost->rows = 0;
	cost = crm_cost_of(cost->source_id);
	cost->nanoseconds += nanoseconds;
	cost->resolved |= resolved;
}

void
crm_cost_subtransaction_end(SubTransactionId mine, SubTransactionId parent, bool committed)
{
	for (crm_cost *cost = costs; cost != NULL; cost = cost->next)
	{
		if (cost->written_in != mine)
			continue;
		cost->written_in = parent;
		if (!committed)
			wait_again(cost);
	}
}

void
crm_cost_forget(void)
{
	/* Its memory goes with the transaction. */
	costs = NULL;
	latest = NULL;
}
