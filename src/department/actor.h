/* actor.h - who is acting now, and how that is known. */
#ifndef CRM_ACTOR_H
#define CRM_ACTOR_H

typedef enum crm_known_by
{
	CRM_KNOWN_BY_ACT_AS,
	CRM_KNOWN_BY_COLUMN,
	CRM_KNOWN_BY_LOGIN,
	CRM_KNOWN_BY_OWNER
} crm_known_by;

typedef struct crm_actor
{
	const char *person; /* lives until the actor changes or the transaction ends */
	crm_known_by known_by;
} crm_actor;

extern void crm_actor_init(void);

/*
 * Set by crm.act_as(), else the login. The login is journalled in any case. Costs a comparison; who
 * asks for rows calls AcceptInvalidationMessages() once a statement, so that a gateway that was
 * dropped is believed no longer.
 */
extern crm_actor crm_actor_now(void);

/* A number that changes whenever crm_actor_now() may give another answer. */
extern uint64 crm_actor_generation(void);

/* The authenticated user, whatever SET ROLE and security definers have made of it. */
extern const char *crm_actor_login(void);

/* The word of the journal: act_as, column, login, owner. */
extern const char *crm_known_by_name(crm_known_by known_by);

#endif
