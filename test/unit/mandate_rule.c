/* mandate_rule.c - who may decide what: small companies, and random ones against a slow reading of
 * the text. */
#include "postgres.h"

#include "mandate/mandate_rule.h"
#include "memory.h"
#include "tap.h"

#define MOST 40

/* Amounts are named 0, 10, 20 ... so that their ranks are theirs through ten. */
#define NAMED 10
#define ALL CRM_RULE_NO_LIMIT
#define UNKNOWN (NAMED + 1)

enum
{
	BOARD,
	CARE,
	AGENT,
	BRAND,
	POSITIONS
};

/* goodwill, goodwill.voucher, care */
enum
{
	GOODWILL,
	VOUCHER,
	OTHER,
	DECISIONS
};

static crm_rule_mandate mandates[MOST];
static crm_rule_position positions[POSITIONS];
static crm_rule_appointment appointments[MOST];
static bool reserved[DECISIONS];
static crm_rule_policy policy;
static crm_rule_value department = {"department"};

static const int chains[DECISIONS][2] = {{GOODWILL, -1}, {VOUCHER, GOODWILL}, {OTHER, -1}};

static void
start(void)
{
	memset(&policy, 0, sizeof(policy));
	memset(reserved, 0, sizeof(reserved));
	for (int i = 0; i < POSITIONS; i++)
		positions[i] =
			(crm_rule_position){i == BOARD ? CRM_RULE_NONE : BOARD, true, false, DT_NOEND};
	positions[AGENT].reports_to = CARE;
	policy.mandates = mandates;
	policy.positions = positions;
	policy.npositions = POSITIONS;
	policy.appointments = appointments;
	policy.reserved = reserved;
	policy.ndecisions = DECISIONS;
	policy.namounts = NAMED;
	department.value = NULL;
}

/* Person i is appointed to position i, unless said otherwise. */
static void
appoint(int person, int position, crm_capacity capacity)
{
	appointments[policy.nappointments++] =
		(crm_rule_appointment){position, person, capacity, 0, DT_NOEND};
}

static crm_rule_mandate *
give(crm_mandate_kind kind, int from, int to, int decision, int limit)
{
	crm_rule_mandate *one = &mandates[policy.nmandates++];

	memset(one, 0, sizeof(*one));
	one->id = policy.nmandates;
	one->kind = kind;
	one->from = from;
	one->to = to;
	one->decision = decision;
	one->parent = CRM_RULE_NONE;
	one->limit = one->acting_limit = limit;
	one->depth = CRM_RULE_NONE;
	one->valid_until = DT_NOEND;
	return one;
}

static crm_rule_point
point_at(int decision, int rank, TimestampTz at)
{
	crm_rule_point point = {0};

	point.nchain = chains[decision][1] < 0 ? 1 : 2;
	point.chain = chains[decision];
	for (int i = 0; i < point.nchain; i++)
		point.reserved = point.reserved || reserved[point.chain[i]];
	department.nancestors = 1;
	department.ancestors = &department.value;
	point.nvalues = department.value == NULL ? 0 : 1;
	point.values = &department;
	point.at = at;
	point.rank = rank;
	return point;
}

static crm_rule_work *work;

static crm_rule_ruling
ask_at(int person, int decision, int rank, TimestampTz at)
{
	crm_rule_point point = point_at(decision, rank, at);
	crm_rule_hat *hats;
	int nhats;

	crm_rule_prepare(&policy);
	work = crm_rule_work_make(&policy);
	crm_rule_begin(work, &point);
	nhats = crm_rule_hats(work, person, &hats);
	return crm_rule_ask(work, nhats, hats);
}

static const char *const verdicts[] = {"allowed",    "consult_first", "signatures",
									   "over_limit", "unknown",       "handed_over",
									   "banned",     "no_mandate",    "no_position"};

static const char *
asked(int person, int decision, int rank)
{
	return verdicts[ask_at(person, decision, rank, 5).verdict];
}

static void
staffed_company(void)
{
	start();
	for (int i = 0; i < POSITIONS; i++)
		appoint(i, i, CRM_HOLDER);
	give(CRM_CHARTER, CRM_RULE_NONE, BOARD, GOODWILL, ALL);
}

