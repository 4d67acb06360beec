/* source_key.h - what identifies a row of a departmental table. */
#ifndef CRM_SOURCE_KEY_H
#define CRM_SOURCE_KEY_H

#include "nodes/pg_list.h"
#include "utils/relcache.h"

/*
 * The attribute numbers of the key: those of the named columns, or of the primary key, or of a
 * unique index over NOT NULL columns. An error that says what could be done if there is none.
 * Where no index vouches for it the rows are looked at, as the current user.
 */
extern List *crm_source_key(Relation relation, List *named);

/* Whether a unique index over NOT NULL columns vouches for these columns, children included. */
extern bool crm_source_key_is_indexed(Relation relation, List *numbers);

/* Whether some key occurs twice or is NULL, by looking at the rows as the table's owner. */
extern bool crm_source_key_is_broken(Relation relation, List *numbers);

/* The key that would be found, or NIL. */
extern List *crm_source_key_found(Relation relation);

/* Type name that casts text to the column's type, qualified and without type modifier. */
extern char *crm_source_type_name(Oid type);

/* Names of the columns with these attribute numbers. */
extern List *crm_source_column_names(Relation relation, List *numbers);

/* "a, b", each quoted where it must be. */
extern char *crm_source_quoted_columns(Relation relation, List *numbers);

#endif
