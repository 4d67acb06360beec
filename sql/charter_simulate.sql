-- What an operating model would have refused or allowed of what was done.
\set SHOW_CONTEXT never
SELECT crm.add_department('company');
SELECT crm.add_position('board', department => 'company');
SELECT crm.add_position(p, department => 'company', reports_to => 'board')
FROM unnest('{brand_manager,sales_manager,after_sales_manager,crm_manager,marketing_director,crm_head,ict_manager,compliance_officer,agent}'::text[]) p;
SELECT count(crm.appoint(p.position, 'p_' || p.position)) FROM crm.positions p;
-- ninety days of a company without mandates: everybody did what came up
INSERT INTO crm_internal.act (at, batch, verdict, person, known_by, login, decision, mandate_path, amount, entries, scope, request_id, reason)
SELECT now() - d * interval '1 day', d, 'allowed', 'p_agent', 'act_as', 'app', 'goodwill', '{}'::integer[], 40 + d, 1, NULL::jsonb, NULL::bigint, NULL FROM generate_series(1, 20) d
UNION ALL
SELECT now() - d * interval '1 day', 100 + d, 'allowed', 'p_after_sales_manager', 'act_as', 'app', 'goodwill', '{}', 60 * d, 1, NULL, NULL, NULL FROM generate_series(1, 10) d
UNION ALL
SELECT now() - interval '5 days', 200, 'allowed', 'p_brand_manager', 'act_as', 'app', 'segmentation', '{}', NULL, 3, NULL, NULL, NULL
UNION ALL
SELECT now() - interval '5 days', 201, 'allowed', 'p_brand_manager', 'act_as', 'app', 'pricing', '{}', NULL, 1, NULL, NULL, NULL
UNION ALL
SELECT now() - interval '6 days', 202, 'would_refuse', 'p_marketing_director', 'act_as', 'app', 'campaign.execution', '{}', NULL, 2, NULL, NULL, 'There is no mandate for it.'
UNION ALL
SELECT now() - interval '7 days', 203, 'allowed', 'p_crm_manager', 'act_as', 'app', 'segmentation', '{1}', NULL, 1, NULL, 17, NULL
UNION ALL
SELECT now() - interval '7 days', 206, 'allowed', 'p_after_sales_manager', 'act_as', 'app', 'care.process', '{1}', 1000, 1, NULL, 18, NULL
UNION ALL
SELECT now() - interval '8 days', 204, 'allowed', 'somebody', 'login', 'somebody', 'customer.update', '{}', NULL, 500, NULL, NULL, NULL
UNION ALL
SELECT now() - interval '100 days', 205, 'allowed', 'p_agent', 'act_as', 'app', 'goodwill', '{}', 1, 1, NULL, NULL, NULL;

SELECT * FROM crm.simulate_operating_model('crm_manager', limits => '{"goodwill": 250}');
SELECT * FROM crm.simulate_operating_model('marketing_director', limits => '{"goodwill": 250}');
SELECT change, decision, person, acts, cause FROM crm.simulate_operating_model('sales_led', days => 6);
SELECT change, decision, person, acts, amount, cause FROM crm.simulate_operating_model('as_is', days => 3650);

-- nothing stays of it but that it was done
SELECT count(*) FROM crm.mandates;
SELECT subject FROM crm_internal.act WHERE decision = 'org.model' AND subject LIKE 'crm.sim%' ORDER BY act_id;
SELECT crm.may('p_agent', 'goodwill', amount => 40);

-- what the simulation says is what happens
SELECT change, count(*) FROM crm.use_operating_model('crm_manager', limits => '{"goodwill": 250}') GROUP BY 1;
SELECT person, amount, crm.may(person, 'goodwill', amount => amount) FROM crm_internal.act
WHERE decision = 'goodwill' AND amount IN (41, 60, 240, 600) ORDER BY act_id;
SELECT crm.may('p_crm_manager', 'segmentation'), cause FROM crm.why_not('p_brand_manager', 'segmentation');
-- asked again under the model itself it finds what was done before it
SELECT change, decision, person, acts, cause FROM crm.simulate_operating_model('crm_manager', limits => '{"goodwill": 250}') ORDER BY 1, 2, 3;

-- no model gives budgets or windows; of a charter that stays and has them nobody says what was left then
SELECT crm.add_decision('sponsoring'), crm.add_decision('lending');
SELECT crm.appoint('board', session_user::text) > 0 AS appointed;
SELECT crm.add_budget('clubs', 500);
SELECT crm.grant_mandate('sponsoring', 'agent', budget => 'clubs') > 0 AS sponsoring, crm.grant_mandate('lending', 'agent') > 0 AS lending;
INSERT INTO crm_internal.act (at, batch, verdict, person, known_by, login, decision, mandate_path, amount, entries, scope, request_id, reason)
SELECT now() - interval '2 days', 300, 'would_refuse', 'p_agent', 'act_as', 'app', d, '{}'::integer[], 700, 1, NULL::jsonb, NULL::bigint, 'Budget' FROM unnest('{sponsoring,lending}'::text[]) d
UNION ALL
SELECT now() - interval '2 days', 301, 'allowed', 'p_agent', 'act_as', 'app', 'sponsoring', '{}', 300, 1, NULL, 19, NULL;
SELECT change, decision, person, acts FROM crm.simulate_operating_model('crm_manager') WHERE decision IN ('sponsoring', 'lending');
SELECT count(*) > 100 AS all_used FROM crm_internal.operating_model o, LATERAL crm.use_operating_model(o.name, limits => CASE WHEN o.name = 'crm_manager' THEN '{"goodwill": 250}' ELSE '{}' END::jsonb);
SELECT operating_model, count(*) > 10 AS mandates, count(*) FILTER (WHERE budget IS NOT NULL OR window_amount IS NOT NULL) AS with_money
FROM crm_internal.mandate WHERE operating_model IS NOT NULL GROUP BY 1 ORDER BY 1;

SELECT crm.simulate_operating_model('nothing');
SELECT crm.simulate_operating_model('as_is', days => 0);
SELECT crm.simulate_operating_model('as_is', positions => '{"board": "nobody"}');