static void
hand_over_takes(void)
{
	staffed_company();
	give(CRM_HAND_OVER, BOARD, CARE, GOODWILL, 5);
	is(asked(CARE, GOODWILL, 5), "allowed", "who was handed a decision takes it");
	is(asked(CARE, VOUCHER, 5), "allowed", "and what is part of it");
	is(asked(CARE, GOODWILL, 6), "over_limit", "up to the limit");
	is(asked(CARE, GOODWILL, UNKNOWN), "unknown", "an unknown amount is not within a limit");
	is(asked(BOARD, GOODWILL, 5), "handed_over", "who handed it over takes it no more");
	is(asked(BOARD, GOODWILL, 6), "allowed", "but what is above the limit of that");
	is(asked(BOARD, GOODWILL, UNKNOWN), "allowed", "and what may be above it");
	is(asked(CARE, OTHER, 1), "no_mandate", "another decision was not given");
	is(asked(POSITIONS, GOODWILL, 1), "no_position", "a stranger has no position");
}

static void
share_adds(void)
{
	staffed_company();
	give(CRM_SHARE, BOARD, CARE, VOUCHER, 5);
	is(asked(CARE, VOUCHER, 5), "allowed", "a share allows");
	is(asked(CARE, GOODWILL, 5), "no_mandate", "only the part that was shared");
	is(asked(BOARD, VOUCHER, 5), "allowed", "and takes nothing from the giver");
	give(CRM_HAND_OVER, BOARD, BRAND, VOUCHER, ALL);
	is(asked(CARE, VOUCHER, 5), "allowed", "a later hand-over leaves the share");
	is(asked(BOARD, VOUCHER, 5), "handed_over", "and takes from the giver");
	give(CRM_SHARE, BOARD, AGENT, VOUCHER, 5);
	is(asked(AGENT, VOUCHER, 5), "no_mandate", "of what is gone nothing is given");
	give(CRM_HAND_OVER, BRAND, BOARD, VOUCHER, ALL);
	is(asked(BOARD, VOUCHER, 5), "allowed", "given back it is had again");
}

static void
nothing_exceeds_its_giver(void)
{
	staffed_company();
	give(CRM_HAND_OVER, BOARD, CARE, GOODWILL, 3)->depth = 1;
	give(CRM_SHARE, CARE, AGENT, GOODWILL, 9)->depth = 0;
	is(asked(AGENT, GOODWILL, 3), "allowed", "a mandate for more than its giver's allows as much");
	is(asked(AGENT, GOODWILL, 4), "over_limit", "and no more");
	ok(ask_at(AGENT, GOODWILL, 4, 5).options[0].limit == 3, "the limit is the giver's");
	give(CRM_SHARE, AGENT, BRAND, GOODWILL, 1)->depth = 0;
	is(asked(BRAND, GOODWILL, 1), "no_mandate", "what may not be passed on is not passed on");
	mandates[1].valid_until = 4;
	is(asked(AGENT, GOODWILL, 3), "no_mandate", "what ends takes with it what rests on it");
	give(CRM_SHARE, BOARD, CARE, GOODWILL, ALL);
	is(asked(AGENT, GOODWILL, 3), "no_mandate", "a later mandate does not support an earlier one");
}

static void
other_support_keeps(void)
{
	staffed_company();
	give(CRM_SHARE, BOARD, CARE, GOODWILL, 3);
	give(CRM_SHARE, BOARD, CARE, GOODWILL, 9);
	give(CRM_SHARE, CARE, AGENT, GOODWILL, 2)->parent = 1;
	is(asked(AGENT, GOODWILL, 2), "allowed", "a share of a share");
	mandates[1].valid_until = 4;
	is(asked(AGENT, GOODWILL, 2), "allowed", "stays by another support");
	mandates[2].valid_until = 4;
	is(asked(AGENT, GOODWILL, 2), "no_mandate", "and goes with the last one");
}

