/* department.h - the parts of the company whose applications own the tables. */
#ifndef CRM_DEPARTMENT_H
#define CRM_DEPARTMENT_H

#include <stdbool.h>

/* Whether a department of that name is registered. */
extern bool crm_department_exists(const char *name);

#endif
