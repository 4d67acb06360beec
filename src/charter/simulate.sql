-- simulate: what an operating model would have refused or allowed of what was done. Nothing stays of it.

CREATE TYPE crm_internal.simulated_act AS
(
	change text,
	decision text,
	person text,
	acts bigint,
	amount numeric,
	cause text,
	reason text
);
COMMENT ON TYPE crm_internal.simulated_act IS 'a row of crm.simulate_operating_model()';

-- No model gives budgets or windows. A mandate that it leaves in force may have them, and what was left of the money then is not known.
CREATE FUNCTION crm_internal.may_without_money(person text, decision text, amount numeric, scope jsonb, at timestamptz)
RETURNS boolean
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RETURN EXISTS (
		SELECT FROM crm.who_may(decision, amount => may_without_money.amount, scope => may_without_money.scope, as_of => at) w
		WHERE w.person = may_without_money.person AND NOT w.after_consult
			AND NOT EXISTS (SELECT FROM crm_internal.mandate m
				WHERE m.mandate_id = ANY (w.mandate_path) AND (m.budget IS NOT NULL OR m.window_amount IS NOT NULL)));
END
$$;
COMMENT ON FUNCTION crm_internal.may_without_money(text, text, numeric, jsonb, timestamptz) IS 'whether a person may decide by a mandate on whose path there is neither budget nor window';
REVOKE ALL ON FUNCTION crm_internal.may_without_money(text, text, numeric, jsonb, timestamptz) FROM PUBLIC;

-- Acts that are alike are asked about once. The numbers of mandates that never were are left out of the reasons. An act of several rows counts each with its share of the sum.
CREATE FUNCTION crm_internal.replay_acts(since timestamptz, at timestamptz)
RETURNS SETOF crm_internal.simulated_act
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RETURN QUERY
		WITH alike AS MATERIALIZED (
			SELECT a.person, a.decision, coalesce(a.scope, '{}') AS scope, a.amount / a.entries AS each,
				CASE WHEN a.verdict = 'would_refuse' THEN 'refused' WHEN a.request_id IS NOT NULL THEN 'approved' ELSE 'allowed' END AS was,
				sum(a.entries)::bigint AS acts, sum(a.amount) AS amount
			FROM crm_internal.act a
			WHERE a.at >= since
				-- these may whatever the mandates say, so that nobody is locked out
				AND NOT ((a.decision = 'org.model' OR a.subject = 'crm.rearm_guards()') AND EXISTS (SELECT FROM pg_roles r
					WHERE r.rolname = a.login
						AND (r.rolsuper OR r.oid = (SELECT e.extowner FROM pg_extension e WHERE e.extname = 'crm'))))
			GROUP BY 1, 2, 3, 4, 5
		), ruled AS MATERIALIZED (
			SELECT l.*, w.cause, w.detail
			FROM alike l
			LEFT JOIN LATERAL crm.why_not(l.person, l.decision, amount => l.each, scope => l.scope, as_of => replay_acts.at) w ON true
		)
		SELECT CASE r.was WHEN 'allowed' THEN 'would be refused' WHEN 'approved' THEN 'would need no approval' ELSE 'would be allowed' END,
			r.decision, r.person, sum(r.acts)::bigint, sum(r.amount), r.cause, min(regexp_replace(r.detail, ' \(mandate \d+\)', ''))
		FROM ruled r
		WHERE (r.was = 'allowed') = (r.cause IS NOT NULL)
			AND (r.was = 'allowed' OR crm_internal.may_without_money(r.person, r.decision, r.each, r.scope, replay_acts.at))
		GROUP BY r.was, r.decision, r.person, r.cause
		ORDER BY 1, sum(r.acts) DESC, r.decision, r.person, r.cause;
END
$$;
COMMENT ON FUNCTION crm_internal.replay_acts(timestamptz, timestamptz) IS 'the acts of the journal that the mandates of a time would decide otherwise than they were decided';
REVOKE ALL ON FUNCTION crm_internal.replay_acts(timestamptz, timestamptz) FROM PUBLIC;

-- Reads the journal and writes, and takes back, mandates as the owner of crm's tables; the actor must hold the decision org.model.
CREATE FUNCTION crm.simulate_operating_model(model text, days integer DEFAULT 90, positions jsonb DEFAULT '{}', board text DEFAULT NULL, limits jsonb DEFAULT '{}')
RETURNS TABLE (change text, decision text, person text, acts bigint, amount numeric, cause text, reason text)
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	at timestamptz;
	changed crm_internal.simulated_act[];
BEGIN
	PERFORM crm_internal.check_model(model);
	PERFORM crm_internal.check_limits(model, coalesce(limits, '{}'));
	IF days IS NULL OR days <= 0 THEN
		RAISE invalid_parameter_value USING
			MESSAGE = 'a simulation goes back at least one day',
			HINT = 'Leave days out: it goes back 90.';
	END IF;
	PERFORM crm_internal.take_act('org.model', subject => format('crm.simulate_operating_model(%s)', model));
	BEGIN
		PERFORM crm_internal.take_turn();
		at := clock_timestamp();
		PERFORM crm_internal.end_charters(model, at);
		PERFORM crm_internal.begin_model(model, crm_internal.map_roles(model, coalesce(positions, '{}'), board), coalesce(limits, '{}'), '5 days', at);
		changed := ARRAY(SELECT r FROM crm_internal.replay_acts(at - make_interval(days => days), clock_timestamp()) r);
		RAISE SQLSTATE 'RM0SI';
	EXCEPTION WHEN SQLSTATE 'RM0SI' THEN
		RETURN QUERY SELECT c.change, c.decision, c.person, c.acts, c.amount, c.cause, c.reason FROM unnest(changed) c;
	END;
END
$$;
COMMENT ON FUNCTION crm.simulate_operating_model(text, integer, jsonb, text, jsonb) IS 'asks of every act in the journal of the last days, refusals of guards that only observe included, whether an operating model would have decided otherwise, with the positions that people hold today: would be refused (acts that were allowed), would be allowed (that were not), would need no approval (that were requested). One row per decision, person and cause (as of crm.why_not); acts: rows; amount: their sum; reason: of one of them. The mandates of a model have neither budgets nor windows, so there are none to run out; an act that was refused or approved is not told where it would be decided by another mandate, which the model leaves in force, with a budget or a window. Changes nothing. Arguments and errors as of crm.use_operating_model()';
REVOKE ALL ON FUNCTION crm.simulate_operating_model(text, integer, jsonb, text, jsonb) FROM PUBLIC;
