/* follow_rule.c - what a department's DDL means for a source. */
#include "postgres.h"

#include "follow/follow_rule.h"
#include "tap.h"

#define TABLE 100
#define OTHER 200

/* A table as it was registered, seen before in this database. */
static crm_follow_facts
facts(void)
{
	return (crm_follow_facts){.known = true,
							  .captured = true,
							  .table = TABLE,
							  .kind = 'r',
							  .was = TABLE,
							  .carrier = TABLE,
							  .same_tree = true,
							  .same_names = true,
							  .same_files = true,
							  .same_columns = true,
							  .same_labels = true,
							  .same_triggers = true,
							  .same_start = true};
}

static void
places(void)
{
	crm_follow_facts f = facts();

	ok(crm_follow_place_of(&f) == CRM_PLACE_SAME, "the table that was registered");
	f.table = InvalidOid;
	ok(crm_follow_place_of(&f) == CRM_PLACE_MOVED && crm_follow_moved_to(&f) == TABLE,
	   "it moved, and its old name is free");
	f.carrier = InvalidOid;
	ok(crm_follow_place_of(&f) == CRM_PLACE_GONE, "moved without its trigger: that is no proof");
	f.carrier = OTHER;
	f.was = InvalidOid;
	ok(crm_follow_place_of(&f) == CRM_PLACE_GONE,
	   "gone; a former child with the trigger is not the table");
	f.table = OTHER;
	ok(crm_follow_place_of(&f) == CRM_PLACE_OTHER, "another table has the name");
	f.is_anothers = true;
	ok(crm_follow_place_of(&f) == CRM_PLACE_ANOTHERS, "and it is a source of its own");
	f = facts();
	f.carrier = OTHER;
	ok(crm_follow_place_of(&f) == CRM_PLACE_SAME, "swapped and swapped back: the number counts");
}

/* Catalog numbers are others, so the trigger tells. */
static void
restored(void)
{
	crm_follow_facts f = facts();

	f.known = false;
	f.was = InvalidOid;
	ok(crm_follow_place_of(&f) == CRM_PLACE_SAME, "restored: the table with the trigger");
	f.carrier = InvalidOid;
	ok(crm_follow_place_of(&f) == CRM_PLACE_SAME, "restored without triggers: the name");
	f.carrier = OTHER;
	ok(crm_follow_place_of(&f) == CRM_PLACE_OTHER, "restored, and another has the trigger");
	f.table = InvalidOid;
	ok(crm_follow_moved_to(&f) == OTHER, "restored and renamed");
	f.captured = false;
	ok(crm_follow_place_of(&f) == CRM_PLACE_GONE, "a view has no trigger by which to find it");
}

static void
unseen(void)
{
	crm_follow_facts f = facts();

	ok(crm_follow_unseen_change(&f) == NULL, "nothing changed: nothing to compare");
	f.same_files = false;
	ok(crm_follow_unseen_change(&f) == NULL, "rewritten as by VACUUM FULL: the same");
	f.same_columns = false;
	ok(crm_follow_unseen_change(&f) != NULL, "a column altered and the table rewritten: values");
	f.same_files = true;
	ok(crm_follow_unseen_change(&f) == NULL, "a column altered alone: a name, a default");
	f.has_virtual = true;
	ok(crm_follow_unseen_change(&f) != NULL, "unless it is computed at reading");
	f = facts();
	f.same_triggers = false;
	ok(crm_follow_unseen_change(&f) != NULL, "triggers were off for a while");
	f = facts();
	f.same_tree = false;
	ok(crm_follow_unseen_change(&f) != NULL, "a partition was away, though it is back");
	f.known = f.same_files = f.same_columns = f.same_labels = f.same_triggers = f.same_start =
		false;
	ok(crm_follow_unseen_change(&f) == NULL,
	   "after a restore all numbers differ, which says nothing");
	f.same_names = false;
	ok(crm_follow_unseen_change(&f) != NULL, "but names of partitions do");
}

int
main(void)
{
	places();
	restored();
	unseen();
	return done();
}