static void
bans_consults_informs(void)
{
	crm_rule_ruling ruling;

	staffed_company();
	give(CRM_BAN, CRM_RULE_NONE, BOARD, VOUCHER, 4);
	is(asked(BOARD, VOUCHER, 4), "allowed", "a ban above an amount leaves the amount");
	is(asked(BOARD, VOUCHER, 5), "banned", "and forbids more");
	is(asked(BOARD, VOUCHER, UNKNOWN), "banned", "an unknown amount counts as more");
	appoint(BOARD, CARE, CRM_DEPUTY);
	give(CRM_SHARE, BOARD, CARE, GOODWILL, ALL);
	is(asked(BOARD, VOUCHER, 5), "banned", "a ban in one position counts in all");
	is(asked(CARE, VOUCHER, 5), "allowed", "for that person");

	staffed_company();
	give(CRM_CONSULT, CRM_RULE_NONE, BRAND, GOODWILL, 4);
	give(CRM_INFORM, CRM_RULE_NONE, BRAND, GOODWILL, ALL);
	give(CRM_INFORM, BRAND, CARE, GOODWILL, ALL);
	is(asked(BOARD, GOODWILL, 4), "allowed", "nobody need be asked for little");
	is(asked(BOARD, GOODWILL, 5), "consult_first", "somebody must be asked for more");
	ruling = ask_at(BOARD, GOODWILL, 1, 5);
	ok(ruling.ninforms == 1 && ruling.informs[0] == 2, "told is who is to be told by right");
	appoint(BOARD, BRAND, CRM_HOLDER);
	is(asked(BOARD, GOODWILL, 5), "allowed", "nobody asks himself");
}

static void
jointly(void)
{
	crm_rule_mandate *one;

	staffed_company();
	for (int i = 0; i < 2; i++)
	{
		one = give(CRM_JOINT, BOARD, i == 0 ? CARE : BRAND, GOODWILL, 7);
		one->joint_id = 2;
		one->quorum = 2;
	}
	is(asked(CARE, GOODWILL, 7), "signatures", "a joint mandate needs others");
	is(asked(BRAND, GOODWILL, 7), "signatures", "for each member");
	is(asked(BOARD, GOODWILL, 7), "handed_over", "and takes from the giver");
	is(asked(BOARD, GOODWILL, 8), "allowed", "what it is about");
}

static void
vacant_positions(void)
{
	staffed_company();
	give(CRM_SHARE, BOARD, AGENT, GOODWILL, 8)->acting_limit = 4;
	policy.nappointments = 0;
	appoint(BOARD, BOARD, CRM_HOLDER);
	appoint(CARE, CARE, CRM_LIAISON);
	give(CRM_HAND_OVER, BOARD, BRAND, GOODWILL, ALL);
	is(asked(BOARD, GOODWILL, 4), "handed_over", "a vacant position waits");
	positions[AGENT].may_be_acted_for = true;
	is(asked(BOARD, GOODWILL, 4), "allowed",
	   "or is acted for by the next above who is there, liaisons do not count");
	is(asked(BOARD, GOODWILL, 5), "over_limit", "with his share of the amount");
	appointments[0].capacity = CRM_DEPUTY;
	is(asked(BOARD, GOODWILL, 4), "handed_over", "by its holder, not by a deputy");
	appointments[0].capacity = CRM_HOLDER;
	positions[AGENT].closed_at = 5;
	is(asked(BOARD, GOODWILL, 4), "handed_over", "a closed position is nobody's");
	is(asked(CARE, GOODWILL, 4), "no_position", "a liaison holds no position");
}

static void
scopes(void)
{
	static const char *sales[] = {"sales"};
	static const char *both[] = {"benelux", "sales"};
	static crm_rule_bound bound = {"department", false, 1, sales};
	crm_rule_point point;

	staffed_company();
	give(CRM_SHARE, BOARD, CARE, GOODWILL, ALL)->bounds = &bound;
	mandates[1].nbounds = 1;
	is(asked(CARE, GOODWILL, 1), "no_mandate", "no scope is not within a scope");
	department.value = "sales";
	is(asked(CARE, GOODWILL, 1), "allowed", "a value that is listed is");
	department.value = "service";
	is(asked(CARE, GOODWILL, 1), "no_mandate", "another is not");
	department.value = "benelux";
	point = point_at(GOODWILL, 1, 5);
	department.ancestors = both;
	department.nancestors = 2;
	crm_rule_begin(work, &point);
	ok(!crm_rule_effective(work, 1), "what lies below a listed value is not");
	bound.within = true;
	crm_rule_begin(work, &point);
	ok(crm_rule_effective(work, 1), "unless all that lies within it is meant");
}

static void
reserved_decisions(void)
{
	staffed_company();
	reserved[VOUCHER] = true;
	give(CRM_HAND_OVER, BOARD, CARE, GOODWILL, ALL);
	is(asked(CARE, GOODWILL, 1), "allowed", "what has a reserved part is handed over");
	is(asked(CARE, VOUCHER, 1), "no_mandate", "without that part");
	is(asked(BOARD, VOUCHER, 1), "allowed", "which stays");
}

