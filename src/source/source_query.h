/* source_query.h - the one SELECT by which a source is read, and its rows as plain values. */
#ifndef CRM_SOURCE_QUERY_H
#define CRM_SOURCE_QUERY_H

#include "access/htup.h"
#include "access/tupdesc.h"
#include "source/source_registry.h"

typedef enum crm_source_scope
{
	CRM_SCOPE_KEYS,  /* the rows of given keys */
	CRM_SCOPE_ALL,   /* every row */
	CRM_SCOPE_NAMES, /* the keys alone of every row */
	CRM_SCOPE_BARE   /* the same without the filter, which may be what fails */
} crm_source_scope;

typedef struct crm_source_query
{
	char *sql;
	int nkeys;
	Oid *key_types;   /* of the columns, domains resolved, integers widened */
	Oid *param_types; /* their array types: one parameter a key column */
	char *order;      /* of a detail's rows, or NULL */
	char *keys;       /* texts of the key's columns, behind one another */
	char *anchors;    /* the same of the anchors, each behind a comma */
} crm_source_query;

/* Opens the table; raises an undefined_table or undefined_column error where it changed. */
extern crm_source_query *crm_source_query_build(const crm_source *source, crm_source_scope scope);

/* Typed arrays of keys, one a key column, out of canonical key texts. */
extern Datum *crm_source_query_params(const crm_source_query *query, const char *const *keys,
									  int nkeys);

/* A row of the query as plain values in the current memory context; NULL if its key is NULL. */
extern crm_source_row *crm_source_query_row(const crm_source *source, HeapTuple tuple,
											TupleDesc desc);

/* The text without white space around it, cut in place. */
extern char *crm_source_trimmed(char *text);

/* The canonical text of the key alone; NULL if it is NULL. */
extern char *crm_source_query_key(const crm_source *source, HeapTuple tuple, TupleDesc desc);

/* The operator of the type's own index support; by name alone citext would compare as text. */
extern char *crm_source_equality(Oid type);

/* The canonical text of a key out of those of its columns; NULL if one of them is. */
extern const char *crm_source_key_text(const char *const *texts, int n);

#endif
