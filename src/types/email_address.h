/* email_address.h - the one normaliser of e-mail addresses: type and matching share it. */
#ifndef CRM_EMAIL_ADDRESS_H
#define CRM_EMAIL_ADDRESS_H

#include <stdbool.h>
#include <stddef.h>

#define CRM_EMAIL_SIZE 321 /* 64 + @ + 255 + zero; UTF-8 local parts count in bytes */

typedef struct crm_email_error
{
	int position;       /* 1-based character where it went wrong */
	const char *reason; /* "domain label begins with a hyphen" */
} crm_email_error;

/*
 * Parses an addr-spec of RFC 5321/6531 into canonical form: local part as typed, domain as
 * lower-case A-labels. Surrounding white space is allowed. False with *error filled on bad input.
 */
extern bool crm_email_parse(const char *text, size_t length, char out[CRM_EMAIL_SIZE],
							crm_email_error *error);

#endif
