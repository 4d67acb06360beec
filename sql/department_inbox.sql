-- The inbox: what rooms put into it, and that everybody sees his own only.
\set SHOW_CONTEXT never
SELECT crm.add_department('service');
SELECT crm.add_position('head', department => 'service');
SELECT crm.add_position('desk', department => 'service', reports_to => 'head', vacancy => 'acting');
SELECT crm.appoint('head', 'hugo') + crm.appoint('head', 'lisa', capacity => 'liaison') > 0 AS done;
SELECT count(*) FROM crm.inbox;

-- rooms register what they have for it
CREATE TABLE task (id bigint, "position" text, due_at timestamptz);
INSERT INTO task VALUES (1, 'head', '2100-01-02'), (2, 'desk', '2100-01-01'), (3, 'elsewhere', '2100-01-01'), (4, 'head', NULL);
CREATE FUNCTION task_inbox(hats crm_internal.hat[], person text)
RETURNS SETOF crm_internal.inbox_entry
LANGUAGE sql STABLE
AS $$
	SELECT 'task', t.id, t."position", 'goodwill', NULL::bigint, t.id * 10.0, person, h.capacity, '2026-01-01'::timestamptz, t.due_at, format('SELECT done(%s);', t.id)
	FROM public.task t
	JOIN unnest(hats) h ON h."position" = t."position"
$$;
INSERT INTO crm_internal.inbox_kind VALUES ('task', 'public.task_inbox');

CREATE ROLE regress_crm_app LOGIN;
SELECT crm.grant_access('regress_crm_app', 'member');
SELECT crm.add_gateway('regress_crm_app');
SET SESSION AUTHORIZATION regress_crm_app;
SELECT kind FROM crm.inbox;
BEGIN;
SELECT crm.act_as('hugo');
SELECT kind, id, "position", decision, amount, from_person, reason AS capacity, statement FROM crm.inbox;
SELECT crm.act_as('lisa');
SELECT kind, id, "position", reason AS capacity FROM crm.inbox;
COMMIT;
SELECT task_inbox(ARRAY[ROW('head', 'holder')::crm_internal.hat], 'hugo');
RESET SESSION AUTHORIZATION;
DROP OWNED BY regress_crm_app;
DROP ROLE regress_crm_app;
