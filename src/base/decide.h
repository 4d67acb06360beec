/* decide.h - functions of crm that take a decision say so here; a room above judges and journals.
 */
#ifndef CRM_DECIDE_H
#define CRM_DECIDE_H

#include "fmgr.h"

/* Allows and journals the act, or raises 42501. subject: the function and what it is about. */
typedef void (*crm_decider)(const char *decision, const char *subject);

extern void crm_decide_register(crm_decider judge);

/* First thing in a function that decides: nothing is read or locked for one who may not. */
extern void crm_decide(FunctionCallInfo fcinfo, const char *decision);

/* What is decided in work is part of the act that the caller took already. */
extern void crm_decide_within(void (*work)(void *argument), void *argument);

#endif
