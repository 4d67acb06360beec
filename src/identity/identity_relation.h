/* identity_relation.h - what records say of the rows that they belong to, stored beside them. */
#ifndef CRM_IDENTITY_RELATION_H
#define CRM_IDENTITY_RELATION_H

#include "identity/identity_batch.h"
#include "source/source.h"

/* Gives the record the row's links, in an order of their own and each once. */
extern void crm_relation_take(crm_record *record, const crm_source_row *row);

/* Stores the links of added and changed records and removes those of departed ones. */
extern void crm_relation_write(const crm_batch *batch);

#endif
