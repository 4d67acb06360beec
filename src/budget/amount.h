/* amount.h - sums of numerics that are NULL for 0, and what each subtransaction added to them.
 * Private to the room. */
#ifndef CRM_AMOUNT_H
#define CRM_AMOUNT_H

#include "utils/numeric.h"

/* All in the current memory context; the operands stay. */
extern Numeric crm_sum_add(Numeric a, Numeric b);
extern Numeric crm_sum_subtract(Numeric a, Numeric b);
extern Numeric crm_sum_copy(Numeric a);
extern int crm_sum_compare(Numeric a, Numeric b);
extern bool crm_sum_is_positive(Numeric a);
extern const char *crm_sum_text(Numeric a);

/*
 * A sum that forgets what an aborted subtransaction added. Zeroed memory is an empty one. Numbers
 * of subtransactions grow, so what one added, through its children too, is on top of the stack.
 */
typedef struct crm_tally_level
{
	SubTransactionId subtransaction;
	Numeric amount;
	struct crm_tally_level *below;
} crm_tally_level;

typedef struct crm_tally
{
	Numeric total; /* NULL: 0 */
	crm_tally_level *top;
} crm_tally;

extern void crm_tally_add(crm_tally *tally, Numeric amount, MemoryContext context);
extern void crm_tally_abort(crm_tally *tally, SubTransactionId mine, MemoryContext context);

#endif
