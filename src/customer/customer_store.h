/* customer_store.h - keeps crm_internal.customer equal to what the records say. */
#ifndef CRM_CUSTOMER_STORE_H
#define CRM_CUSTOMER_STORE_H

#include "customer/customer_golden.h"

/*
 * Recomputes the golden records of these customers and writes what differs; a customer without
 * records loses its golden record. With dry_run nothing is written. Returns how many differ, their
 * ids in *differing if it is not NULL. SPI must be connected.
 */
extern int crm_refresh_customers(const int64 *customer_ids, int n, bool dry_run, int64 **differing);

#endif
