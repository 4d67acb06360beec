/* identity.h - which records are one customer. */
#ifndef CRM_IDENTITY_H
#define CRM_IDENTITY_H

/* Told after every batch: these customers changed members or values, or ceased. SPI connected. */
typedef void (*crm_customers_changed)(const int64 *customer_ids, int n);
extern void crm_identity_subscribe(crm_customers_changed callback);

/* Told before a batch's departed records are deleted, so that their values go everywhere. */
typedef void (*crm_records_departed)(const int64 *record_ids, int n);
extern void crm_identity_subscribe_departures(crm_records_departed callback);

extern void crm_identity_init(void);

#endif
