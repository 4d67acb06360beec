/* source_query.h - the one SELECT by which a source is read. */
#ifndef CRM_SOURCE_QUERY_H
#define CRM_SOURCE_QUERY_H

#include "source/source_registry.h"

typedef enum crm_source_scope
{
	CRM_SCOPE_KEYS,  /* the rows of given keys */
	CRM_SCOPE_ALL,   /* every row */
	CRM_SCOPE_NAMES, /* the keys alone of every row */
	CRM_SCOPE_BARE,  /* the same without the filter, which may be what fails */
	CRM_SCOPE_GIVEN  /* a row that comes as jsonb, the only parameter, instead of the table's */
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

/* The operator of the type's own index support; by name alone citext would compare as text. */
extern char *crm_source_equality(Oid type);

#endif
