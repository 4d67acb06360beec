/* identity_assign.c - which id survives, by counting each case out in the plainest way. */
#include "identity/identity_assign.h"

#include "tap.h"

#define MOST 40

typedef struct pick
{
	int64_t id;
	int cluster;
	int shared;
	int64_t tie;
} pick;

static int64_t
lowest_tie(const crm_assign_record *r, int n, int cluster)
{
	int64_t tie = INT64_MAX;

	for (int i = 0; i < n; i++)
		if (r[i].cluster == cluster && r[i].tie < tie)
			tie = r[i].tie;
	return tie;
}

static bool
stronger(pick a, pick b)
{
	if (a.shared != b.shared)
		return a.shared > b.shared;
	if (a.id != b.id)
		return a.id < b.id;
	return a.tie < b.tie;
}

/* The strongest (id, cluster) of which neither is settled yet. */
static pick
strongest(const crm_assign_record *r, int n, const int64_t *kept)
{
	pick best = {0};

	for (int i = 0; i < n; i++)
	{
		pick p = {r[i].customer_id, r[i].cluster, 0, lowest_tie(r, n, r[i].cluster)};
		bool free = p.id != 0;

		for (int k = 0; k < n; k++)
		{
			p.shared += r[k].customer_id == p.id && r[k].cluster == p.cluster;
			if ((r[k].cluster == p.cluster && kept[k] != 0) || kept[k] == p.id)
				free = false;
		}
		if (free && (best.id == 0 || stronger(p, best)))
			best = p;
	}
	return best;
}

static void
reference(const crm_assign_record *r, int n, int64_t *kept)
{
	memset(kept, 0, sizeof(int64_t) * n);
	for (pick p = strongest(r, n, kept); p.id != 0; p = strongest(r, n, kept))
		for (int i = 0; i < n; i++)
			if (r[i].cluster == p.cluster)
				kept[i] = p.id;
}

static void
assign(crm_assign_record *records, int n)
{
	void *room = malloc(crm_assign_room(n));

	crm_assign(records, n, room);
	free(room);
}

static void
test_reference(void)
{
	int wrong = 0;
	int unsorted = 0;

	for (int round = 0; round < 4000; round++)
	{
		crm_assign_record before[MOST];
		crm_assign_record after[MOST];
		int64_t kept[MOST];
		int n = 1 + draw(MOST);
		int ids = 1 + draw(8);
		int clusters = 1 + draw(8);

		for (int i = 0; i < n; i++)
			before[i] = (crm_assign_record){.tie = (int64_t) draw(100000) * 64 + i,
											.customer_id = draw(ids + 1),
											.cluster = (int) draw(clusters) - 3,
											.node = i,
											.assigned = 99};
		memcpy(after, before, n * sizeof(before[0]));
		reference(before, n, kept);
		assign(after, n);
		for (int i = 0; i < n; i++)
		{
			wrong += after[i].assigned != kept[after[i].node];
			unsorted += i > 0 && after[i].cluster < after[i - 1].cluster;
		}
	}
	ok(wrong == 0, "ids go where most of their records are");
	ok(unsorted == 0, "records of a cluster stand together");
}

static int64_t
assigned_to(const crm_assign_record *r, int n, int node)
{
	for (int i = 0; i < n; i++)
		if (r[i].node == node)
			return r[i].assigned;
	return -1;
}

static void
test_stories(void)
{
	crm_assign_record merge[] = {{1, 7, 0, 0, 0}, {2, 9, 0, 1, 0}, {3, 9, 0, 2, 0}};
	crm_assign_record even[] = {{1, 9, 0, 0, 0}, {2, 7, 0, 1, 0}};
	crm_assign_record split[] = {{5, 7, 0, 0, 0}, {6, 7, 0, 1, 0}, {1, 7, 1, 2, 0}};
	crm_assign_record halves[] = {{5, 7, 0, 0, 0}, {1, 7, 1, 1, 0}};
	crm_assign_record fresh[] = {{1, 0, 0, 0, 0}};

	assign(merge, 3);
	ok(merge[0].assigned == 9 && merge[2].assigned == 9, "of a merge the id with most records survives");
	assign(even, 2);
	ok(even[0].assigned == 7 && even[1].assigned == 7, "of an even one the oldest");
	assign(split, 3);
	ok(assigned_to(split, 3, 0) == 7 && assigned_to(split, 3, 2) == 0,
	   "of a split the larger part keeps the id");
	assign(halves, 2);
	ok(assigned_to(halves, 2, 1) == 7 && assigned_to(halves, 2, 0) == 0,
	   "of halves the one with the lowest tie");
	assign(fresh, 1);
	ok(fresh[0].assigned == 0, "who had none gets a new one");
	assign(fresh, 0);
}

int
main(void)
{
	test_reference();
	test_stories();
	return done();
}
