/* source_table.h - finds, locks and checks the table that is to be a source. */
#ifndef CRM_SOURCE_TABLE_H
#define CRM_SOURCE_TABLE_H

#include "catalog/pg_class.h"
#include "source/source_registry.h"
#include "utils/relcache.h"

/* What a table is called, in its parts; an error that says how to write it. */
extern List *crm_source_name_parts(const char *name);

/* The table, if the caller's rights to it are sufficient; else an error. No lock. */
extern Oid crm_source_check_table(const char *name);

/*
 * Opens the table under the lock that CREATE TRIGGER needs, after the caller's rights were found
 * sufficient, so that nobody can make others wait for what he may not touch.
 */
extern Relation crm_source_open_table(const char *name);

/* Locks the table of a source, by its name or, renamed, by its trigger. */
extern Oid crm_source_lock_table(const crm_source *source);

/* The table, or InvalidOid; no lock. */
extern Oid crm_source_table_id(const crm_source *source);

/* An error if the table, a parent or a child of it is a source already. */
extern void crm_source_refuse_registered(Relation relation);

/* An error unless it is a table, view or foreign table of a department. */
extern void crm_source_check_suitable(const char *name, Form_pg_class form);

/* The name of a source of which the table is a partition or inheritance child, or NULL. */
extern char *crm_source_read_through(Oid relation_id);

/* An error if the caller may not read these columns. */
extern void crm_source_check_columns_readable(Relation relation, List *numbers);

/* The numbers of the source's columns by now, an old one where the name is gone. */
extern List *crm_source_present_numbers(Relation relation, const crm_source *source);

/* Name of the owner. */
extern char *crm_source_owner(Relation relation);

/* The types of the columns of these names by now, with type modifier; "" where there is none. */
extern List *crm_source_column_types(Relation relation, List *names);

/* Numbers of the key's columns, by their names. */
extern List *crm_source_key_numbers(const crm_source *source, Relation relation);

#endif
