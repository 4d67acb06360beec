/* phone_library.h - the one function of crm_phone.so, which crm.so loads at its first need. */
#ifndef CRM_PHONE_LIBRARY_H
#define CRM_PHONE_LIBRARY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef enum crm_phone_verdict
{
	CRM_PHONE_VALID,    /* assigned by the numbering plan of its country */
	CRM_PHONE_POSSIBLE, /* of a length that the plan knows */
	CRM_PHONE_UNUSABLE, /* anything else */
	CRM_PHONE_NO_REGION /* the region is none that libphonenumber knows */
} crm_phone_verdict;

/*
 * region "ZZ": international writing only. *digits is E.164 without '+', if VALID or POSSIBLE. Only
 * if asked to validate does it tell these two apart: that costs as much as the reading.
 */
typedef crm_phone_verdict (*crm_phone_library)(const char *text, size_t length, const char *region,
											   bool validate, uint64_t *digits);

#endif
