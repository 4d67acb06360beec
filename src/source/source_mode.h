/* source_mode.h - when changes of a source are resolved. Private to the room. */
#ifndef CRM_SOURCE_MODE_H
#define CRM_SOURCE_MODE_H

/* Sets the mode of a source and of the parts that hang on it. */
extern void crm_source_set_mode(int32 source_id, const char *mode);

#endif
