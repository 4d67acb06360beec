/* act_refusal.h - what an act lacked, and the words for it. */
#ifndef CRM_ACT_REFUSAL_H
#define CRM_ACT_REFUSAL_H

#include "act/act.h"
#include "audit/journal.h"
#include "request/money.h"
#include "request/request.h"

/* The part of a journal row that is the same whatever allows or refuses the act. */
extern void crm_act_describe(const crm_act_point *point, crm_act *act);

extern void crm_act_request_key(const crm_act_point *point, const crm_ruling *ruling,
								crm_request_key *key);

/* ERROR 42501, after a structured line in the server's log. */
extern void crm_act_refuse(const crm_act_point *point, const crm_ruling *ruling,
						   const crm_shortfall *shortfall) pg_attribute_noreturn();

/* The words of the same. */
extern crm_act_objection crm_act_object(const crm_act_point *point, const crm_ruling *ruling,
										const crm_shortfall *shortfall);

/* The row of observe mode. */
extern int64 crm_act_journal_refusal(const crm_act_point *point, const crm_ruling *ruling,
									 const crm_shortfall *shortfall);

#endif
