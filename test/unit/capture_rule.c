/* capture_rule.c - what several changes of one key come to, against going through them one by one.
 */
#include "postgres.h"

#include "capture/capture_rule.h"
#include "tap.h"

/* The row's life told slowly: was it there before, is it there now, did it change? */
static char
slowly(const char *ops)
{
	bool was_there = ops[0] != 'I';
	bool is_there = ops[strlen(ops) - 1] != 'D';

	if (!is_there)
		return 'D';
	return was_there ? 'U' : 'I';
}

static char
folded(const char *ops)
{
	char op = ops[0];

	for (int i = 1; ops[i]; i++)
		op = crm_change_fold(op, ops[i]);
	return op;
}

/* All histories that a row can have, up to a length. One that came, went and came may be called
 * changed. */
static int
histories(char *ops, int length, int longest, bool *all_right)
{
	int n = 0;
	char next[] = {'I', 'U', 'D'};

	for (int i = 0; length < longest && i < 3; i++)
	{
		bool there = length > 0 ? ops[length - 1] != 'D' : next[i] != 'I';

		if (there == (next[i] == 'I'))
			continue;
		ops[length] = next[i];
		ops[length + 1] = '\0';
		n++;
		if (folded(ops) != slowly(ops) && !(slowly(ops) == 'I' && folded(ops) == 'U'))
			*all_right = false;
		n += histories(ops, length + 1, longest, all_right);
	}
	return n;
}

static void
check_collapse(void)
{
	crm_change changes[] = {
		{2, 'I', "b"}, {1, 'D', "m"}, {2, 'U', "a"}, {1, 'I', "m"}, {2, 'D', "b"},
		{2, 'U', "a"}, {1, 'I', "a"}, {3, 'P', "a"}, {3, 'P', "a"},
	};
	int n = crm_changes_collapse(changes, lengthof(changes));
	char text[100] = "";

	for (int i = 0; i < n; i++)
		sprintf(text + strlen(text), "%d%s%c ", changes[i].source_id, changes[i].key,
				changes[i].op);
	is(text, "1aI 1mU 2aU 2bD 3aP ", "one change a key, by source and key, a move is an update");
	ok(crm_changes_collapse(changes, 0) == 0, "of nothing comes nothing");
}

int
main(void)
{
	char ops[16];
	bool all_right = true;
	int n = histories(ops, 0, 10, &all_right);

	ok(all_right, "%d histories of a row come to what is left of it", n);
	ok(n > 100, "that were not few");
	check_collapse();
	return done();
}
