/* crm.c - loads the rooms in the order of src/ORDER. Includes all, is included by none. */
#include "postgres.h"

#include "fmgr.h"

#include "audit/journal.h"
#include "base/base.h"
#include "base/commit.h"
#include "budget/budget.h"
#include "capture/capture.h"
#include "customer/customer.h"
#include "department/actor.h"
#include "guard/guard.h"
#include "identity/identity.h"
#include "mandate/mandate.h"
#include "model/model.h"
#include "request/request.h"

CRM_MODULE_MAGIC;

void _PG_init(void);

void
_PG_init(void)
{
	/* Before base reserves the prefix: what is set for a database or in a file must reach it. */
	crm_guard_init();
	crm_model_init();
	crm_base_init();
	crm_commit_init();
	crm_actor_init();
	crm_journal_init();
	crm_mandate_init();
	crm_budget_init();
	crm_request_init();
	crm_capture_init();
	crm_identity_init();
	crm_customer_init();
}
