/* match_value.h - one value standardised for comparison; all outputs are folded and bounded. */
#ifndef CRM_MATCH_VALUE_H
#define CRM_MATCH_VALUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "text/text.h"

extern uint32_t crm_value_hash32(const char *text, size_t length);
extern uint64_t crm_value_hash64(const char *text, size_t length, uint64_t seed);

/* Year first or last, with or without separators; parts are kept even if no calendar has the day.
 */
extern bool crm_value_date(const char *text, int *year, int *month, int *day);

/* Lower-case letters and digits only: postal codes, registration numbers. */
extern size_t crm_value_code(const char *text, char *out, size_t size);

extern void crm_value_street(const char *text, char street[CRM_TEXT_MAX],
							 char number[CRM_TEXT_MAX]);
extern size_t crm_value_email(const char *text, char *out, size_t size);
extern char crm_value_gender(const char *text);

/*
 * Telephone numbers are E.164 where they could be read, else the digits as written (no country, no
 * region given): these are the same if their last eight digits are.
 */
extern uint64_t crm_value_raw_phone(const char *text);
extern bool crm_value_same_phone(uint64_t a, uint64_t b);
extern uint64_t crm_value_phone_tail(uint64_t phone);

extern bool crm_value_local_is_shared(const char *local, size_t length);
extern bool crm_value_domain_is_free(const char *domain, size_t length);

#endif
