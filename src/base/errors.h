/* errors.h - SQLSTATEs of our own, class RM; a standard one is used where it fits. */
#ifndef CRM_ERRORS_H
#define CRM_ERRORS_H

#define ERRCODE_CRM_SOURCE_NEEDS_ATTENTION MAKE_SQLSTATE('R', 'M', '0', '0', '1')
#define ERRCODE_CRM_BAD_MAPPING MAKE_SQLSTATE('R', 'M', '0', '0', '2')

#endif
