-- What somebody may, why not, who may, and which decisions nobody or two may take.
\pset null -
CREATE VIEW asked AS SELECT p.person, a.amount, crm.may(p.person, 'goodwill', a.amount) AS may, w.cause, w.detail
	FROM (VALUES (1, 'ann'), (2, 'bob'), (3, 'carol'), (4, 'dave'), (5, 'eve')) p(n, person)
	CROSS JOIN (VALUES (1, 10), (2, 100), (3, 1000), (4, NULL)) a(n, amount)
	LEFT JOIN LATERAL crm.why_not(p.person, 'goodwill', amount => a.amount) w ON true
	ORDER BY p.n, a.n;
SELECT crm.add_department('company'), crm.add_department('service', parent => 'company');
SELECT crm.add_position('board', 'company'), crm.add_position('care', 'service', 'board'), crm.add_position('desk', 'service', 'care'),
	crm.add_position('night', 'service', 'care', vacancy => 'acting', acting_share => 0.5), crm.add_position('brand', 'company', 'board');
SELECT count(crm.appoint(p, who)) FROM (VALUES ('board', 'ann'), ('care', 'bob'), ('desk', 'carol'), ('brand', 'dave')) v(p, who);
SELECT crm.add_budget('care', 60), crm.add_budget('small', 20);

-- before there is a charter everybody may everything, and nothing is missing
SELECT crm.may('nobody', 'goodwill'), (SELECT count(*) FROM crm.mandate_gaps), (SELECT count(*) FROM crm.who_may('goodwill'));
SELECT may, up_to, next_person FROM crm.limits('nobody') WHERE decision = 'goodwill';

-- grants are asked for by who may change the model: here the one who installed crm
SELECT crm.grant_mandate('goodwill', 'board');
SELECT crm.hand_over('goodwill', 'board', 'care', amount => 500);
SELECT crm.share('goodwill', 'care', 'desk', amount => 50);
SELECT * FROM asked;
SELECT decision, may, up_to, above, position, mandate_id, next_position, next_person FROM crm.limits('carol') WHERE may OR next_person IS NOT NULL;
SELECT decision, may, up_to, above, position, mandate_id, next_position, next_person FROM crm.limits('ann') WHERE may OR next_person IS NOT NULL;
SELECT * FROM crm.who_may('goodwill', 10);
SELECT * FROM crm.who_may('goodwill', 100);
SELECT * FROM crm.who_may('goodwill');
SELECT detail, hint FROM crm.why_not('carol', 'goodwill', customer => 42, amount => 400, scope => '{"department": "service"}');
SELECT detail, hint FROM crm.why_not('carol', 'pricing');
SELECT crm.may('carol');
SELECT crm.may('carol', 'goodwill', scope => '["service"]');

-- amounts of any shape
SELECT a AS amount, crm.may('carol', 'goodwill', a) FROM unnest('{-1,0,0.001,49.9999,50,50.00,50.00001,50.0001,123456789012345678901234567890,NaN,Infinity,-Infinity}'::numeric[]) a;

-- a vacant position is acted for by whom it reports to, for its share of the amount
SELECT crm.share('goodwill', 'board', 'night', amount => 900);
SELECT person, position, capacity, amount_limit FROM crm.who_may('goodwill', 600);
SELECT crm.share('goodwill', 'board', 'night', amount => 1600);
SELECT person, position, capacity, amount_limit FROM crm.who_may('goodwill', 600);
SELECT up_to, position FROM crm.limits('bob') WHERE decision = 'goodwill';

-- consult, ban, joint
SELECT crm.consult('goodwill', 'brand', amount => 40);
SELECT * FROM asked WHERE cause = 'consult_first';
SELECT person, after_consult FROM crm.who_may('goodwill', 45);
SELECT may, up_to, consults FROM crm.limits('carol') WHERE decision = 'goodwill';
SELECT crm.ban('goodwill', 'board', amount => 900);
SELECT * FROM asked WHERE cause = 'banned';
SELECT hint FROM crm.why_not('ann', 'goodwill', amount => 1000);
SELECT crm.grant_mandate('pricing', 'board');
SELECT crm.share_jointly('pricing', '{care,brand}', 2, 'board', amount => 100);
SELECT cause, detail, hint FROM crm.why_not('dave', 'pricing', amount => 100);
SELECT cause, detail FROM crm.why_not('ann', 'pricing', amount => 100);

-- nobody, alone or together: a gap; by amounts, and vacant positions count
SELECT * FROM crm.mandate_gaps WHERE decision IN ('goodwill', 'pricing', 'org.model');
SELECT crm.end_appointment('brand', 'dave');
SELECT * FROM crm.mandate_gaps WHERE decision IN ('goodwill', 'pricing');
SELECT crm.end_appointment('desk', 'carol');
SELECT * FROM crm.mandate_gaps WHERE decision IN ('goodwill', 'pricing');

-- two that are accountable; a scope that is not given is none of those listed
SELECT crm.grant_mandate('goodwill', 'brand', amount => 700, scope => '{"department": ["service"]}');
SELECT * FROM crm.mandate_overlaps;
SELECT crm.grant_mandate('product', 'care', scope => '{"department": {"within": "company"}}');
SELECT * FROM crm.mandate_gaps WHERE decision = 'product';
SELECT crm.may('bob', 'product', scope => '{"department": "service"}'), crm.may('bob', 'product', scope => '{"department": "elsewhere"}'), crm.may('bob', 'product');

-- what a mandate rests on, and whether it has effect; money is another matter
SELECT mandate_id, to_position, status, effect, effect_up_to, mandate_path, taken_by FROM crm.mandates ORDER BY mandate_id;
SELECT step, mandate_id, kind, to_position, state FROM crm.mandate_path(3);
SELECT count(*) FROM crm.revoke(2);
SELECT step, mandate_id, kind, to_position, state FROM crm.mandate_path(3);
SELECT crm.grant_mandate('sales.tools', 'care', amount => 200, budget => 'care', window_amount => 40, window_length => '1 day');
SELECT up_to, amount_limit, window_left, budget, budget_left, position FROM crm.limits('bob', customer => 7) WHERE decision = 'sales.tools';
SELECT cause, detail, hint FROM crm.why_not('bob', 'sales.tools', customer => 7, amount => 45);
SELECT crm.share('sales.tools', 'care', 'brand', amount => 100), crm.appoint('brand', 'frank') > 0 AS appointed;
SELECT person, amount_limit, has_money FROM crm.who_may('sales.tools', 45, customer => 7);
SELECT crm.grant_mandate('sales.target', 'care', amount => 200, budget => 'small'), crm.grant_mandate('sales.target', 'care', amount => 50);
SELECT up_to, amount_limit, budget, budget_left FROM crm.limits('bob') WHERE decision = 'sales.target';
SELECT crm.may('bob', 'sales.target', 50), cause, detail FROM crm.why_not('bob', 'sales.target', amount => 60);

-- another time: nobody was anything then
SELECT crm.may('bob', 'goodwill', 20, as_of => '2001-01-01'), (SELECT count(*) FROM crm.who_may('goodwill', as_of => '2001-01-01'));
SELECT cause FROM crm.why_not('eve', 'goodwill', as_of => '2100-01-01');

-- the one who acts is asked about when nobody else is
SELECT crm.may(decision => 'goodwill', amount => 1), cause FROM crm.why_not(decision => 'goodwill', amount => 1);
