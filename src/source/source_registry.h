/* source_registry.h - the registry row of a source, for the files of this room. */
#ifndef CRM_SOURCE_REGISTRY_H
#define CRM_SOURCE_REGISTRY_H

#include "nodes/pg_list.h"
#include "source/source.h"
#include "utils/relcache.h"

/* One mapped expression; an attribute with several has several items, in order. */
typedef struct crm_source_item
{
	char *attribute;
	crm_attribute_kind kind;
	char *expression; /* deparsed: everything outside pg_catalog is qualified */
} crm_source_item;

typedef struct crm_source
{
	int32 source_id;
	char *department;
	char *schema;
	char *table;
	char relation_kind;
	List *key;     /* column names */
	List *items;   /* crm_source_item */
	List *columns; /* names of all columns read, and beside them their numbers and types */
	List *column_numbers;
	List *column_types;
	char *filter;
	char *kind;
	char *region;
	char *changed_at;
	float4 trust;
	char *mode;
	char *attention;
	char *repair;
} crm_source;

/* The alias under which every stored expression was deparsed and is read. */
#define CRM_SOURCE_ALIAS "r"

/*
 * All of these connect to SPI by themselves and act as the owner of crm's tables. Results live in
 * the caller's memory context.
 */
extern crm_source *crm_source_load(int32 source_id); /* NULL if there is none */
extern crm_source *crm_source_find(const char *name);
extern crm_source *crm_source_find_table(const char *schema, const char *table);
extern List *crm_source_ids(void);
extern void crm_source_mark(int32 source_id, const char *attention, const char *repair);
extern void crm_source_enqueue_all(int32 source_id);

/* "schema"."table", each quoted where it must be. */
extern char *crm_source_qualified(const crm_source *source);
extern char *crm_source_label(const char *schema, const char *table);

/*
 * Settings under which departmental values become text: the same for every session, whatever its
 * search_path, DateStyle or TimeZone. Undone by crm_source_unpin(), or by the error.
 */
extern int crm_source_pin(void);
extern void crm_source_unpin(int nest_level);

/* Runs SQL over SPI and insists on the result code. */
extern void crm_source_execute(const char *sql, int nargs, Oid *types, Datum *values,
							   const char *nulls, int expected);

#endif
