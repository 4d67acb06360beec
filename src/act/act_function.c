/* act_function.c - acts that are functions of crm: the SQL edge of the room. */
#include "postgres.h"

#include "fmgr.h"
#include "utils/acl.h"
#include "utils/builtins.h"
#include "utils/inval.h"
#include "utils/timestamp.h"

#include "act/act.h"
#include "base/base.h"
#include "request/request.h"

PG_FUNCTION_INFO_V1(crm_take_act);

static crm_act_point point_of(FunctionCallInfo fcinfo);
static const crm_ruling *ruling_of(crm_act_point *point);
static bool is_owners_way_in(const crm_act_point *point);
static bool is_org_model(const char *asked);
static bool is_rearming(const crm_act_point *point);

/*
 * Called by functions that run as the owner: whoever acts is who logged in or whom the gateway
 * named, never current_user.
 */
Datum
crm_take_act(PG_FUNCTION_ARGS)
{
	crm_act_point point;

	if (PG_ARGISNULL(0))
		ereport(ERROR,
				(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED), errmsg("an act needs a decision")));
	point = point_of(fcinfo);
	/* What another session revoked since this statement began holds for what it decides now. */
	AcceptInvalidationMessages();
	crm_act_take(&point, ruling_of(&point), NULL);
	PG_RETURN_VOID();
}

static crm_act_point
point_of(FunctionCallInfo fcinfo)
{
	crm_act_point point = {0};

	point.actor = crm_actor_now();
	point.decision = text_to_cstring(PG_GETARG_TEXT_PP(0));
	if (!PG_ARGISNULL(1))
		point.subject = text_to_cstring(PG_GETARG_TEXT_PP(1));
	if (!PG_ARGISNULL(2))
		point.customer_id = PG_GETARG_INT64(2);
	if (!PG_ARGISNULL(3))
		point.amount = PG_GETARG_NUMERIC(3);
	if (!PG_ARGISNULL(4))
		point.scope = crm_request_scope(PG_GETARG_JSONB_P(4), &point.nscope);
	return point;
}

static const crm_ruling *
ruling_of(crm_act_point *point)
{
	static const crm_ruling anything = {.verdict = CRM_ALLOWED, .plain = true};
	const crm_ruling *ruling;

	if (crm_policy_is_free())
		return &anything;
	ruling = crm_permit_ruling(
		crm_permit_of(point->actor.person, point->decision, point->scope, point->nscope),
		point->amount, GetCurrentTimestamp());
	if (ruling->verdict != CRM_ALLOWED && is_owners_way_in(point))
	{
		point->actor.known_by = CRM_KNOWN_BY_OWNER;
		return &anything;
	}
	return ruling;
}

/*
 * A charter may leave nobody who may change it, or put guards back that somebody took down. Who
 * owns crm can, as he could by other means; the journal says so. Not through a gateway: the person
 * it names owns nothing.
 */
static bool
is_owners_way_in(const crm_act_point *point)
{
	Oid login;

	if (!is_org_model(point->decision) && !is_rearming(point))
		return false;
	if (point->actor.known_by != CRM_KNOWN_BY_LOGIN)
		return false;
	login = get_role_oid(crm_actor_login(), true);
	return OidIsValid(login) && has_privs_of_role(login, crm_owner());
}

static bool
is_org_model(const char *asked)
{
	static const char decision[] = "org.model";
	const size_t length = sizeof(decision) - 1;

	return strncmp(asked, decision, length) == 0 && (asked[length] == '\0' || asked[length] == '.');
}

/* Only crm.rearm_guards() says so: it closes ways around guards and opens none. */
static bool
is_rearming(const crm_act_point *point)
{
	return point->subject != NULL && strcmp(point->subject, "crm.rearm_guards()") == 0;
}
