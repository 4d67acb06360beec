/* refusal.c - the line in the server's log for what is refused at the commit. */
/* The shape is that of all refusals of crm: programs that watch the log find one kind of line. */
#include "postgres.h"

#include "lib/stringinfo.h"
#include "utils/json.h"

#include "budget/amount.h"
#include "budget/refusal.h"
#include "department/actor.h"

static void
add_member(StringInfo line, const char *name, const char *value)
{
	appendStringInfo(line, ", \"%s\": ", name);
	escape_json(line, value);
}

void
crm_log_overrun(const char *person, const char *what, const char *name, Numeric left, Numeric asked)
{
	StringInfoData line;

	initStringInfo(&line);
	appendStringInfoString(&line, "{\"sqlstate\": \"23514\"");
	add_member(&line, "person", person);
	add_member(&line, "login", crm_actor_login());
	add_member(&line, what, name);
	appendStringInfo(&line, ", \"amount\": %s, \"left\": %s}", crm_sum_text(asked),
					 crm_sum_text(left));
	ereport(LOG, (errmsg_internal("crm refusal: %s", line.data), errhidestmt(true),
				  errhidecontext(true)));
}
