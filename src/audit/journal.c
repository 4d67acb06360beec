/* journal.c - the journal of acts: collected in memory, written in bulk before the end. */
/*
 * A row costs a multi-insert's share of a page and its index entries: no query, no trigger, no
 * look-up of rights.
 *
 * An act belongs to the subtransaction that it was added in. Their numbers grow, and what was begun
 * after a subtransaction and before its end lies within it: so all that it added, through its
 * children too, is the tail of the list from its own number on. Nothing is relabelled when one
 * commits, and an abort cuts the tail off. For the same reason only that tail may be written before
 * the end: a row of an outer subtransaction, written in an inner one, would go with it.
 */
#include "postgres.h"

#include "access/xact.h"
#include "fmgr.h"
#include "utils/fmgrprotos.h"
#include "utils/memutils.h"

#include "audit/journal.h"
#include "audit/journal_row.h"
#include "base/base.h"
#include "base/commit.h"
#include "base/sequence.h"

#define FIRST_WRITE 1000 /* acts held before the first are written */
#define NUMBERS_MAX 256  /* taken at once */

static struct
{
	MemoryContext context; /* NULL: nothing is held */
	crm_held_act *acts;
	int64 n;
	int64 room;
	int64 write_at;
	int64 batch;
	int64 next_number;
	int64 numbers_left;
	int64 numbers_taken;
} journal;

static void hold(const crm_act *act, int64 act_id);
static int64 tail_of(SubTransactionId subtransaction);
static void write_from(int64 first);

static void
forget(void)
{
	memset(&journal, 0, sizeof(journal));
}

static void
before_commit(void)
{
	write_from(0);
}

static void
subtransaction_end(SubTransactionId mine, SubTransactionId parent, bool committed)
{
	if (!committed && journal.n > 0)
		journal.n = tail_of(mine);
}

void
crm_journal_init(void)
{
	static const crm_commit_room room = {
		.before_commit = before_commit, .subtransaction_end = subtransaction_end, .end = forget};

	crm_commit_register(&room);
}

/* As many as were taken before: one act costs one number, many do not go for each. */
static int64
number(void)
{
	if (journal.numbers_left == 0)
	{
		int64 n = Min(Max(journal.numbers_taken, 1), NUMBERS_MAX);

		journal.next_number = crm_sequence_take_from("act_act_id_seq", n);
		journal.numbers_left = n;
		journal.numbers_taken += n;
	}
	return journal.next_number;
}

int64
crm_journal_batch(void)
{
	if (journal.batch == 0)
		journal.batch = number();
	return journal.batch;
}

int64
crm_journal_add(const crm_act *act)
{
	int64 act_id = number();

	(void) crm_journal_batch();
	journal.next_number++;
	journal.numbers_left--;
	if (journal.n > 0 && journal.n >= journal.write_at)
		crm_journal_flush();
	hold(act, act_id);
	return act_id;
}

/* What most acts of a transaction have in common is kept once. */
static const char *
shared(const char *text, const char *before)
{
	if (text == NULL)
		return NULL;
	if (before != NULL && (text == before || strcmp(text, before) == 0))
		return before;
	return MemoryContextStrdup(journal.context, text);
}

static const int32 *
shared_path(const crm_act *act, const crm_held_act *before)
{
	Size size = act->npath * sizeof(int32);

	if (act->npath == 0)
		return NULL;
	if (before != NULL && before->npath == act->npath && memcmp(before->path, act->path, size) == 0)
		return before->path;
	return memcpy(MemoryContextAlloc(journal.context, size), act->path, size);
}

static Numeric
copied(Numeric amount)
{
	return amount == NULL ? NULL
						  : (Numeric) memcpy(MemoryContextAlloc(journal.context, VARSIZE(amount)),
											 amount, VARSIZE(amount));
}

/* NULL where all of the amount counts. */
static Numeric
counted_apart(const crm_act *act)
{
	if (act->counted == NULL || act->counted == act->amount)
		return NULL;
	if (act->amount != NULL &&
		DatumGetBool(DirectFunctionCall2(numeric_eq, NumericGetDatum(act->counted),
										 NumericGetDatum(act->amount))))
		return NULL;
	return copied(act->counted);
}

