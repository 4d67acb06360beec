/* source_add.h - what the calls that register sources share with those that register details. */
#ifndef CRM_SOURCE_ADD_H
#define CRM_SOURCE_ADD_H

#include "source/source_registry.h"
#include "utils/relcache.h"

/*
 * Once its row is written: tries to read the table as its owner, attaches the triggers, also where
 * expressions look values up, and has the whole source compared. Closes the table, whose lock
 * stays: triggers cannot be made on one that is in use. Under a new number no triggers can have
 * been left on another table, so none are looked for.
 */
extern void crm_source_start_capture(const crm_source *source, Relation relation, bool is_new);

#endif
