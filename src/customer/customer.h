/* customer.h - survivorship and the golden record. */
#ifndef CRM_CUSTOMER_H
#define CRM_CUSTOMER_H

extern void crm_customer_init(void);

#endif
