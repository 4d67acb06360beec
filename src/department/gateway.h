/* gateway.h - which logins may say for whom they act. */
#ifndef CRM_GATEWAY_H
#define CRM_GATEWAY_H

#include "datatype/timestamp.h"

/* What is registered of the session's login, and known of a person. */
typedef struct crm_gateway_answer
{
	bool is_gateway;
	bool session_allowed;
	bool appointed;         /* the person, anywhere */
	TimestampTz here_until; /* in the departments that the gateway serves; 0: not now */
} crm_gateway_answer;

/* Read from the latest snapshot, so not while the session is in parallel mode. */
extern crm_gateway_answer crm_gateway_ask(const char *login, const char *person);

/* Refuses what the answer does not allow. */
extern void crm_gateway_check(const crm_gateway_answer *answer, const char *login,
							  const char *person, bool for_session);

/* Whether a relcache message may have made an answer stale. */
extern bool crm_gateway_concerns(Oid relation);

#endif
