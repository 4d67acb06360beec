/* source_part.h - the parts of sources (details, lookups): finding them and their names. */
#ifndef CRM_SOURCE_PART_H
#define CRM_SOURCE_PART_H

#include "source/source_registry.h"
#include "utils/relcache.h"

/*
 * What a detail is to hang on: a source, or a detail by its table, by its path of tables
 * ("app.client/app.client_email") or by the number that crm.source_detail shows. An error that says
 * how to name it if there are several.
 */
extern crm_source *crm_part_parent(const char *of);

/* The one detail of that table, or of that number, that hangs on the parent. */
extern crm_source *crm_part_find(const char *detail, const crm_source *parent);

/* The details of that table that hang on the parent; ids. */
extern List *crm_part_named(const char *detail, int32 parent_id);

/* What hangs on a source or part itself: ids, ascending. */
extern List *crm_part_children(const crm_source *parent);

/* What hangs on a source or part, and what hangs on that, and so on: ids, ascending. */
extern List *crm_part_below(const crm_source *top);

/*
 * The look-ups below a source or detail, without those of details that hang on it; each stands
 * behind what it hangs on.
 */
extern List *crm_part_lookups(const crm_source *holder);

/* The source to which it belongs, or it itself. */
extern crm_source *crm_part_root(crm_source *part);

/* "app.client/app.client_email" */
extern char *crm_part_path(const crm_source *part);

/* "source" or "detail" and its name, for messages. */
extern char *crm_part_title(const crm_source *part);

/* The start of a call: crm.change_source(name, or crm.change_detail(name, of => path. */
extern char *crm_part_call(const crm_source *part, const char *verb);

/* Whether its key is that of the rows of its source. */
extern bool crm_part_is_direct(const crm_source *part, const crm_source *parent);

/* Forgets a part and all that hangs on it, triggers too. */
extern void crm_part_forget(const crm_source *part);

/* A notice if no index serves the reading of a table by the part's key: it is read so for each row.
 */
extern void crm_part_advise_index(const crm_source *draft, Relation relation);

/* The same texts in the same order. */
extern bool crm_same_texts(List *a, List *b);

#endif
