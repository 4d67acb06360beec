/* pg_compat.h - the one place that knows about server majors, 15 to 19. */
#ifndef CRM_PG_COMPAT_H
#define CRM_PG_COMPAT_H

/* varatt.h was split out of postgres.h in 16; droppable when 15 is. */
#if PG_VERSION_NUM >= 160000
#include "varatt.h"
#endif

/* Soft errors came with 16; before it an escontext is never given. Droppable when 15 is. */
#if PG_VERSION_NUM >= 160000
#include "nodes/miscnodes.h"
#define crm_escontext(fcinfo) ((fcinfo)->context)
#else
#define crm_escontext(fcinfo) (NULL)
#define ereturn(context, dummy_value, ...) ereport(ERROR, __VA_ARGS__)
#endif

/* One function checks rights on every kind of object since 16. Droppable when 15 is. */
#if PG_VERSION_NUM >= 160000
#include "catalog/pg_namespace_d.h"
#include "catalog/pg_proc_d.h"
#define pg_namespace_aclcheck(id, role, mode) object_aclcheck(NamespaceRelationId, id, role, mode)
#define pg_proc_aclcheck(id, role, mode) object_aclcheck(ProcedureRelationId, id, role, mode)
#endif

/* Says since 16 whether only summarizing indexes are meant. Droppable when 15 is. */
#if PG_VERSION_NUM >= 160000
#define crm_insert_index_tuples(result, slot, estate)                                              \
	ExecInsertIndexTuples(result, slot, estate, false, false, NULL, NIL, false)
#else
#define crm_insert_index_tuples(result, slot, estate)                                              \
	ExecInsertIndexTuples(result, slot, estate, false, false, NULL, NIL)
#endif

/* A module's name and version are shown by pg_get_loaded_modules() since 18. */
#if PG_VERSION_NUM >= 180000
#define CRM_MODULE_MAGIC PG_MODULE_MAGIC_EXT(.name = "crm", .version = CRM_VERSION)
#else
#define CRM_MODULE_MAGIC PG_MODULE_MAGIC
#endif

#endif
