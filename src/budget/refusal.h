/* refusal.h - the line in the server's log for what is refused at the commit. Private to the room.
 */
#ifndef CRM_REFUSAL_H
#define CRM_REFUSAL_H

#include "utils/numeric.h"

/* what: budget or decision, with its name; left: of the budget or of the limit. */
extern void crm_log_overrun(const char *person, const char *what, const char *name, Numeric left,
							Numeric asked);

#endif
