/* act_own.h - the acts of crm's own functions. */
#ifndef CRM_ACT_OWN_H
#define CRM_ACT_OWN_H

#include "fmgr.h"

/*
 * The function that was called takes a decision: allowed and journalled, or error 42501. First
 * thing in it: nothing is read or locked for one who may not.
 */
extern void crm_decide(FunctionCallInfo fcinfo, const char *decision);

/* What is decided in work is part of the act that the caller took already. */
extern void crm_decide_within(void (*work)(void *argument), void *argument);

/* As crm_internal.take_act(): subject is the function and what it is about. */
extern void crm_act_of_crm(const char *decision, const char *subject);

#endif
