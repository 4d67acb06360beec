-- Mandates: charter, hand-over, share, joint; nothing exceeds what its giver has.
\set SHOW_CONTEXT never
SELECT crm.add_department(d) FROM unnest('{head_office,sales,service,marketing}'::text[]) d;
SELECT crm.add_position('board', department => 'head_office');
SELECT crm.add_position(p, department => 'service', reports_to => 'board') FROM unnest('{after_sales,desk,agent}'::text[]) p;
SELECT crm.add_position(p, department => 'marketing', reports_to => 'board') FROM unnest('{brand_manager,crm_manager}'::text[]) p;
SELECT crm.add_budget(b, 1000) FROM unnest('{care,ads}'::text[]) b;
SELECT crm.add_budget('care_desk', 300, parent => 'care');
CREATE TEMPORARY VIEW register AS
	SELECT mandate_id AS id, kind, decision, from_position AS "from", to_position AS "to", parent_id AS parent, amount, window_amount AS wamount,
		window_length AS wlength, depth, scope, joint_id AS joint, quorum, deadline, valid_until AS until
	FROM crm.mandates;

-- the charter
SELECT crm.grant_mandate('org.model', 'board');
SELECT crm.grant_mandate('campaign', 'brand_manager');
SELECT crm.grant_mandate('goodwill', 'after_sales', amount => 1000, window_amount => 3000, window_length => '1 year', depth => 2,
	scope => '{"department": ["service", "sales"]}', valid_until => '2100-01-01 00:00+00', reason => 'charter of care');
SELECT crm.grant_mandate('goodwill', 'nobody');
SELECT crm.grant_mandate('goodwil', 'board');
SELECT crm.grant_mandate('goodwill', 'board', amount => -1);
SELECT crm.grant_mandate('goodwill', 'board', amount => 'NaN');
SELECT crm.grant_mandate('goodwill', 'board', window_amount => 5);
SELECT crm.grant_mandate('goodwill', 'board', depth => -1);
SELECT crm.grant_mandate('goodwill', 'board', budget => 'none');
SELECT crm.grant_mandate('goodwill', 'board', valid_from => '2020-01-01');
SELECT crm.grant_mandate('goodwill', 'board', valid_from => '2101-01-01', valid_until => '2100-01-01');
SELECT crm.grant_mandate('goodwill', 'board', scope => '{"planet": "mars"}');
SELECT crm.grant_mandate('goodwill', 'board', scope => '{"department": "mars"}');
SELECT crm.grant_mandate('goodwill', 'board', scope => '{"department": []}');
SELECT crm.grant_mandate('goodwill', 'board', scope => '{"department": {"within": "sales", "or": "so"}}');
SELECT crm.grant_mandate('goodwill', 'board', scope => '["sales"]');

-- each bound is the giver's at most, and the refusal tells the greatest that passes
SELECT crm.share('goodwill', 'after_sales', 'desk', amount => 1000.01);
SELECT crm.share('goodwill', 'after_sales', 'desk', window_amount => 3001, window_length => '1 year');
SELECT crm.share('goodwill', 'after_sales', 'desk', window_amount => 3000, window_length => '1 month');
SELECT crm.share('goodwill', 'after_sales', 'desk', depth => 2);
SELECT crm.share('goodwill', 'after_sales', 'desk', scope => '{"department": "marketing"}');
SELECT crm.share('goodwill', 'after_sales', 'desk', scope => '{"department": {"within": "service"}}');
SELECT crm.share('goodwill', 'after_sales', 'desk', valid_until => '2100-01-02 00:00+00');
SELECT crm.share('segmentation', 'after_sales', 'desk');
SELECT crm.share('goodwill', 'after_sales', 'after_sales');
SELECT crm.share('goodwill', NULL, 'desk');
SELECT crm.share('org.model', 'board', 'desk');

-- bounds that are left out are the giver's
SELECT crm.share('goodwill', 'after_sales', 'desk', amount => 500);
SELECT crm.share('goodwill', 'desk', 'agent', amount => 50, scope => '{"department": "service"}');
SELECT crm.share('goodwill', 'agent', 'crm_manager');
SELECT * FROM register;

