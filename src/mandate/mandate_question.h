/* mandate_question.h - the arguments that questions have in common. Private to the room. */
#ifndef CRM_MANDATE_QUESTION_H
#define CRM_MANDATE_QUESTION_H

#include "fmgr.h"

#include "mandate/mandate.h"

typedef struct crm_question
{
	const char *person;
	const char *decision;
	Numeric amount;
	int nscope;
	crm_scope_value *scope;
	bool is_now; /* nobody asked for another time */
	TimestampTz at;
} crm_question;

/* Of each argument its number, or -1 if the function has none. The time is always there. */
extern crm_question crm_question_read(FunctionCallInfo fcinfo, int person, int decision, int amount,
									  int scope, int as_of);

extern const crm_ruling *crm_question_ruling(const crm_question *question);

#endif
