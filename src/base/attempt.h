/* attempt.h - work of crm inside a department's transaction that must not fail it. */
#ifndef CRM_ATTEMPT_H
#define CRM_ATTEMPT_H

#include "utils/elog.h"

typedef void (*crm_work)(void *argument);

/*
 * Runs work in a subtransaction as the owner of crm's tables. False: it failed and was rolled back,
 * *error (if asked for) says how. Only what concerns the backend as a whole is raised: cancel,
 * shutdown, out of memory.
 */
extern bool crm_attempt(crm_work work, void *argument, ErrorData **error);

/*
 * The same under a budget of time, in which a lock is waited for 50 ms at most; to overrun either
 * is a failure like any other. statement_timeout would not do: it does not run during COMMIT.
 */
extern bool crm_attempt_within(int milliseconds, crm_work work, void *argument, ErrorData **error);

#endif
