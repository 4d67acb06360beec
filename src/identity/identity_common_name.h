/* identity_common_name.h - names so frequent that sharing one says little. */
#ifndef CRM_IDENTITY_COMMON_NAME_H
#define CRM_IDENTITY_COMMON_NAME_H

#include "identity/identity_profile.h"

/* What agreement on these two writings of a name is worth less, in thousandths of a bit. */
extern int32_t crm_common_name_discount(crm_span a, crm_span b);

#endif
