/* question.h - the arguments that questions have in common. Private to the room. */
#ifndef CRM_QUESTION_H
#define CRM_QUESTION_H

#include "fmgr.h"

#include "mandate/mandate_who.h"
#include "request/money.h"

typedef struct crm_question
{
	crm_asked asked; /* first: what may be afforded is asked with it */
	bool is_now;     /* nobody asked for another time; money counts */
} crm_question;

/* The numbers of the arguments; CRM_NO_ARGUMENT: the function has none. */
#define CRM_NO_ARGUMENT (-1)

typedef struct crm_question_arguments
{
	int person;
	int decision;
	int amount;
	int customer;
	int scope;
	int as_of;
} crm_question_arguments;

extern crm_question crm_question_read(FunctionCallInfo fcinfo, crm_question_arguments at);

extern const crm_ruling *crm_question_ruling(const crm_question *question);

/* Whether a mandate's window and budget leave enough for what is asked. */
extern bool crm_question_affords(const crm_asked *asked, const crm_taker *taker);

/* An array of text, or of int. */
extern Datum crm_question_consults(const crm_ruling *ruling);
extern Datum crm_question_path(const crm_ruling *ruling);

#endif