static void
long_chains(void)
{
	enum
	{
		LENGTH = 100000
	};
	crm_rule_mandate *many = palloc0(LENGTH * sizeof(crm_rule_mandate));

	staffed_company();
	give(CRM_HAND_OVER, BOARD, CARE, GOODWILL, 5);
	give(CRM_HAND_OVER, CARE, BOARD, GOODWILL, 5);
	for (int i = 0; i < LENGTH; i++)
	{
		many[i] = mandates[i == 0 ? 0 : 2 - i % 2];
		many[i].id = i + 1;
		many[i].parent = i - 1;
	}
	policy.mandates = many;
	policy.nmandates = LENGTH;
	is(asked(CARE, GOODWILL, 5), "allowed", "a hundred thousand hand-overs back and forth");
	is(asked(BOARD, GOODWILL, 5), "handed_over", "take from the giver");
	pfree(many);
}

/* ------------------------------ against the text ------------------------------ */

static bool
slow_is_duty(const crm_rule_mandate *m)
{
	return m->kind == CRM_CONSULT || m->kind == CRM_INFORM || m->kind == CRM_BAN;
}

static bool
slow_covers(const crm_rule_mandate *m, int decision, int rank, TimestampTz at)
{
	if (at < m->valid_from || at >= m->valid_until)
		return false;
	if (m->decision != decision && !(m->decision == GOODWILL && decision == VOUCHER))
		return false;
	for (int i = 0; i < m->nbounds; i++)
		if (department.value == NULL || strcmp(m->bounds[i].values[0], department.value) != 0)
			return false;
	if (m->limit == ALL)
		return true;
	return slow_is_duty(m) ? rank > m->limit : rank <= m->limit;
}

static bool slow[MOST];

/* In the order of the ids, all of them, as the text says. */
static void
slow_effective(int decision, int rank, TimestampTz at)
{
	for (int m = 0; m < policy.nmandates; m++)
	{
		const crm_rule_mandate *one = &mandates[m];
		bool supported =
			one->kind == CRM_CHARTER || (slow_is_duty(one) && one->from == CRM_RULE_NONE);

		for (int p = 0; p < m && !supported; p++)
		{
			const crm_rule_mandate *giver = &mandates[p];
			bool taken = false;

			if (!slow[p] || giver->to != one->from ||
				!(giver->kind == CRM_CHARTER || giver->kind == CRM_HAND_OVER ||
				  giver->kind == CRM_SHARE))
				continue;
			if (!slow_is_duty(one) && giver->depth != CRM_RULE_NONE &&
				!(one->depth != CRM_RULE_NONE && one->depth < giver->depth))
				continue;
			for (int h = p + 1; h < m; h++)
				taken = taken ||
						(slow[h] && mandates[h].from == giver->to &&
						 (mandates[h].kind == CRM_HAND_OVER ||
						  (mandates[h].kind == CRM_JOINT &&
						   !(one->kind == CRM_JOINT && one->joint_id == mandates[h].joint_id))));
			supported = !taken;
		}
		slow[m] = supported && slow_covers(one, decision, rank, at);
	}
}

static bool
slow_has(int position, bool *handed_over)
{
	*handed_over = false;
	for (int m = 0; m < policy.nmandates; m++)
	{
		bool taken = false;

		if (!slow[m] || mandates[m].to != position || mandates[m].kind > CRM_SHARE)
			continue;
		for (int h = m + 1; h < policy.nmandates; h++)
			taken = taken || (slow[h] && mandates[h].from == position &&
							  (mandates[h].kind == CRM_HAND_OVER || mandates[h].kind == CRM_JOINT));
		if (!taken)
			return true;
		*handed_over = true;
	}
	return false;
}

static bool
slow_any(crm_mandate_kind kind, int position, bool only_others)
{
	for (int m = 0; m < policy.nmandates; m++)
		if (slow[m] && mandates[m].kind == kind && (mandates[m].to == position) != only_others)
			return true;
	return false;
}

