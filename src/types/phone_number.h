/* phone_number.h - the one normaliser of telephone numbers: type and matching share it. */
#ifndef CRM_PHONE_NUMBER_H
#define CRM_PHONE_NUMBER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CRM_PHONE_SIZE 18 /* '+', 15 digits, zero, and one to spare */

/* An E.164 number: its digits as an integer below 10^15, and the format nibble of the type. */
typedef uint64_t crm_phone;

#define CRM_PHONE_FORMAT (UINT64_C(1) << 60) /* set in every crm_phone of this format */
#define CRM_PHONE_FORMAT_MASK (UINT64_C(15) << 60)

/* International writing only: +31 (0)6-1234 5678, 0031..., tel:+31...; *reason: what is wrong. */
extern bool crm_phone_parse_international(const char *text, size_t length, crm_phone *out,
										  const char **reason);

/*
 * National writing too, by region (ISO 3166 alpha-2, or NULL: international only), through
 * libphonenumber, which is loaded at the first national number. text is UTF-8, whatever the
 * database is in. False: not a number there.
 */
extern bool crm_phone_parse_national(const char *text, size_t length, const char *region,
									 crm_phone *out);

/* Whether 8 bytes from outside are a number that the parser above could have made. */
extern bool crm_phone_is_well_formed(crm_phone phone);

/* '+' and the digits; returns the length. */
extern size_t crm_phone_format(crm_phone phone, char out[CRM_PHONE_SIZE]);

#endif
