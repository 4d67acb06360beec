/* source_draft.h - a source as somebody wants it, and its checks against the table. */
#ifndef CRM_SOURCE_DRAFT_H
#define CRM_SOURCE_DRAFT_H

#include "nodes/bitmapset.h"
#include "source/source_registry.h"
#include "utils/jsonb.h"
#include "utils/relcache.h"

/* The items of {"attribute": "expression" | ["expression", ...]}, as written. */
extern List *crm_source_parse_map(const char *source, Jsonb *map);

/* {"attribute": ["expression", ...]}; brief: a single one without brackets. */
extern char *crm_source_map_text(List *items, bool brief);

/*
 * Checks key, expressions and choices of the draft against the table and replaces each expression
 * by its deparsed form; fills columns and their numbers. Raises the first thing that is wrong.
 * related: see crm_source_check_relation().
 */
extern void crm_source_check_draft(crm_source *draft, Relation relation, const char *related);

/* The same for the expressions alone; the attribute numbers of the columns that they read. */
extern Bitmapset *crm_source_check_expressions(crm_source *draft, Relation relation,
											   const char *related);

#endif