/* Person i holds position i and nothing else. */
static crm_verdict
slow_verdict(int person, int decision, int rank, TimestampTz at)
{
	bool handed_over;
	bool ignored;

	slow_effective(decision, rank, at);
	if (slow_any(CRM_BAN, person, false))
		return CRM_BANNED;
	if (slow_has(person, &handed_over))
		return slow_any(CRM_CONSULT, person, true) ? CRM_CONSULT_FIRST : CRM_ALLOWED;
	if (slow_any(CRM_JOINT, person, false))
		return CRM_SIGNATURES;
	for (int less = Min(rank, UNKNOWN) - 1; less >= 0; less--)
	{
		slow_effective(decision, less, at);
		if (slow_has(person, &ignored))
			return rank == UNKNOWN ? CRM_UNKNOWN_AMOUNT : CRM_OVER_LIMIT;
	}
	return handed_over ? CRM_HANDED_OVER : CRM_NO_MANDATE;
}

static void
random_company(void)
{
	static const char *values[][1] = {{"sales"}, {"service"}};
	static crm_rule_bound bounds[] = {{"department", false, 1, values[0]},
									  {"department", false, 1, values[1]}};
	int n = 3 + draw(MOST - 5);

	staffed_company();
	if (draw(2))
		give(CRM_CHARTER, CRM_RULE_NONE, BRAND, VOUCHER, 7);
	while (policy.nmandates < n)
	{
		crm_mandate_kind kind = CRM_HAND_OVER + draw(6);
		int from = draw(POSITIONS);
		int limit = draw(3) == 0 ? ALL : draw(NAMED);
		int decision = draw(5) > 0 ? GOODWILL : draw(DECISIONS);
		int depth = draw(3) > 0 ? CRM_RULE_NONE : draw(3);
		bool both = kind == CRM_JOINT;
		int32 joint_id = both ? policy.nmandates + 1 : 0;

		if ((kind == CRM_BAN || kind == CRM_CONSULT) && draw(3) > 0)
			continue;
		if (kind > CRM_JOINT && draw(2))
			from = CRM_RULE_NONE;
		for (int i = 0; i <= both; i++)
		{
			crm_rule_mandate *one = give(kind, from, draw(POSITIONS), decision, limit);

			one->joint_id = joint_id;
			one->depth = depth;
			one->nbounds = draw(4) == 0;
			one->bounds = &bounds[draw(2)];
			one->valid_from = draw(4) == 0 ? draw(9) : 0;
			one->valid_until = draw(4) == 0 ? one->valid_from + 1 + draw(9) : DT_NOEND;
			one->parent = policy.nmandates > 2 ? (int) draw(policy.nmandates - 1) : CRM_RULE_NONE;
		}
	}
}

/* A ruling must hold in all of its span. */
static bool
agrees_at(int person, int decision, int rank, TimestampTz at)
{
	crm_verdict fast = ask_at(person, decision, rank, at).verdict;
	crm_rule_span span = work->span;

	if (fast != slow_verdict(person, decision, rank, at))
		return false;
	for (int other = span.lowest; rank != UNKNOWN && other <= span.highest; other++)
		if (fast != slow_verdict(person, decision, other, at))
			return false;
	for (TimestampTz other = 0; other < 20; other++)
		if (other >= span.from && other < span.until &&
			fast != slow_verdict(person, decision, rank, other))
			return false;
	return at >= span.from && at < span.until &&
		   (rank == UNKNOWN || (rank >= span.lowest && rank <= span.highest));
}

static void
as_the_text_says(void)
{
	int seen[lengthof(verdicts)] = {0};
	int wrong = 0;

	for (int i = 0; i < 10000; i++)
	{
		int person = draw(POSITIONS);
		int decision = draw(DECISIONS);
		int rank = draw(UNKNOWN + 1);
		TimestampTz at = draw(20);

		if (i % 10 == 0)
			random_company();
		department.value = draw(3) == 0 ? "sales" : NULL;
		wrong += !agrees_at(person, decision, rank, at);
		seen[slow_verdict(person, decision, rank, at)]++;
	}
	ok(wrong == 0, "10000 rulings on random companies are those of the text");
	for (int i = 0; i < CRM_NO_POSITION; i++)
		ok(seen[i] > 20, "among them %d %s", seen[i], verdicts[i]);
}

int
main(void)
{
	hand_over_takes();
	share_adds();
	nothing_exceeds_its_giver();
	other_support_keeps();
	bans_consults_informs();
	jointly();
	vacant_positions();
	scopes();
	reserved_decisions();
	long_chains();
	as_the_text_says();
	return done();
}
