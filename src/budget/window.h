/* window.h - limits within a window of time, checked again before the commit. Private to the room.
 */
#ifndef CRM_WINDOW_H
#define CRM_WINDOW_H

#include "postgres.h"

/* Raises if with what others have committed a limit is exceeded. The journal is written already. */
extern void crm_window_check_all(void);

extern void crm_window_abort(SubTransactionId mine);
extern void crm_window_forget(void);

#endif
