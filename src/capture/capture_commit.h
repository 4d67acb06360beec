/* capture_commit.h - what becomes of captured changes. Private to the room. */
#ifndef CRM_CAPTURE_COMMIT_H
#define CRM_CAPTURE_COMMIT_H

/* Writes out what has gathered if it is much. */
extern void crm_capture_relieve(void);

#endif
