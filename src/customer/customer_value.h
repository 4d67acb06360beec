/* customer_value.h - how the golden record writes a value. Pure. */
#ifndef CRM_CUSTOMER_VALUE_H
#define CRM_CUSTOMER_VALUE_H

#include <stdbool.h>
#include <stddef.h>

#include "source/attribute.h"
#include "types/email_address.h"

#define CRM_VALUE_SIZE CRM_EMAIL_SIZE

/*
 * The value as the golden record writes it: an e-mail address canonical and in lower case, a date
 * as YYYY-MM-DD, a country by its two letters in upper case, a coordinate as a number. Returns text
 * itself or out; *valid tells whether it can be of that kind at all.
 */
extern const char *crm_golden_form(crm_attribute_kind kind, const char *text,
								   char out[CRM_VALUE_SIZE], bool *valid);

/* The shortest decimal number that reads back as the same double, as the server writes it. */
extern void crm_write_number(double number, char *out, size_t size);

#endif
