/* identity_question.h - what a search asks for, as values that make a profile. */
#ifndef CRM_IDENTITY_QUESTION_H
#define CRM_IDENTITY_QUESTION_H

#include "match/match_profile.h"

#define CRM_QUESTION_VALUES 24

typedef struct crm_question
{
	int nvalues;
	crm_profile_value values[CRM_QUESTION_VALUES];
	int name; /* which value is the name of a search line, or -1 */
} crm_question;

/* SPI connected, as the owner. */
extern void crm_question_of_text(const char *text, crm_question *q);

/* A jsonb object: attribute -> value, or array of values. */
extern void crm_question_of_attributes(Datum attributes, crm_question *q);

/* The last word of a name may be where its owner lives. False: there is no such word. */
extern bool crm_question_move_city(crm_question *q);

#endif
