/* act_own.h - the acts of crm's own functions. */
#ifndef CRM_ACT_OWN_H
#define CRM_ACT_OWN_H

extern void crm_act_own_init(void);

/* As crm_internal.take_act(): allowed and journalled, or error 42501. */
extern void crm_act_of_crm(const char *decision, const char *subject);

#endif
