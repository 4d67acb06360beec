/* lookup.h - the table in which a look-up's step finds its value. Private to the room. */
#ifndef CRM_LOOKUP_H
#define CRM_LOOKUP_H

#include "executor/spi.h"
#include "source/lookup_rule.h"
#include "utils/relcache.h"

typedef struct crm_lookup_target
{
	Oid relation;
	char *schema;
	char *table;
	AttrNumber key;
	char *key_name;
	Oid key_type; /* never a domain */
	AttrNumber column;
	char *column_name;
	Oid column_type;
	bool may_vary; /* what the user sees of it depends on more than the snapshot */
} crm_lookup_target;

/*
 * Resolves a path by name, under a lock that keeps the table as it is until the transaction ends.
 * What is not there is an error of the class of undefined tables and columns.
 */
extern void crm_lookup_find(const crm_lookup_path *path, crm_lookup_target *target);

/* The table alone, so far. */
extern Oid crm_lookup_table(const crm_lookup_path *path);

/* What found the table out already goes on here. */
extern void crm_lookup_fill(const crm_lookup_path *path, Relation relation,
							crm_lookup_target *target);

/* An error if to read the table would run code of a third party with the rights of the user. */
extern void crm_lookup_check_trust(const crm_lookup_target *target, Oid user);

/* An error if the user may not read the two columns; hint: what the owner of it has to do. */
extern void crm_lookup_check_rights(const crm_lookup_target *target, Oid user);

typedef enum crm_lookup_road
{
	CRM_LOOKUP_SAME,
	CRM_LOOKUP_WHOLE, /* integers of different width */
	CRM_LOOKUP_BY_TEXT
} crm_lookup_road;

/* How a key of this type becomes one of the key column's; an error if it cannot. */
extern crm_lookup_road crm_lookup_road_of(Oid from, const crm_lookup_target *target);

typedef struct crm_lookup_plan crm_lookup_plan;

/* Shared by all of the backend that look up the same; to be released. SPI must be connected. */
extern crm_lookup_plan *crm_lookup_plan_of(const crm_lookup_target *target);
extern void crm_lookup_plan_release(crm_lookup_plan *plan);

/*
 * The value's text in the current memory context, of several rows the least in C order, or NULL.
 * Sees what the active snapshot sees.
 */
extern char *crm_lookup_run(crm_lookup_plan *plan, Datum key);

/* Never by a cast: the owner of a type can make one of his own. */
extern char *crm_lookup_value_text(Oid type, Datum value);

#endif
