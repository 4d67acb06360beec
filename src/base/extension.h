/* extension.h - long work against the removal of the extension beneath it. */
#ifndef CRM_EXTENSION_H
#define CRM_EXTENSION_H

/*
 * Keeps the extension from being removed until the transaction ends; an error if it is gone. Work
 * that commits now and then asks again each time: whoever removes it gets in between.
 */
extern void crm_extension_hold(void);

#endif
