/* capture_rule.h - what several changes of one key come to. Private to the room. */
#ifndef CRM_CAPTURE_RULE_H
#define CRM_CAPTURE_RULE_H

#include "capture/capture.h"

/* What two changes of one key, one after the other, are together. */
extern char crm_change_fold(char first, char then);

/* By source and key ascending, one change a key; returns how many are left. All have keys. */
extern int crm_changes_collapse(crm_change *changes, int nchanges);

#endif
