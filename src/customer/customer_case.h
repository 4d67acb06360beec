/* customer_case.h - the records of a customer as survivorship wants them. */
#ifndef CRM_CUSTOMER_CASE_H
#define CRM_CUSTOMER_CASE_H

#include "executor/spi.h"
#include "utils/jsonb.h"

#include "customer/customer_rule.h"

/*
 * Runs the plan kept in *slot, prepared from sql the first time. SPI leaves its own memory context
 * current after every call; this puts the caller's back.
 */
extern void crm_run_plan(SPIPlanPtr *slot, const char *sql, int nargs, const Oid *types,
						 Datum *values, const char *nulls, bool read_only);

typedef struct crm_policy_set
{
	int n;
	crm_policy *policies;
} crm_policy_set;

/* Reads attributes and their rules into the current memory context. SPI must be connected. */
extern crm_policy_set *crm_load_policies(bool read_only);

/* What crm_read_records() gives, by number of the column. */
typedef enum crm_record_column
{
	CRM_RECORD_CUSTOMER = 1,
	CRM_RECORD_ID,
	CRM_RECORD_TIE,
	CRM_RECORD_KIND,
	CRM_RECORD_TRUST,
	CRM_RECORD_CHANGED_AT,
	CRM_RECORD_ATTRIBUTES,
	CRM_RECORD_SOURCE,
	CRM_RECORD_KEY,
	CRM_RECORD_OWN_TRUST
} crm_record_column;

/* The records of these customers into SPI_tuptable, by customer and record. */
extern void crm_read_records(const int64 *customer_ids, int n, bool read_only);

/* The undecided case of the records first to first + n of the table, all of one customer. */
extern crm_case *crm_make_case(const crm_policy_set *policies, SPITupleTable *table, uint64 first,
							   int n);

#endif
