/* customer_rule.h - which of the values that a customer's records assert survives. Pure. */
#ifndef CRM_CUSTOMER_RULE_H
#define CRM_CUSTOMER_RULE_H

#include <stdbool.h>
#include <stdint.h>

#include "source/attribute.h"

typedef enum crm_criterion
{
	CRM_BY_TRUST,        /* the source that is trusted more */
	CRM_BY_RECENCY,      /* the record that changed later */
	CRM_BY_COMPLETENESS, /* more parts filled, then longer */
	CRM_BY_FREQUENCY,    /* said by more records */
	CRM_CRITERIA
} crm_criterion;

/* Attributes of a group are judged together and come from one record. */
typedef enum crm_group
{
	CRM_GROUP_NONE,
	CRM_GROUP_NAME,
	CRM_GROUP_ADDRESS
} crm_group;

/* The columns of the golden record, in their order; custom attributes follow them. */
typedef enum crm_column
{
	CRM_NAME,
	CRM_GIVEN_NAME,
	CRM_FAMILY_NAME,
	CRM_ORGANIZATION,
	CRM_EMAIL,
	CRM_PHONE,
	CRM_STREET,
	CRM_POSTAL_CODE,
	CRM_CITY,
	CRM_REGION,
	CRM_COUNTRY,
	CRM_BIRTH_DATE,
	CRM_GENDER,
	CRM_LANGUAGE,
	CRM_TAX_NUMBER,
	CRM_LATITUDE,
	CRM_LONGITUDE,
	CRM_COLUMNS
} crm_column;

/* How one attribute survives. The first CRM_COLUMNS policies are those of the columns. */
typedef struct crm_policy
{
	const char *name;
	crm_attribute_kind kind;
	crm_group group;
	int ncriteria;
	crm_criterion criteria[CRM_CRITERIA];
} crm_policy;

/* A record, as far as survivorship looks at it. */
typedef struct crm_witness
{
	int64_t record_id;
	int64_t tie; /* hash of source and key: ends every tie, whatever the order of arrival */
	char kind;   /* 'p' or 'o' */
	double trust;
	const double *own_trust; /* by attribute, negative: that of the source; NULL: all are */
	int64_t changed_at;
} crm_witness;

typedef enum crm_reason
{
	CRM_REASON_TRUST,
	CRM_REASON_RECENCY,
	CRM_REASON_COMPLETENESS,
	CRM_REASON_FREQUENCY,
	CRM_REASON_TIE,
	CRM_REASON_ONLY,
	CRM_REASON_SAME,
	CRM_REASON_FURTHER,
	CRM_REASON_INVALID,
	CRM_REASON_ORGANIZATION,
	CRM_REASON_OWN_TRUST
} crm_reason;

/* One value that one record asserts, and what became of it. */
typedef struct crm_claim
{
	int record;         /* of crm_case.records */
	int attribute;      /* of crm_case.policies */
	const char *text;   /* as the golden record would show it */
	const char *folded; /* equal for spellings of the same value */
	bool valid;         /* an invalid one is shown in the lineage and never wins */
	bool wins;
	crm_reason reason;
	int rank; /* among the values of its attribute, best first; only outside groups */
} crm_claim;

/* What is judged: one value, or all that one record says of a group. */
typedef struct crm_candidate
{
	const struct crm_case *judged_in;
	const crm_policy *policy;
	const crm_claim *lead; /* of a group the first claim, for its record */
	const char *parts[5];  /* equal parts are the same value */
	int place;             /* within its record, in mapping order */
	int filled;
	int length;
	int frequency;
	bool whole; /* one that is not never wins over one that is */
} crm_candidate;

typedef struct crm_case
{
	int nrecords;
	const crm_witness *records;
	int npolicies;
	const crm_policy *policies;
	int nclaims;
	crm_claim *claims;      /* by record, then in mapping order; with room for one more */
	crm_candidate *scratch; /* room for as many as claims */
} crm_case;

/*
 * Decides every claim and returns the kind of the customer, 'p' or 'o'. Where the name of the
 * golden record is taken from the organization a claim of attribute CRM_NAME is added for it.
 */
extern char crm_survive(crm_case *the_case);

extern crm_group crm_group_of(int column);

/* Whose setting of rules counts for a column: a group has one for all. */
extern int crm_lead_of(int column);

extern void crm_default_criteria(crm_policy *policy);
extern bool crm_criterion_by_name(const char *name, crm_criterion *criterion);
extern const char *crm_criterion_name(crm_criterion criterion);
extern const char *crm_reason_text(crm_reason reason, bool wins);
extern const char *const crm_column_names[CRM_COLUMNS];

#endif
