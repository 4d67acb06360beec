/* source_link.h - what a departmental row says of its relation to others, as plain values. */
#ifndef CRM_SOURCE_LINK_H
#define CRM_SOURCE_LINK_H

#include "access/htup.h"
#include "access/tupdesc.h"
#include "lib/stringinfo.h"
#include "source/source_registry.h"

/* Appends the columns of the relation to a SELECT list; none if the source has no belongs_to. */
extern void crm_source_append_link(StringInfo sql, const crm_source *source);

/* Fills the row's links out of those columns and returns how many columns there are. */
extern int crm_source_read_links(const crm_source *source, HeapTuple tuple, TupleDesc desc,
								 int first, crm_source_row *row);

#endif
