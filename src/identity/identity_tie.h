/* identity_tie.h - the number by which ties between records are broken. */
#ifndef CRM_IDENTITY_TIE_H
#define CRM_IDENTITY_TIE_H

extern int64 crm_record_tie(const char *source_name, const char *key);

#endif
