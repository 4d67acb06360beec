/*
 * identity_parallel.c - many comparisons at once, by parallel workers where it pays.
 *
 * The profiles go into shared memory once, candidates are handed out in chunks by one counter, and
 * each result has a place of its own. A comparison is a function of two profiles, so who computes
 * it does not matter; if no worker can be had the leader computes all.
 */
#include "postgres.h"

#include "access/parallel.h"
#include "access/xact.h"
#include "miscadmin.h"
#include "optimizer/cost.h"
#include "port/atomics.h"
#include "utils/snapmgr.h"

#include "identity/identity_parallel.h"

/* Fewer candidates are done before a worker has started. */
#define CANDIDATES_WORTH_A_WORKER 50000
#define CHUNK 2000

#define KEY_SHARED 1

typedef struct shared
{
	pg_atomic_uint64 next; /* candidate that is handed out next */
	int64 ncandidates;
	int32 nrecords;
	Size offsets; /* from the start: nrecords + 1 places in the profiles */
	Size ties;
	Size terms;
	crm_model model;
	Size profiles;
	Size candidates;
} shared;

PGDLLEXPORT void crm_compare_worker(dsm_segment *segment, shm_toc *toc);

static void *
at(shared *s, Size offset)
{
	return (char *) s + offset;
}

static void
open_profile(shared *s, int32 i, crm_profile *profile)
{
	const Size *offsets = at(s, s->offsets);

	crm_profile_open((const char *) at(s, s->profiles) + offsets[i], offsets[i + 1] - offsets[i],
					 profile);
	profile->terms = ((const crm_terms *) at(s, s->terms))[i];
}

/* What leader and workers do alike: take a chunk, compute it, until none is left. */
static void
compute_chunks(shared *s)
{
	crm_candidate *candidates = at(s, s->candidates);
	const int64 *ties = at(s, s->ties);

	for (;;)
	{
		int64 from = pg_atomic_fetch_add_u64(&s->next, CHUNK);
		int64 to = Min(from + CHUNK, s->ncandidates);

		if (from >= s->ncandidates)
			return;
		CHECK_FOR_INTERRUPTS();
		for (int64 i = from; i < to; i++)
		{
			crm_candidate *c = &candidates[i];
			bool swap = ties[c->a] > ties[c->b];
			crm_profile a;
			crm_profile b;

			open_profile(s, swap ? c->b : c->a, &a);
			open_profile(s, swap ? c->a : c->b, &b);
			c->weight = crm_profile_compare(&s->model, &a, &b).weight;
		}
	}
}

void
crm_compare_worker(dsm_segment *segment, shm_toc *toc)
{
	compute_chunks(shm_toc_lookup(toc, KEY_SHARED, false));
}

/* Lays out the shared piece; returns its size. */
static Size
lay_out(shared *s, crm_record *const *records, int nrecords, int64 ncandidates)
{
	Size used = MAXALIGN(sizeof(shared));

	s->nrecords = nrecords;
	s->ncandidates = ncandidates;
	s->offsets = used;
	used = add_size(used, MAXALIGN(mul_size(sizeof(Size), nrecords + 1)));
	s->ties = used;
	used = add_size(used, MAXALIGN(mul_size(sizeof(int64), nrecords)));
	s->terms = used;
	used = add_size(used, MAXALIGN(mul_size(sizeof(crm_terms), nrecords)));
	s->candidates = used;
	used = add_size(used, MAXALIGN(mul_size(sizeof(crm_candidate), ncandidates)));
	s->profiles = used;
	for (int i = 0; i < nrecords; i++)
		used = add_size(used, VARSIZE_ANY_EXHDR(records[i]->bytes));
	return used;
}

static void
fill(shared *s, crm_record *const *records, const crm_candidate *candidates)
{
	Size *offsets = at(s, s->offsets);
	int64 *ties = at(s, s->ties);
	crm_terms *terms = at(s, s->terms);
	char *profiles = at(s, s->profiles);
	Size used = 0;

	pg_atomic_init_u64(&s->next, 0);
	memcpy(at(s, s->candidates), candidates, sizeof(crm_candidate) * s->ncandidates);
	for (int i = 0; i < s->nrecords; i++)
	{
		Size length = VARSIZE_ANY_EXHDR(records[i]->bytes);

		ties[i] = records[i]->tie;
		terms[i] = records[i]->profile.terms;
		offsets[i] = used;
		memcpy(profiles + used, VARDATA_ANY(records[i]->bytes), length);
		used += length;
	}
	offsets[s->nrecords] = used;
}

static void
compare_in_parallel(const crm_batch *batch, crm_record *const *records, int nrecords,
					crm_candidate *candidates, int64 ncandidates, int nworkers)
{
	shared layout = {0};
	Size size = lay_out(&layout, records, nrecords, ncandidates);
	ParallelContext *context;
	shared *s;

	PushActiveSnapshot(GetTransactionSnapshot());
	EnterParallelMode();
	context = CreateParallelContext("crm", "crm_compare_worker", nworkers);
	shm_toc_estimate_chunk(&context->estimator, size);
	shm_toc_estimate_keys(&context->estimator, 1);
	InitializeParallelDSM(context);
	s = shm_toc_allocate(context->toc, size);
	*s = layout;
	s->model = batch->model->model;
	fill(s, records, candidates);
	shm_toc_insert(context->toc, KEY_SHARED, s);
	LaunchParallelWorkers(context);
	compute_chunks(s);
	WaitForParallelWorkersToFinish(context);
	memcpy(candidates, at(s, s->candidates), sizeof(crm_candidate) * ncandidates);
	DestroyParallelContext(context);
	ExitParallelMode();
	PopActiveSnapshot();
}

void
crm_compare_candidates(const crm_batch *batch, crm_record *const *records, int nrecords,
					   crm_candidate *candidates, int64 ncandidates)
{
	int nworkers =
		(int) Min(max_parallel_workers_per_gather, ncandidates / CANDIDATES_WORTH_A_WORKER);

	if (nworkers > 0 && !IsInParallelMode())
	{
		compare_in_parallel(batch, records, nrecords, candidates, ncandidates, nworkers);
		return;
	}
	for (int64 i = 0; i < ncandidates; i++)
	{
		if (i % CHUNK == 0)
			CHECK_FOR_INTERRUPTS();
		candidates[i].weight =
			crm_record_compare(batch, records[candidates[i].a], records[candidates[i].b]).weight;
	}
}
