/* request.c - the room's entry. */
#include "postgres.h"

#include "request/request.h"
#include "request/request_private.h"

void
crm_request_init(void)
{
	crm_notice_init();
}
