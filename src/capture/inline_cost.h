/* inline_cost.h - what resolving in the writing transaction took. Private to the room. */
#ifndef CRM_INLINE_COST_H
#define CRM_INLINE_COST_H

/*
 * Appends the cost of sources that this transaction resolved. Never waits and never fails the
 * transaction over it: where the table is locked or not plain the cost is forgotten.
 */
extern void crm_inline_cost_write(void);

#endif