static void
make_room(void)
{
	if (journal.context == NULL)
	{
		journal.context =
			AllocSetContextCreate(TopTransactionContext, "crm journal", ALLOCSET_DEFAULT_SIZES);
		journal.n = journal.room = 0;
		journal.write_at = FIRST_WRITE;
	}
	if (journal.n < journal.room)
		return;
	if (journal.room == 0)
	{
		journal.room = 64;
		journal.acts = MemoryContextAlloc(journal.context, journal.room * sizeof(*journal.acts));
		return;
	}
	journal.acts = repalloc_huge(journal.acts, 2 * journal.room * sizeof(*journal.acts));
	journal.room *= 2;
}

static void
hold(const crm_act *act, int64 act_id)
{
	const crm_held_act *before;
	crm_held_act *held;

	make_room();
	held = &journal.acts[journal.n];
	before = journal.n > 0 ? held - 1 : NULL;
#define SHARED(text, field) shared(text, before == NULL ? NULL : before->field)
	*held = (crm_held_act){.act_id = act_id,
						   .at = GetCurrentTimestamp(),
						   .batch = journal.batch,
						   .subtransaction = GetCurrentSubTransactionId(),
						   .would_refuse = act->would_refuse,
						   .person = SHARED(act->actor.person, person),
						   .known_by = crm_known_by_name(act->actor.known_by),
						   .login = SHARED(crm_actor_login(), login),
						   .position = SHARED(act->position, position),
						   .capacity = SHARED(act->capacity, capacity),
						   .decision = SHARED(act->decision, decision),
						   .npath = act->npath,
						   .path = shared_path(act, before),
						   .amount = {.whole = copied(act->amount)},
						   .counted = counted_apart(act),
						   .entries = 1,
						   .customer_id = act->customer_id,
						   .scope = SHARED(act->scope, scope),
						   .subject = SHARED(act->subject, subject),
						   .operation = SHARED(act->operation, operation),
						   .guard_id = act->guard_id,
						   .request_id = act->request_id,
						   .budget = SHARED(act->budget, budget),
						   .reason = SHARED(act->reason, reason)};
#undef SHARED
	journal.n++;
}

/* The first act that was added in that subtransaction or in one within it. */
static int64
tail_of(SubTransactionId subtransaction)
{
	int64 first = journal.n;

	while (first > 0 && journal.acts[first - 1].subtransaction >= subtransaction)
		first--;
	return first;
}

/* Numbers of one session only grow, and the list is in the order of adding. */
static crm_held_act *
find(int64 act_id)
{
	int64 low = 0;
	int64 high = journal.n;

	while (low < high)
	{
		int64 middle = (low + high) / 2;

		if (journal.acts[middle].act_id < act_id)
			low = middle + 1;
		else
			high = middle;
	}
	return low < journal.n && journal.acts[low].act_id == act_id ? &journal.acts[low] : NULL;
}

bool
crm_journal_grow(int64 act_id, Numeric amount)
{
	crm_held_act *held = journal.n > 0 && journal.acts[journal.n - 1].act_id == act_id
							 ? &journal.acts[journal.n - 1]
							 : find(act_id);

	if (held == NULL || held->subtransaction < GetCurrentSubTransactionId() ||
		held->counted != NULL || (amount == NULL) != (held->amount.whole == NULL))
		return false;
	if (amount != NULL)
		crm_amount_add(&held->amount, amount, journal.context);
	held->entries++;
	return true;
}

/* Acts of outer subtransactions wait: the more of them there are, the later it is tried again. */
void
crm_journal_flush(void)
{
	write_from(tail_of(GetCurrentSubTransactionId()));
	journal.write_at = journal.n + FIRST_WRITE;
}

/* Memory is given back when nothing is held any more, for what is held shares its texts. */
static void
write_from(int64 first)
{
	if (first >= journal.n)
		return;
	crm_journal_write(journal.acts + first, journal.n - first);
	journal.n = first;
	if (first == 0)
	{
		MemoryContextDelete(journal.context);
		journal.context = NULL;
		journal.acts = NULL;
	}
}