-- who hands over has it no more, whatever it tries; what it shared before stays
SELECT crm.hand_over('campaign.execution', from_position => 'brand_manager', to_position => 'crm_manager', reason => 'one hand for campaigns');
SELECT crm.share('campaign.execution', 'brand_manager', 'desk');
SELECT crm.hand_over('campaign.execution', 'brand_manager', 'desk');
SELECT crm.hand_over('campaign', 'brand_manager', 'desk');
SELECT crm.share('campaign.design', 'brand_manager', 'desk');
SELECT crm.hand_over('campaign.design', 'brand_manager', 'crm_manager', valid_until => '2090-01-01 00:00+00');
-- a later time is free, as far as it is so all along
SELECT crm.hand_over('campaign.design', 'brand_manager', 'desk', valid_from => '2080-01-01 00:00+00');
SELECT crm.hand_over('campaign.design', 'brand_manager', 'desk', valid_from => '2090-01-01 00:00+00');
-- up to an amount: above it the giver still decides
SELECT crm.hand_over('goodwill', 'after_sales', 'crm_manager', amount => 200, scope => '{"department": "sales"}');
SELECT crm.share('goodwill', 'after_sales', 'agent', amount => 100, scope => '{"department": "sales"}');
SELECT crm.share('goodwill', 'after_sales', 'agent', amount => 100, scope => '{"department": "service"}');
SELECT crm.share('goodwill', 'after_sales', 'agent', amount => 300, scope => '{"department": "sales"}');
SELECT crm.hand_over('goodwill', 'after_sales', 'brand_manager', amount => 300);
-- what was handed over can be given back
SELECT crm.hand_over('campaign.execution', 'crm_manager', 'brand_manager');
SELECT crm.share('campaign.execution', 'brand_manager', 'agent');

-- jointly: different positions, more than one of them
SELECT crm.grant_mandate('care.solution', 'after_sales', amount => 800);
SELECT crm.share_jointly('care.solution', '{after_sales,crm_manager}', quorum => 1, from_position => 'after_sales');
SELECT crm.share_jointly('care.solution', '{after_sales,crm_manager}', quorum => 3, from_position => 'after_sales');
SELECT crm.share_jointly('care.solution', '{desk,desk}', quorum => 2, from_position => 'after_sales');
SELECT crm.share_jointly('care.solution', '{desk,agent}', quorum => NULL, from_position => 'after_sales');
SELECT crm.share_jointly('care.solution', NULL, quorum => 2, from_position => 'after_sales');
SELECT crm.share_jointly('care.solution', '{}', quorum => 2, from_position => 'after_sales');
SELECT crm.share_jointly('care.solution', '{desk,agent}', quorum => 2, from_position => NULL);
SELECT crm.share_jointly('care.solution', '{after_sales,crm_manager,desk}', quorum => 2, from_position => 'after_sales', amount => 600);
SELECT crm.share('care.solution', 'after_sales', 'agent', amount => 500);
SELECT crm.share('care.solution', 'after_sales', 'agent', amount => 700);

-- consult, inform and ban: of the company, or of one who has the decision
SELECT crm.consult('goodwill', 'brand_manager', deadline => '1 day', amount => 500);
SELECT crm.inform('goodwill', 'brand_manager', from_position => 'after_sales');
SELECT crm.inform('goodwill', 'brand_manager', from_position => 'board');
SELECT crm.ban('goodwill', 'agent', amount => 20, from_position => 'after_sales');
-- a condition binds everybody: who has a share only sets none, nor one that outlives the requests it delays
SELECT crm.ban('goodwill', 'agent', amount => 20, from_position => 'desk');
SELECT crm.consult('goodwill', 'brand_manager', deadline => '1000 years');
SELECT crm.ban('goodwill', 'board', from_position => 'agent');
SELECT crm.consult('goodwill', 'brand_manager', deadline => '0');
SELECT * FROM register WHERE id > 6;
SELECT mandate_id, status, reason, recorded_by = session_user AS by_me FROM crm.mandates WHERE reason IS NOT NULL ORDER BY 1;

-- a budget is the giver's or a part of it
SELECT crm.grant_mandate('care.process', 'after_sales', budget => 'care');
SELECT crm.share('care.process', 'after_sales', 'desk', budget => 'ads');
SELECT crm.share('care.process', 'after_sales', 'desk', budget => 'care_desk');
SELECT crm.share('care.process', 'desk', 'agent', budget => 'care');
SELECT crm.share('care.process', 'after_sales', 'agent');
SELECT mandate_id, to_position, budget FROM crm.mandates WHERE decision = 'care.process';
