-- Whose money it is: a budget is named in a mandate by who has it, by who acts for its owner, or by who decides investment.
\set SHOW_CONTEXT never
SET client_min_messages = warning;
SELECT crm.add_gateway(session_user, session_allowed => true);
SELECT crm.add_department('company');
SELECT crm.add_position('board', 'company');
SELECT count(crm.add_position(p, 'company', reports_to => 'board')) FROM unnest('{after_sales,marketing}'::text[]) p;
SELECT crm.add_position('agent', 'company', reports_to => 'after_sales');
SELECT count(crm.appoint(p, w)) FROM (VALUES ('board', 'ann'), ('after_sales', 'cleo'), ('marketing', 'mo'), ('agent', 'al')) v(p, w);
SELECT crm.appoint('after_sales', 'cora', capacity => 'contractor', valid_until => '2100-01-01') > 0 AS appointed;

-- sub-budgets are also those of who owns what they are carved from
SELECT crm.add_budget('care', 1000, owner => 'after_sales'), crm.add_budget('gestures', 300, parent => 'care'), crm.add_budget('trips', 200, parent => 'care', owner => 'board'),
	crm.add_budget('ads', 5000, owner => 'marketing'), crm.add_budget('rest', 400);
SELECT crm.add_budget('x', 1, owner => 'nobody');
SELECT crm.add_budget('x', 1, owner => '');
SELECT name, owner FROM crm.budgets;

-- a charter is given by who decides org.model: he could give himself investment too
SELECT crm.grant_mandate('org.model', 'board'), crm.grant_mandate('investment', 'board', amount => 500);
SELECT crm.grant_mandate('goodwill', 'after_sales'), crm.grant_mandate('campaign', 'marketing', budget => 'ads');

-- without a budget of its own a position spends only what is its own
SELECT crm.act_as('cleo', for_session => true);
SELECT crm.share('goodwill', 'after_sales', 'agent', amount => 100, budget => 'gestures') > 0 AS own;
SELECT crm.share('goodwill', 'after_sales', 'agent', amount => 100, budget => 'trips') > 0 AS part_of_own;
SELECT crm.share('goodwill', 'after_sales', 'agent', amount => 100, budget => 'ads');
SELECT crm.share('goodwill', 'after_sales', 'agent', amount => 100, budget => 'rest');
SELECT crm.hand_over('goodwill', 'after_sales', 'agent', amount => 1, budget => 'ads');
SELECT crm.share_jointly('goodwill', '{agent,marketing}', quorum => 2, from_position => 'after_sales', budget => 'ads');
-- who has one by his mandate passes on parts of it, whoever owns them
SELECT crm.act_as('al', for_session => true);
SELECT crm.share('goodwill', 'agent', 'marketing', budget => 'trips') > 0 AS had;
SELECT crm.share('goodwill', 'agent', 'marketing', budget => 'care');
-- of several mandates the one that has the budget carries, though another one reaches further
SELECT crm.act_as('ann', for_session => true);
SELECT crm.grant_mandate('campaign', 'marketing', amount => 9000) > 0 AS granted;
SELECT crm.change_budget('ads', owner => '');
SELECT crm.change_budget('ads', amount => 400), crm.change_budget('ads', owner => '');
SELECT crm.act_as('mo', for_session => true);
SELECT crm.share('campaign', 'marketing', 'agent', amount => 100, budget => 'ads') > 0 AS shared;
SELECT p.budget AS stands_on FROM crm_internal.mandate m JOIN crm_internal.mandate p ON p.mandate_id = m.parent_id ORDER BY m.mandate_id DESC LIMIT 1;
SELECT crm.share('campaign', 'marketing', 'agent', amount => 100, budget => 'gestures');

-- who decides investment, up to his limit there, gives any: an act of the whole budget
SELECT crm.act_as('ann', for_session => true);
SELECT crm.share('goodwill', 'after_sales', 'agent', amount => 10, budget => 'rest') > 0 AS invested;
SELECT crm.share('goodwill', 'after_sales', 'agent', amount => 10, budget => 'ads') > 0 AS invested;
SELECT crm.change_budget('ads', amount => 600, owner => '');
SELECT crm.change_budget('ads', amount => 600, owner => 'marketing');
-- so does one whose request for it was approved
SELECT crm.act_as('cleo', for_session => true);
SELECT crm.request('investment', amount => 400, subject => 'crm.share(goodwill, rest)', reason => 'a fair');
SELECT crm.act_as('ann', for_session => true);
SELECT crm.approve(max(request_id)) FROM crm_internal.request;
SELECT crm.act_as('cleo', for_session => true);
SELECT crm.share('goodwill', 'after_sales', 'agent', amount => 20, budget => 'rest') > 0 AS approved;
SELECT crm.share('goodwill', 'after_sales', 'agent', amount => 20, budget => 'rest');

-- a new owner is an act of the whole budget too
SELECT crm.change_budget('rest', owner => 'after_sales');
SELECT crm.act_as('ann', for_session => true);
SELECT crm.change_budget('rest', owner => 'after_sales'), crm.change_budget('rest', owner => 'after_sales');
SELECT crm.change_budget('rest');
SELECT crm.change_budget('rest', owner => 'nobody');
SELECT name, amount, owner FROM crm.budgets;
SELECT crm.act_as('cleo', for_session => true);
SELECT crm.share('goodwill', 'after_sales', 'agent', amount => 30, budget => 'rest') > 0 AS own;
-- owner or not, a contractor gives nothing
SELECT crm.act_as('cora', for_session => true);
SELECT crm.share('goodwill', 'after_sales', 'agent', amount => 1, budget => 'rest');
SELECT crm.act_as(NULL, for_session => true);
SELECT person, decision, subject, amount FROM crm_internal.act WHERE decision = 'investment' AND person <> session_user ORDER BY act_id;
SELECT check_name, problem FROM crm.verify();
