/* identity_query.h - what a line typed into a search box asks for. */
#ifndef CRM_IDENTITY_QUERY_H
#define CRM_IDENTITY_QUERY_H

#define CRM_QUERY_MANY 4
#define CRM_QUERY_TEXT 512

typedef struct crm_query
{
	char name[CRM_QUERY_TEXT]; /* the words that are nothing else */
	char date[16];
	int nemails;
	char emails[CRM_QUERY_MANY][CRM_QUERY_TEXT];
	int nphones;
	char phones[CRM_QUERY_MANY][CRM_QUERY_TEXT]; /* as typed: the region is not known here */
} crm_query;

/* "jon smiht 0031 6 12345678" is a name and a telephone number. */
extern void crm_query_parse(const char *text, crm_query *query);

#endif
