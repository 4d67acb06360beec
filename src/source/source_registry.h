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
	int position;     /* of the attribute among all */
	char *expression; /* deparsed: everything outside pg_catalog is qualified */
} crm_source_item;

typedef enum crm_source_role
{
	CRM_ROLE_SOURCE = 's', /* its rows are customers */
	CRM_ROLE_DETAIL = 'd', /* a child table, whose rows add values to those of its parent */
	CRM_ROLE_LOOKUP = 'l'  /* a table in which expressions of its parent look a value up */
} crm_source_role;

/* A source, or a part of one: a detail or a lookup that hangs on a source or on another part. */
typedef struct crm_source
{
	int32 source_id; /* parts and sources are numbered together */
	crm_source_role role;
	int32 root_id;        /* of a part: its source; else 0 */
	int32 parent_id;      /* of a part: what it hangs on; else 0 */
	List *parent_columns; /* of a part: the parent's columns that key equals */
	char *department;
	char *schema;
	char *table;
	char relation_kind;
	List *key;     /* column names */
	List *anchors; /* set by who reads its parts: its columns that their keys equal */
	List *items;   /* crm_source_item */
	List *columns; /* names of all columns read, and beside them their numbers and types */
	List *column_numbers;
	List *column_types;
	char *filter;
	char *kind;
	char *region;
	char *changed_at;
	char *entered_by;
	char *preferred; /* of a detail */
	char *belongs_to;
	char *related_schema; /* with related_table: to whose rows belongs_to refers */
	char *related_table;
	char *relation; /* a word, an expression, or NULL: by the customers' kinds */
	char *since;
	char *until;
	float4 trust;
	char *attribute_trust; /* jsonb text */
	char *mode;
	char *attention;
	char *repair;
	char *owner; /* of the table, as registered; NULL: whoever it is */
} crm_source;

/* The alias under which every stored expression was deparsed and is read. */
#define CRM_SOURCE_ALIAS "r"

/*
 * All of these connect to SPI by themselves and act as the owner of crm's tables. Results live in
 * the caller's memory context.
 */
extern crm_source *crm_source_load(int32 source_id);        /* or part; NULL if there is none */
extern crm_source *crm_source_find(const char *name);       /* an error if there is none */
extern crm_source *crm_source_find_named(const char *name); /* NULL if there is none */
extern crm_source *crm_source_find_table(const char *schema, const char *table);
extern List *crm_source_ids(void);                 /* of sources */
extern List *crm_source_part_ids(int32 root_id);   /* ascending: a parent before what hangs on it */
extern List *crm_source_load_parts(int32 root_id); /* the same, as crm_source */
extern void crm_source_mark(int32 source_id, const char *attention, const char *repair);

/* The numbers that a query gives. */
extern List *crm_source_load_ids(const char *sql, int nargs, Oid *types, Datum *values);

/* The table that a user's name means; false: it names none. The table need not exist. */
extern bool crm_source_resolve_name(const char *name, char **schema, char **table);

extern bool crm_list_has_text(List *texts, const char *text);

/* "schema"."table", each quoted where it must be. */
extern char *crm_source_qualified(const crm_source *source);
extern char *crm_table_qualified(Oid relation_id);
extern char *crm_source_label(const char *schema, const char *table);
extern char *crm_relation_label(Relation relation);

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
