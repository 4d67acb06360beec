/* base.h - switches, the owner's identity and kept plans: what every room stands on. */
#ifndef CRM_BASE_H
#define CRM_BASE_H

#include "base/errors.h"
#include "base/pg_compat.h"
#include "executor/spi.h"

/* The identity a piece of work runs under, kept so that it can be put back. */
typedef struct crm_user
{
	Oid user_id;
	int security_context;
} crm_user;

extern bool crm_enabled;
extern int crm_inline_limit;   /* rows a transaction */
extern int crm_inline_timeout; /* milliseconds a transaction */
extern int crm_lock_timeout;   /* milliseconds, for locks on departmental tables */

/* Rows that this session wrote to crm's tables through kept plans, rolled back ones included. */
extern int64 crm_rows_written;

extern void crm_base_init(void);

/* The owner of crm's own tables: capture and the commit phase run as this role. */
extern Oid crm_owner(void);

/* Act as another role until crm_restore_user(); an error puts the old one back by itself. */
extern crm_user crm_become(Oid role, int extra_security_context);
extern void crm_restore_user(crm_user before);

/* Prepares once a backend and keeps the plan in *slot. SPI must be connected. */
extern SPIPlanPtr crm_plan(SPIPlanPtr *slot, const char *sql, int nargs, const Oid *types);

/* The same for a long statement that is best planned once, whatever the values are. */
extern SPIPlanPtr crm_generic_plan(SPIPlanPtr *slot, const char *sql, int nargs, const Oid *types);

/* Runs a kept plan, counts what it wrote, and raises what fails. Returns SPI_processed. */
extern uint64 crm_execute_plan(SPIPlanPtr plan, Datum *values, const char *nulls, bool read_only);

/*
 * Text of the database as UTF-8, which is what matching reads, and back. In a database that knows
 * no encoding (SQL_ASCII) bytes stay what they are.
 */
extern const char *crm_to_utf8(const char *text);
extern const char *crm_from_utf8(const char *text);

#endif
