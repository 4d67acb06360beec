/* identity_capped.h - keys that are too common to find anything, noted for people to see. */
#ifndef CRM_IDENTITY_CAPPED_H
#define CRM_IDENTITY_CAPPED_H

/* These are too common now, if they were not before. SPI connected. */
extern void crm_capped_add(const int64 *keys, int n);

/* These lost records: those that are not too common any more are forgotten. */
extern void crm_capped_review(const int64 *keys, int n);

/* These are too common, and no others. */
extern void crm_capped_set(const int64 *keys, int n);

#endif
