/* detail_read.h - the details of rows that have been read. Private to the room. */
#ifndef CRM_DETAIL_READ_H
#define CRM_DETAIL_READ_H

#include "source/source_registry.h"

/*
 * The details of a source, a parent before what hangs on it; NIL if there are none. The source and
 * they get their anchors, so that reading them brings along what the details are found by.
 */
extern List *crm_details_load(crm_source *source);

/*
 * Reads what the details say to these rows of the source and adds it to them; a row with a bad
 * detail becomes a bad row. NULL, or the error of a detail that cannot be read as a whole, which
 * *broken then is.
 */
extern ErrorData *crm_details_read(const crm_source *source, List *details, List *rows,
								   const crm_source **broken);

/* NULL, or why the first detail that cannot be read as a whole, *broken, cannot. */
extern ErrorData *crm_details_probe(List *details, const crm_source **broken);

extern bool crm_details_exist(int32 source_id);

#endif
