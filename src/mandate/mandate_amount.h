/* mandate_amount.h - amounts as plain numbers, where that is exact. Private to the room. */
#ifndef CRM_MANDATE_AMOUNT_H
#define CRM_MANDATE_AMOUNT_H

#include "utils/numeric.h"

#include "base/pg_compat.h"

/*
 * Comparing two numerics costs as much as all the rest of a guard's ruling. Amounts of money fit
 * into 64 bits, in ten-thousandths: below 10^12, with at most four places. What does not is left
 * to the server's own comparison.
 *
 * This reads the form in which numerics are stored: a header word that begins with the bits 10,
 * then the sign, the scale (which does not matter here) and the weight of the first digit, then
 * digits of base 10000. A server that stores them otherwise is found out by crm_amount_init().
 */
#define CRM_AMOUNT_BASE 10000
#define CRM_AMOUNT_MOST_WEIGHT 2

extern bool crm_amount_readable;
extern void crm_amount_init(void);

static inline bool
crm_amount_key(Numeric amount, int64 *key)
{
	const uint16 *words = (const uint16 *) VARDATA(amount);
	int n;
	int weight;
	int64 sum = 0;

	if (!crm_amount_readable || !VARATT_IS_4B_U(amount) || (words[0] & 0xC000) != 0x8000)
		return false;
	n = (int) ((VARSIZE(amount) - VARHDRSZ) / sizeof(uint16)) - 1;
	weight = (words[0] & 0x0040) ? (words[0] & 0x003F) - 64 : (words[0] & 0x003F);
	if (n == 0)
		weight = -1;
	if (weight > CRM_AMOUNT_MOST_WEIGHT || weight - n < -2)
		return false;
	for (int i = 1; i <= n; i++)
		sum = sum * CRM_AMOUNT_BASE + words[i];
	for (int i = weight - n + 1; i > -1; i--)
		sum *= CRM_AMOUNT_BASE;
	*key = (words[0] & 0x2000) ? -sum : sum;
	return true;
}

#endif
