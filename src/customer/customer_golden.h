/* customer_golden.h - the golden record in memory. */
#ifndef CRM_CUSTOMER_GOLDEN_H
#define CRM_CUSTOMER_GOLDEN_H

#include "customer/customer_case.h"

typedef struct crm_golden
{
	int64 customer_id;
	char kind; /* 'p' or 'o' */
	int source_records;
	const char *values[CRM_COLUMNS]; /* NULL: nobody says */
	Jsonb *attributes;               /* custom attributes: name -> text */
	Jsonb *origins; /* attribute -> id of the record that says it; '': the others */
	ArrayType *emails;
	ArrayType *phones;
	TimestampTz first_at; /* of a stored one: since when it is there */
} crm_golden;

/* Decides the case. */
extern crm_golden *crm_make_golden(int64 customer_id, crm_case *c);

/* Whether what people see is the same; origins are compared apart. */
extern bool crm_same_golden(const crm_golden *a, const crm_golden *b);
extern bool crm_same_origins(const crm_golden *a, const crm_golden *b);

/* The value of an attribute that may be a custom one; NULL: none. */
extern const char *crm_golden_value(const crm_golden *golden, const crm_policy_set *policies,
									int attribute);

/* Of an attribute that has a value. */
extern int64 crm_golden_origin(const crm_golden *golden, const char *attribute);

extern const char *crm_kind_word(char kind);

#endif
