/* amount.h - amounts of money: compared and added up as plain numbers, where that is exact. */
#ifndef CRM_BASE_AMOUNT_H
#define CRM_BASE_AMOUNT_H

#include "utils/numeric.h"

#include "base/pg_compat.h"

/*
 * Comparing or adding two numerics costs as much as all the rest of what a guard does for a row.
 * Amounts of money fit into 64 bits, in ten-thousandths: below 10^12, with at most four places.
 * What does not is left to the server's own arithmetic.
 *
 * This reads the form in which numerics are stored: a header word that begins with the bits 10,
 * then the sign, the scale and the weight of the first digit, then digits of base 10000. A server
 * that stores them otherwise is found out by crm_amount_init().
 */
#define CRM_AMOUNT_BASE 10000
#define CRM_AMOUNT_MOST_WEIGHT 2
#define CRM_AMOUNT_PLACES 4

/* A number that grows; a sum of nothing but `whole` is that number. */
typedef struct crm_amount_sum
{
	Numeric whole; /* NULL: unknown */
	int64 more;    /* to be added, in ten-thousandths */
	int places;    /* shown of it */
} crm_amount_sum;

extern bool crm_amount_readable;
extern void crm_amount_init(void);

/* As numeric_cmp. */
extern int crm_amount_compare(Numeric a, Numeric b);

/* What does not fit into `more` goes to `whole`, in that context. */
extern void crm_amount_add(crm_amount_sum *sum, Numeric amount, MemoryContext context);

/* Allocated in the current context, or `whole` itself. */
extern Numeric crm_amount_total(const crm_amount_sum *sum);

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

/* Places shown of an amount that has a key. */
static inline int
crm_amount_places(Numeric amount)
{
	const uint16 *words = (const uint16 *) VARDATA(amount);

	return (words[0] & 0x1F80) >> 7;
}

#endif
