-- Operating models: one call, one dated change of who decides what.
\set SHOW_CONTEXT never
SELECT crm.use_operating_model('nobody_knows');
SELECT crm.use_operating_model('sales_led');
SELECT crm.add_department(d) FROM unnest('{head_office,sales,service,marketing,crm,ict}'::text[]) d;
SELECT crm.add_position('ceo', department => 'head_office');
SELECT crm.add_position(p, department => 'head_office', reports_to => 'ceo')
FROM unnest('{brand_manager,sales_manager,care_head,crm_manager,marketing_director,crm_head,ict_manager,compliance_officer,agent}'::text[]) p;
CREATE TABLE voucher (id integer PRIMARY KEY, value numeric);
CREATE TABLE price (id integer PRIMARY KEY, value numeric);
SELECT crm.add_guard('public.voucher', decision => 'goodwill', amount => 'value') > 0 AS guarded;
SELECT crm.add_guard('public.price', decision => 'pricing', mode => 'observe') > 0 AS guarded;
-- a role that is called otherwise here is named; one that is no role is told
SELECT crm.use_operating_model('crm_manager', board => 'ceo');
SELECT crm.use_operating_model('crm_manager', positions => '{"after_sale": "care_head"}', board => 'ceo');
SELECT crm.use_operating_model('crm_manager', positions => '["care_head"]', board => 'ceo');
SELECT crm.use_operating_model('crm_manager', limits => '{"pricing": 5}', board => 'ceo');
SELECT crm.use_operating_model('as_is', limits => '{"goodwill": 5}', board => 'ceo');
SELECT crm.use_operating_model('crm_manager', positions => '{"board": null}');
SELECT crm.use_operating_model('crm_manager', valid_from => '2020-01-01', board => 'ceo');
SELECT count(*) FROM crm.mandates;

-- every decision of crm is somebody's in every model, and accountable is one
SELECT o.model, d.code AS nobody_decides FROM (SELECT DISTINCT model FROM crm.operating_models) o
CROSS JOIN crm.decisions d
WHERE NOT EXISTS (SELECT FROM crm.decisions b WHERE b.code <> d.code AND b.code <@ d.code)
	AND NOT EXISTS (SELECT FROM crm.operating_models r WHERE r.model = o.model AND r.decision = d.code::text AND r.kind = 'charter');
SELECT model, decision FROM crm.operating_models WHERE kind = 'charter' GROUP BY 1, 2 HAVING count(*) > 1;
-- and each can be put in force as it is written
CREATE FUNCTION put(model text, limits jsonb) RETURNS TABLE (change text, mandates bigint) LANGUAGE sql AS $$
	SELECT u.change, count(*) FROM crm.use_operating_model(model, board => 'ceo', limits => limits, positions => '{"after_sales_manager": "care_head"}') u
	GROUP BY 1 ORDER BY 1 $$;
SELECT * FROM put('as_is', '{}');
SELECT model FROM crm.operating_models WHERE in_force GROUP BY 1;
SELECT crm.share('goodwill', 'care_head', 'agent', amount => 50) AS shared;
-- what a department shared falls with the charter it stood on
SELECT * FROM put('crm_manager', '{"goodwill": 250, "investment": 5000}');
SELECT kind, decision, from_position, to_position, amount, quorum, deadline FROM crm.mandates
WHERE status = 'in force' AND operating_model = 'crm_manager' AND decision IN ('segmentation', 'goodwill', 'care.process', 'investment', 'process.policy');
SELECT * FROM put('marketing_director', '{"goodwill": 100}');
SELECT kind, from_position, to_position, amount FROM crm.mandates
WHERE status = 'in force' AND operating_model = 'marketing_director' AND decision IN ('segmentation', 'goodwill');
SELECT * FROM put('crm_department', '{}');
SELECT * FROM put('sales_led', '{}');
SELECT depth, to_position FROM crm.mandates WHERE status = 'in force' AND decision = 'sales.target' AND kind = 'charter';
SELECT model FROM crm.operating_models WHERE in_force GROUP BY 1;

-- a role that nobody has: the board is accountable
SELECT kind, decision, to_position, from_position FROM crm.use_operating_model('sales_led', board => 'ceo',
	positions => '{"after_sales_manager": "care_head", "compliance_officer": null, "brand_manager": "sales_manager", "ict_manager": null}')
WHERE change = 'begins' AND decision IN ('data.erase', 'segmentation', 'system.change', 'pricing');

-- announced: until the day nothing changes
SELECT count(*) FROM crm.mandates WHERE status = 'in force';
SELECT change, count(*) FROM crm.use_operating_model('marketing_director', board => 'ceo', positions => '{"after_sales_manager": "care_head"}',
	valid_from => '2100-01-01') GROUP BY 1 ORDER BY 1;
SELECT status, count(*), min(revoked_at) FROM crm.mandates WHERE operating_model IN ('sales_led', 'marketing_director') AND revoked_at > now() GROUP BY 1 ORDER BY 1;
-- announced again, for an earlier day: what was to come never does
SELECT change, count(*) FROM crm.use_operating_model('crm_department', board => 'ceo', positions => '{"after_sales_manager": "care_head"}',
	valid_from => '2090-01-01') GROUP BY 1 ORDER BY 1;
SELECT operating_model, status, count(*), min(revoked_at) FROM crm.mandates WHERE revoked_at > now() GROUP BY 1, 2 ORDER BY 1, 2;
SELECT model FROM crm.operating_models WHERE in_force GROUP BY 1;
SELECT decision, subject FROM crm_internal.act WHERE subject LIKE 'crm.use%' ORDER BY act_id DESC LIMIT 1;

-- what a hand-over would move
SELECT * FROM put('as_is', '{}');
SELECT crm.share('campaign.design', 'brand_manager', 'agent', amount => 50) > 0 AS shared;
SELECT what, subject, amount_left, detail FROM crm.preview_hand_over('campaign.design', 'brand_manager', 'crm_manager');
SELECT what, subject, amount_left, detail FROM crm.preview_hand_over('care', 'brand_manager', 'crm_manager');
SELECT count(*) FROM crm.mandates WHERE kind = 'hand_over' AND status = 'in force';
-- with the requests that wait for the giver, the budgets that it spends and the tables that the decision guards
INSERT INTO crm_internal.budget (name, amount, spent) VALUES ('care', 1000, 400), ('ads', 5000, 0);
SELECT crm.grant_mandate('goodwill', 'care_head', amount => 500, budget => 'care') > 0 AS granted;
INSERT INTO crm_internal.request (decision, requester, known_by, login, amount, position, created_at, status)
VALUES ('goodwill', 'x', 'act_as', 'app', 80, 'care_head', '2026-01-01', 'open'), ('goodwill', 'x', 'act_as', 'app', 900, 'care_head', '2026-01-01', 'open'),
	('goodwill', 'x', 'act_as', 'app', 80, 'ceo', '2026-01-01', 'open'), ('goodwill', 'x', 'act_as', 'app', 80, 'care_head', '2026-01-01', 'declined');
SELECT what, subject, amount_left, detail FROM crm.preview_hand_over('goodwill', 'care_head', 'crm_manager', amount => 100);
