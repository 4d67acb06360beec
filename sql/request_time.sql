-- Time: who does not answer loses the request to the next above, what is not answered or used lapses.
\set SHOW_CONTEXT never
SET client_min_messages = error;
SELECT crm.add_gateway(session_user::text, session_allowed => true);
SELECT crm.add_department('crm');
SELECT crm.add_position('board', department => 'crm');
SELECT crm.add_position('director', department => 'crm', reports_to => 'board');
SELECT crm.add_position('manager', department => 'crm', reports_to => 'director');
SELECT crm.add_position('agent', department => 'crm', reports_to => 'manager');
SELECT count(*) FROM (VALUES ('board', 'ann'), ('director', 'dan'), ('manager', 'mia'), ('agent', 'bob')) v (p, who), crm.appoint(p, who);
SELECT crm.grant_mandate('goodwill', 'director') IS NOT NULL;
SELECT crm.share('goodwill', from_position => 'director', to_position => 'manager', amount => 1000) IS NOT NULL;
SELECT crm.act_as('bob', for_session => true);
SELECT crm.request('goodwill', customer => 1, amount => 100) AS first \gset

CREATE FUNCTION age(id bigint, by interval) RETURNS void LANGUAGE sql BEGIN ATOMIC
	UPDATE crm_internal.request SET created_at = created_at - by, due_at = due_at - by, expires_at = expires_at - by WHERE request_id = id;
	UPDATE crm_internal.request_consult SET due_at = due_at - by WHERE request_id = id;
END;
CREATE FUNCTION whose(id bigint) RETURNS TABLE (status text, "position" text, due interval, booked text) LANGUAGE sql
	RETURN (SELECT ROW (r.status, r."position", r.due_at - r.created_at, q."position")
		FROM crm.requests r JOIN crm_internal.request q USING (request_id) WHERE r.request_id = id);
CREATE FUNCTION waits(who text) RETURNS SETOF text LANGUAGE plpgsql AS $$
BEGIN
	PERFORM crm.act_as(who, true);
	RETURN QUERY SELECT concat_ws(' ', who, i.kind, i."position") FROM crm.inbox i;
	PERFORM crm.act_as(NULL, true);
END
$$;

-- up the ladder, as it is read
SELECT crm.act_as(NULL, for_session => true);
SELECT date_trunc('hour', due) AS due, status, "position", booked FROM whose(:first);
SELECT waits(p) FROM unnest('{mia,dan,ann}'::text[]) p;
SELECT age(:first, '47 hours');
SELECT status, "position", booked FROM whose(:first);
SELECT age(:first, '2 hours');
SELECT date_trunc('hour', due) AS due, status, "position", booked FROM whose(:first);
SELECT waits(p) FROM unnest('{mia,dan,ann}'::text[]) p;
-- and as it is booked by the one who keeps the time
SELECT crm.escalate_requests();
SELECT crm.escalate_requests();
SELECT status, "position", booked FROM whose(:first);
-- the last stop is above all who may, and can decline
SELECT age(:first, '48 hours');
SELECT status, "position", booked, date_trunc('day', due) AS due FROM whose(:first);
SELECT waits(p) FROM unnest('{mia,dan,ann}'::text[]) p;
SELECT crm.act_as('ann', for_session => true);
SELECT crm.approve(:first);
-- who passed it on may still answer
SELECT crm.act_as('mia', for_session => true);
SELECT crm.approve(:first);
SELECT crm.act_as('bob', for_session => true);
SELECT crm_internal.take_act('goodwill', customer => 1, amount => 100);

-- an open one lapses
SELECT crm.request('goodwill', customer => 2, amount => 100) AS second \gset
SELECT crm.request('goodwill', customer => 3, amount => 100) AS third \gset
SELECT crm.act_as('ann', for_session => true);
SELECT crm.decline(:third, 'not mine to say');
SELECT crm.act_as(NULL, for_session => true);
SELECT age(:second, '14 days'), age(:third, '13 days');
SELECT waits(p) FROM unnest('{mia,dan,ann}'::text[]) p;
SELECT crm.act_as('mia', for_session => true);
SELECT crm.approve(:second);
SELECT crm.act_as('ann', for_session => true);
SELECT crm.decline(:third, 'out of the question');
SELECT crm.act_as(NULL, for_session => true);
SELECT request_id = :second AS second, status FROM crm.requests ORDER BY request_id;

-- an approval that is not used lapses too
SELECT crm.act_as('bob', for_session => true);
SELECT crm.request('goodwill', customer => 4, amount => 100) AS fourth \gset
SELECT crm.act_as('mia', for_session => true);
SELECT crm.approve(:fourth);
SELECT crm.act_as(NULL, for_session => true);
SELECT age(:fourth, '15 days');
SELECT status FROM crm.requests WHERE request_id = :fourth;
SELECT crm.act_as('bob', for_session => true);
SELECT crm_internal.take_act('goodwill', customer => 4, amount => 100);
SELECT crm.withdraw(:fourth);
SELECT crm.act_as(NULL, for_session => true);
SELECT crm.escalate_requests();
SELECT status FROM crm_internal.request ORDER BY request_id;
