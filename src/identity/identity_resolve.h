/* identity_resolve.h - inside the room identity: resolving changes. */
#ifndef CRM_IDENTITY_RESOLVE_H
#define CRM_IDENTITY_RESOLVE_H

#include "base/ids.h"
#include "capture/capture.h"

/* SPI connected, as the owner, the clock ticked. Returns how many rows were dealt with. */
extern int64 crm_resolve_changes(const crm_change *changes, int nchanges, const char *cause,
								 crm_ids *unreadable, int64 *failed);
extern void crm_resolve_again(const int64 *records, int n, const char *cause);

/* What somebody decided, for the events that follow from it. */
typedef struct crm_resolve_act
{
	const char *cause;
	const char *person;
	const char *reason; /* NULL: he gave none */
	int64 act_no;
} crm_resolve_act;

extern void crm_resolve_verdicts(const int64 *records, int n, const crm_resolve_act *act);
extern void crm_resolve_inline(const crm_change *changes, int nchanges);
extern void crm_resolve_forget(int32 source_id);

/* Settings for statements of a batch; the end takes what the beginning returned. */
extern int crm_probe_settings(void);
extern void crm_probe_settings_end(int level);

#endif
