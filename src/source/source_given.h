/* source_given.h - a row that is not stored, as its source would read it. */
#ifndef CRM_SOURCE_GIVEN_H
#define CRM_SOURCE_GIVEN_H

#include "source/source_registry.h"

/*
 * The row of these columns (a jsonb object: column -> value) by the mapping of the source, without
 * what details would add. NULL: the filter leaves it out. What cannot be read is an error that
 * quotes no value. The key is empty where the columns of it are missing.
 */
extern const crm_source_row *crm_source_read_given(const crm_source *source, Datum columns);

#endif
