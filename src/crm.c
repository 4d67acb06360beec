/* crm.c - loads the rooms in the order of src/ORDER. Includes all, is included by none. */
#include "postgres.h"

#include "fmgr.h"

#include "base/base.h"
#include "customer/customer.h"

CRM_MODULE_MAGIC;

void _PG_init(void);

void
_PG_init(void)
{
	crm_base_init();
	crm_customer_init();
}
