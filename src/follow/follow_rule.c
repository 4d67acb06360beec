/* follow_rule.c - what a department's DDL means for a source, decided on plain facts.
 *
 * Names count, as they do for the department: who puts another table under a name wants it read
 * there. The table that moved away is followed only as long as nothing has its old name. After a
 * restore catalog numbers say nothing, and the trigger tells which table it was.
 */
#include "postgres.h"

#include "follow/follow_rule.h"

static bool is_registered_table(const crm_follow_facts *facts);

crm_follow_place
crm_follow_place_of(const crm_follow_facts *facts)
{
	if (!OidIsValid(facts->table))
		return OidIsValid(crm_follow_moved_to(facts)) ? CRM_PLACE_MOVED : CRM_PLACE_GONE;
	if (is_registered_table(facts))
		return CRM_PLACE_SAME;
	return facts->is_anothers ? CRM_PLACE_ANOTHERS : CRM_PLACE_OTHER;
}

Oid
crm_follow_moved_to(const crm_follow_facts *facts)
{
	if (!facts->captured)
		return facts->was;
	/* A number that was given anew, or a table whose trigger somebody dropped, is no proof. */
	if (facts->known && facts->was != facts->carrier)
		return InvalidOid;
	return facts->carrier;
}

const char *
crm_follow_unseen_change(const crm_follow_facts *facts)
{
	if (facts->known ? !facts->same_tree : !facts->same_names)
		return "partitions or children changed";
	if (!facts->known)
		return NULL;
	if (!facts->same_columns && (!facts->same_files || facts->has_virtual))
		return "columns were rewritten";
	if (!facts->same_labels)
		return "labels of a type changed";
	if (!facts->same_triggers)
		return "triggers were changed";
	if (!facts->same_start)
		return "the server was started, and the table is unlogged";
	return NULL;
}

static bool
is_registered_table(const crm_follow_facts *facts)
{
	if (facts->known)
		return facts->table == facts->was;
	return !facts->captured || !OidIsValid(facts->carrier) || facts->carrier == facts->table;
}
