/* guard.h - triggers on departmental tables that refuse writes without a mandate. */
#ifndef CRM_GUARD_H
#define CRM_GUARD_H

extern void crm_guard_init(void);

#endif
