/* act_own.h - the acts of crm's own functions. */
#ifndef CRM_ACT_OWN_H
#define CRM_ACT_OWN_H

extern void crm_act_own_init(void);

#endif
