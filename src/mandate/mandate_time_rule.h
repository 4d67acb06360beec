/* mandate_time_rule.h - comparing an evaluation's point in a way that remembers how far the answer
 * holds. Private to the rules of the room. */
#ifndef CRM_MANDATE_TIME_RULE_H
#define CRM_MANDATE_TIME_RULE_H

#include "mandate/mandate_rule.h"

/* Whether a moment has come. */
static inline bool
crm_rule_reached(crm_rule_work *work, TimestampTz moment)
{
	if (work->point.at < moment)
	{
		work->span.until = Min(work->span.until, moment);
		return false;
	}
	work->span.from = Max(work->span.from, moment);
	return true;
}

/* Whether the amount is at most a limit; an unknown one is not, unless there is no limit. */
static inline bool
crm_rule_within(crm_rule_work *work, int limit)
{
	if (limit == CRM_RULE_NO_LIMIT)
		return true;
	if (work->point.rank <= limit)
	{
		work->span.highest = Min(work->span.highest, limit);
		return true;
	}
	work->span.lowest = Max(work->span.lowest, limit + 1);
	return false;
}

#endif
