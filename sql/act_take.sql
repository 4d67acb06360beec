-- Acts: what crm's own functions decide is asked for, journalled, or refused.
\set SHOW_CONTEXT never
SET client_min_messages = error;
SELECT crm.add_gateway(session_user::text, session_allowed => true);
SELECT crm.add_department('sales') || crm.add_department('service');
SELECT crm.add_position('board', department => 'sales');
SELECT crm.add_position('seller', department => 'sales', reports_to => 'board');
SELECT count(*) FROM (VALUES ('board', 'ann'), ('seller', 'sam')) v (p, who), crm.appoint(p, who);
CREATE FUNCTION acts() RETURNS TABLE (person text, known_by text, "position" text, decision text, path integer[], scope jsonb, subject text) LANGUAGE sql
	RETURN (SELECT ROW (CASE j.person WHEN session_user THEN 'the login' ELSE j.person END, j.known_by, j."position", j.decision, a.mandate_path, j.scope, j.subject)
		FROM crm.journal j JOIN crm_internal.act a USING (act_id) ORDER BY act_id DESC LIMIT 1);

-- free: no mandate was ever given
SELECT crm_internal.take_act('pricing', subject => 'something', scope => '{"department": "sales"}');
SELECT * FROM acts();
SELECT crm_internal.take_act(NULL);
SELECT crm_internal.take_act('pricing', scope => '["sales"]');
SELECT crm_internal.take_act('pricing', scope => '{"department": ["sales", "service"]}');

SELECT crm.grant_mandate('pricing', 'board') IS NOT NULL;
SELECT crm.share('pricing', from_position => 'board', to_position => 'seller', scope => '{"department": "sales"}') IS NOT NULL;
SELECT crm.act_as('sam', for_session => true);
SELECT crm_internal.take_act('pricing', scope => '{"department": "sales"}');
SELECT * FROM acts();
SELECT crm_internal.take_act('pricing', scope => '{"department": "service"}');
SELECT crm_internal.take_act('pricing');
SELECT crm_internal.take_act('pricing', scope => '{"department": null}');
-- the approval holds in the scope that was approved
SELECT crm.request('pricing', scope => '{"department": "service"}') AS first \gset
SELECT crm.act_as('ann', for_session => true);
SELECT crm.approve(:first);
SELECT crm.act_as('sam', for_session => true);
SELECT crm_internal.take_act('pricing');
SELECT crm_internal.take_act('pricing', scope => '{"department": "service"}');
SELECT * FROM acts();

-- and for the subject, if that was said
SELECT crm_internal.take_act('pricing', subject => 'crm.add_price(7)');
SELECT crm.request('pricing', subject => 'crm.add_price(7)') AS second \gset
SELECT crm.act_as('ann', for_session => true);
SELECT crm.approve(:second);
SELECT crm.act_as('sam', for_session => true);
SELECT crm_internal.take_act('pricing', subject => 'crm.add_price(8)');
SELECT crm_internal.take_act('pricing');
SELECT crm_internal.take_act('pricing', subject => 'crm.add_price(7)');
SELECT * FROM acts();

-- the owner is never locked out of who decides what, and of that only; not by way of a gateway
SELECT crm.act_as(NULL, for_session => true);
SELECT crm_internal.take_act('org.model');
SELECT * FROM acts();
\set VERBOSITY terse
SELECT crm_internal.take_act('org.modelling');
SELECT crm_internal.take_act('pricing');
SELECT crm.act_as('sam', for_session => true);
SELECT crm_internal.take_act('org.model');
\set VERBOSITY default
SELECT crm.act_as(NULL, for_session => true);

-- whose rights a function has that asks is not who acts
CREATE ROLE regress_crm_seller LOGIN;
GRANT USAGE ON SCHEMA crm TO regress_crm_seller;
CREATE FUNCTION crm.set_price() RETURNS void LANGUAGE sql SECURITY DEFINER AS $$ SELECT crm_internal.take_act('pricing', 'crm.set_price()') $$;
SELECT crm.appoint('board', 'regress_crm_seller', capacity => 'deputy') IS NOT NULL AS appointed;
SET SESSION AUTHORIZATION regress_crm_seller;
SELECT crm.set_price();
RESET SESSION AUTHORIZATION;
SELECT person, known_by, "position", subject FROM acts();
SELECT crm.end_appointment('board', 'regress_crm_seller');
SET SESSION AUTHORIZATION regress_crm_seller;
SELECT crm.set_price();
RESET SESSION AUTHORIZATION;
DROP FUNCTION crm.set_price();
DROP OWNED BY regress_crm_seller;
DROP ROLE regress_crm_seller;
