-- charter: operating models, that is who holds which decisions from the board.

CREATE TABLE crm_internal.operating_model
(
	name text PRIMARY KEY,
	title text NOT NULL
);
COMMENT ON TABLE crm_internal.operating_model IS 'ways to share out the decisions about customers; filled by the install script, the same in every database';
SELECT pg_catalog.pg_extension_config_dump('crm_internal.operating_model', 'WHERE false');

INSERT INTO crm_internal.operating_model (name, title) VALUES
	('as_is', 'Each department decides its own, the board what concerns all'),
	('crm_manager', 'A CRM manager has segmentation, campaigns and care in hand, departments keep the rest'),
	('marketing_director', 'The marketing director decides, brand and after-sales act'),
	('crm_department', 'A CRM department of its own decides what concerns all'),
	('sales_led', 'Sales decides what concerns all');

CREATE TABLE crm_internal.operating_model_rule
(
	model text NOT NULL,
	decision text NOT NULL,
	kind text NOT NULL CHECK (kind IN ('charter', 'hand_over', 'share', 'joint', 'consult', 'inform')),
	position text NOT NULL,
	from_position text,
	sequence integer NOT NULL,
	bound text NOT NULL DEFAULT 'none' CHECK (bound IN ('none', 'taken', 'needed', 'beyond')),
	depth integer,
	PRIMARY KEY (model, decision, kind, position)
);
COMMENT ON TABLE crm_internal.operating_model_rule IS 'the mandates that an operating model is made of; positions are roles that a company maps to its own. bound: what the limit of a decision does that the company gives: none, taken (the mandate is up to it; without one it has none), needed (without a limit there is no such mandate), beyond (the mandate begins where others end; only with a limit). Filled by the install script, the same in every database';
SELECT pg_catalog.pg_extension_config_dump('crm_internal.operating_model_rule', 'WHERE false');

INSERT INTO crm_internal.operating_model_rule (model, decision, kind, position, from_position, sequence, bound, depth) VALUES
	('as_is', 'org.model', 'charter', 'board', NULL, 10, 'none', NULL),
	('as_is', 'investment', 'charter', 'board', NULL, 20, 'none', NULL),
	('as_is', 'process.policy', 'charter', 'board', NULL, 30, 'none', NULL),
	('as_is', 'customer.merge', 'charter', 'board', NULL, 40, 'none', NULL),
	('as_is', 'data.erase', 'charter', 'board', NULL, 50, 'none', NULL),
	('as_is', 'data.export', 'charter', 'board', NULL, 60, 'none', NULL),
	('as_is', 'segmentation', 'charter', 'brand_manager', NULL, 70, 'none', NULL),
	('as_is', 'campaign.design', 'charter', 'brand_manager', NULL, 80, 'none', NULL),
	('as_is', 'pricing', 'charter', 'brand_manager', NULL, 90, 'none', NULL),
	('as_is', 'product', 'charter', 'brand_manager', NULL, 100, 'none', NULL),
	('as_is', 'communication.channels', 'charter', 'brand_manager', NULL, 110, 'none', NULL),
	('as_is', 'campaign.execution', 'charter', 'brand_manager', NULL, 120, 'none', NULL),
	('as_is', 'lead.strategy', 'charter', 'sales_manager', NULL, 130, 'none', NULL),
	('as_is', 'sales.target', 'charter', 'sales_manager', NULL, 140, 'none', NULL),
	('as_is', 'sales.tools', 'charter', 'sales_manager', NULL, 150, 'none', NULL),
	('as_is', 'ownership.transfer', 'charter', 'sales_manager', NULL, 160, 'none', NULL),
	('as_is', 'care.solution', 'charter', 'after_sales_manager', NULL, 170, 'none', NULL),
	('as_is', 'care.process', 'charter', 'after_sales_manager', NULL, 180, 'none', NULL),
	('as_is', 'goodwill', 'charter', 'after_sales_manager', NULL, 190, 'none', NULL),
	('as_is', 'system.change', 'charter', 'ict_manager', NULL, 200, 'none', NULL),
	('as_is', 'customer.update', 'charter', 'board', NULL, 210, 'none', NULL),
	('as_is', 'customer.update', 'share', 'brand_manager', 'board', 220, 'none', NULL),
	('as_is', 'customer.update', 'share', 'sales_manager', 'board', 230, 'none', NULL),
	('as_is', 'customer.update', 'share', 'after_sales_manager', 'board', 240, 'none', NULL),
	('as_is', 'process.policy', 'consult', 'brand_manager', NULL, 250, 'none', NULL),
	('as_is', 'process.policy', 'consult', 'sales_manager', NULL, 260, 'none', NULL),
	('as_is', 'process.policy', 'consult', 'after_sales_manager', NULL, 270, 'none', NULL),
	('as_is', 'process.policy', 'consult', 'ict_manager', NULL, 280, 'none', NULL);

INSERT INTO crm_internal.operating_model_rule (model, decision, kind, position, from_position, sequence, bound, depth) VALUES
	('crm_manager', 'org.model', 'charter', 'board', NULL, 10, 'none', NULL),
	('crm_manager', 'investment', 'charter', 'board', NULL, 20, 'none', NULL),
	('crm_manager', 'investment', 'share', 'crm_manager', 'board', 30, 'needed', NULL),
	('crm_manager', 'segmentation', 'charter', 'brand_manager', NULL, 40, 'none', NULL),
	('crm_manager', 'campaign.design', 'charter', 'brand_manager', NULL, 50, 'none', NULL),
	('crm_manager', 'pricing', 'charter', 'brand_manager', NULL, 60, 'none', NULL),
	('crm_manager', 'product', 'charter', 'brand_manager', NULL, 70, 'none', NULL),
	('crm_manager', 'communication.channels', 'charter', 'brand_manager', NULL, 80, 'none', NULL),
	('crm_manager', 'campaign.execution', 'charter', 'brand_manager', NULL, 90, 'none', NULL),
	('crm_manager', 'segmentation', 'hand_over', 'crm_manager', 'brand_manager', 100, 'none', NULL),
	('crm_manager', 'campaign.execution', 'hand_over', 'crm_manager', 'brand_manager', 110, 'none', NULL),
	('crm_manager', 'segmentation', 'consult', 'brand_manager', NULL, 120, 'none', NULL),
	('crm_manager', 'campaign.design', 'consult', 'crm_manager', NULL, 130, 'none', NULL),
	('crm_manager', 'pricing', 'consult', 'crm_manager', NULL, 140, 'none', NULL),
	('crm_manager', 'product', 'consult', 'crm_manager', NULL, 150, 'none', NULL),
	('crm_manager', 'communication.channels', 'consult', 'crm_manager', NULL, 160, 'none', NULL),
	('crm_manager', 'campaign.execution', 'inform', 'brand_manager', NULL, 170, 'none', NULL),
	('crm_manager', 'lead.strategy', 'charter', 'sales_manager', NULL, 180, 'none', NULL),
	('crm_manager', 'sales.target', 'charter', 'sales_manager', NULL, 190, 'none', NULL),
	('crm_manager', 'sales.tools', 'charter', 'sales_manager', NULL, 200, 'none', NULL),
	('crm_manager', 'ownership.transfer', 'charter', 'sales_manager', NULL, 210, 'none', NULL),
	('crm_manager', 'lead.strategy', 'inform', 'crm_manager', NULL, 220, 'none', NULL),
	('crm_manager', 'sales.target', 'inform', 'crm_manager', NULL, 230, 'none', NULL),
	('crm_manager', 'sales.tools', 'inform', 'crm_manager', NULL, 240, 'none', NULL),
	('crm_manager', 'ownership.transfer', 'inform', 'crm_manager', NULL, 250, 'none', NULL),
	('crm_manager', 'care.solution', 'charter', 'after_sales_manager', NULL, 260, 'none', NULL),
	('crm_manager', 'care.process', 'charter', 'after_sales_manager', NULL, 270, 'none', NULL),
	('crm_manager', 'goodwill', 'charter', 'after_sales_manager', NULL, 280, 'none', NULL),
	('crm_manager', 'care.solution', 'hand_over', 'crm_manager', 'after_sales_manager', 290, 'none', NULL),
	('crm_manager', 'care.solution', 'inform', 'after_sales_manager', NULL, 300, 'none', NULL),
	('crm_manager', 'care.process', 'joint', 'after_sales_manager', 'after_sales_manager', 310, 'none', NULL),
	('crm_manager', 'care.process', 'joint', 'crm_manager', 'after_sales_manager', 320, 'none', NULL),
	('crm_manager', 'goodwill', 'hand_over', 'crm_manager', 'after_sales_manager', 330, 'taken', NULL),
	('crm_manager', 'goodwill', 'joint', 'after_sales_manager', 'after_sales_manager', 340, 'beyond', NULL),
	('crm_manager', 'goodwill', 'joint', 'crm_manager', 'after_sales_manager', 350, 'beyond', NULL),
	('crm_manager', 'process.policy', 'charter', 'crm_manager', NULL, 360, 'none', NULL),
	('crm_manager', 'system.change', 'charter', 'crm_manager', NULL, 370, 'none', NULL),
	('crm_manager', 'customer.merge', 'charter', 'crm_manager', NULL, 380, 'none', NULL),
	('crm_manager', 'customer.update', 'charter', 'crm_manager', NULL, 390, 'none', NULL),
	('crm_manager', 'process.policy', 'consult', 'brand_manager', NULL, 400, 'none', NULL),
	('crm_manager', 'process.policy', 'consult', 'sales_manager', NULL, 410, 'none', NULL),
	('crm_manager', 'process.policy', 'consult', 'after_sales_manager', NULL, 420, 'none', NULL),
	('crm_manager', 'process.policy', 'consult', 'ict_manager', NULL, 430, 'none', NULL),
	('crm_manager', 'system.change', 'share', 'ict_manager', 'crm_manager', 440, 'none', NULL),
	('crm_manager', 'system.change', 'consult', 'ict_manager', NULL, 450, 'none', NULL),
	('crm_manager', 'customer.update', 'share', 'brand_manager', 'crm_manager', 460, 'none', NULL),
	('crm_manager', 'customer.update', 'share', 'sales_manager', 'crm_manager', 470, 'none', NULL),
	('crm_manager', 'customer.update', 'share', 'after_sales_manager', 'crm_manager', 480, 'none', NULL),
	('crm_manager', 'data.erase', 'charter', 'compliance_officer', NULL, 490, 'none', NULL),
	('crm_manager', 'data.export', 'charter', 'compliance_officer', NULL, 500, 'none', NULL),
	('crm_manager', 'data.erase', 'share', 'crm_manager', 'compliance_officer', 510, 'none', NULL),
	('crm_manager', 'data.export', 'share', 'crm_manager', 'compliance_officer', 520, 'none', NULL);

INSERT INTO crm_internal.operating_model_rule (model, decision, kind, position, from_position, sequence, bound, depth) VALUES
	('marketing_director', 'org.model', 'charter', 'board', NULL, 10, 'none', NULL),
	('marketing_director', 'segmentation', 'charter', 'marketing_director', NULL, 20, 'none', NULL),
	('marketing_director', 'campaign.design', 'charter', 'marketing_director', NULL, 30, 'none', NULL),
	('marketing_director', 'pricing', 'charter', 'marketing_director', NULL, 40, 'none', NULL),
	('marketing_director', 'product', 'charter', 'marketing_director', NULL, 50, 'none', NULL),
	('marketing_director', 'communication.channels', 'charter', 'marketing_director', NULL, 60, 'none', NULL),
	('marketing_director', 'campaign.execution', 'charter', 'marketing_director', NULL, 70, 'none', NULL),
	('marketing_director', 'segmentation', 'share', 'brand_manager', 'marketing_director', 80, 'none', NULL),
	('marketing_director', 'campaign.design', 'share', 'brand_manager', 'marketing_director', 90, 'none', NULL),
	('marketing_director', 'pricing', 'share', 'brand_manager', 'marketing_director', 100, 'none', NULL),
	('marketing_director', 'product', 'share', 'brand_manager', 'marketing_director', 110, 'none', NULL),
	('marketing_director', 'communication.channels', 'share', 'brand_manager', 'marketing_director', 120, 'none', NULL),
	('marketing_director', 'campaign.execution', 'share', 'brand_manager', 'marketing_director', 130, 'none', NULL),
	('marketing_director', 'lead.strategy', 'charter', 'sales_manager', NULL, 140, 'none', NULL),
	('marketing_director', 'sales.target', 'charter', 'sales_manager', NULL, 150, 'none', NULL),
	('marketing_director', 'sales.tools', 'charter', 'sales_manager', NULL, 160, 'none', NULL),
	('marketing_director', 'ownership.transfer', 'charter', 'sales_manager', NULL, 170, 'none', NULL),
	('marketing_director', 'lead.strategy', 'inform', 'marketing_director', NULL, 180, 'none', NULL),
	('marketing_director', 'sales.target', 'inform', 'marketing_director', NULL, 190, 'none', NULL),
	('marketing_director', 'sales.tools', 'inform', 'marketing_director', NULL, 200, 'none', NULL),
	('marketing_director', 'ownership.transfer', 'inform', 'marketing_director', NULL, 210, 'none', NULL),
	('marketing_director', 'care.solution', 'charter', 'marketing_director', NULL, 220, 'none', NULL),
	('marketing_director', 'care.process', 'charter', 'marketing_director', NULL, 230, 'none', NULL),
	('marketing_director', 'goodwill', 'charter', 'marketing_director', NULL, 240, 'none', NULL),
	('marketing_director', 'care.solution', 'share', 'after_sales_manager', 'marketing_director', 250, 'none', NULL),
	('marketing_director', 'goodwill', 'share', 'after_sales_manager', 'marketing_director', 260, 'needed', NULL),
	('marketing_director', 'process.policy', 'charter', 'marketing_director', NULL, 270, 'none', NULL),
	('marketing_director', 'investment', 'charter', 'marketing_director', NULL, 280, 'none', NULL),
	('marketing_director', 'system.change', 'charter', 'marketing_director', NULL, 290, 'none', NULL),
	('marketing_director', 'customer.merge', 'charter', 'marketing_director', NULL, 300, 'none', NULL),
	('marketing_director', 'customer.update', 'charter', 'marketing_director', NULL, 310, 'none', NULL),
	('marketing_director', 'system.change', 'share', 'ict_manager', 'marketing_director', 320, 'none', NULL),
	('marketing_director', 'customer.update', 'share', 'brand_manager', 'marketing_director', 330, 'none', NULL),
	('marketing_director', 'customer.update', 'share', 'sales_manager', 'marketing_director', 340, 'none', NULL),
	('marketing_director', 'customer.update', 'share', 'after_sales_manager', 'marketing_director', 350, 'none', NULL),
	('marketing_director', 'data.erase', 'charter', 'compliance_officer', NULL, 360, 'none', NULL),
	('marketing_director', 'data.export', 'charter', 'compliance_officer', NULL, 370, 'none', NULL);

INSERT INTO crm_internal.operating_model_rule (model, decision, kind, position, from_position, sequence, bound, depth) VALUES
	('crm_department', 'org.model', 'charter', 'board', NULL, 10, 'none', NULL),
	('crm_department', 'investment', 'charter', 'board', NULL, 20, 'none', NULL),
	('crm_department', 'investment', 'hand_over', 'crm_head', 'board', 30, 'needed', NULL),
	('crm_department', 'segmentation', 'charter', 'crm_head', NULL, 40, 'none', NULL),
	('crm_department', 'campaign.execution', 'charter', 'crm_head', NULL, 50, 'none', NULL),
	('crm_department', 'segmentation', 'share', 'brand_manager', 'crm_head', 60, 'none', NULL),
	('crm_department', 'campaign.design', 'charter', 'brand_manager', NULL, 70, 'none', NULL),
	('crm_department', 'pricing', 'charter', 'brand_manager', NULL, 80, 'none', NULL),
	('crm_department', 'product', 'charter', 'brand_manager', NULL, 90, 'none', NULL),
	('crm_department', 'communication.channels', 'charter', 'brand_manager', NULL, 100, 'none', NULL),
	('crm_department', 'campaign.design', 'consult', 'crm_head', NULL, 110, 'none', NULL),
	('crm_department', 'pricing', 'consult', 'crm_head', NULL, 120, 'none', NULL),
	('crm_department', 'product', 'consult', 'crm_head', NULL, 130, 'none', NULL),
	('crm_department', 'communication.channels', 'consult', 'crm_head', NULL, 140, 'none', NULL),
	('crm_department', 'lead.strategy', 'charter', 'sales_manager', NULL, 150, 'none', NULL),
	('crm_department', 'sales.target', 'charter', 'sales_manager', NULL, 160, 'none', NULL),
	('crm_department', 'sales.tools', 'charter', 'sales_manager', NULL, 170, 'none', NULL),
	('crm_department', 'ownership.transfer', 'charter', 'sales_manager', NULL, 180, 'none', NULL),
	('crm_department', 'lead.strategy', 'inform', 'crm_head', NULL, 190, 'none', NULL),
	('crm_department', 'sales.target', 'inform', 'crm_head', NULL, 200, 'none', NULL),
	('crm_department', 'sales.tools', 'inform', 'crm_head', NULL, 210, 'none', NULL),
	('crm_department', 'ownership.transfer', 'inform', 'crm_head', NULL, 220, 'none', NULL),
	('crm_department', 'care.solution', 'charter', 'after_sales_manager', NULL, 230, 'none', NULL),
	('crm_department', 'care.solution', 'joint', 'after_sales_manager', 'after_sales_manager', 240, 'none', NULL),
	('crm_department', 'care.solution', 'joint', 'crm_head', 'after_sales_manager', 250, 'none', NULL),
	('crm_department', 'care.process', 'charter', 'crm_head', NULL, 260, 'none', NULL),
	('crm_department', 'goodwill', 'charter', 'board', NULL, 270, 'none', NULL),
	('crm_department', 'goodwill', 'hand_over', 'crm_head', 'board', 280, 'taken', NULL),
	('crm_department', 'process.policy', 'charter', 'crm_head', NULL, 290, 'none', NULL),
	('crm_department', 'system.change', 'charter', 'crm_head', NULL, 300, 'none', NULL),
	('crm_department', 'customer.merge', 'charter', 'crm_head', NULL, 310, 'none', NULL),
	('crm_department', 'customer.update', 'charter', 'crm_head', NULL, 320, 'none', NULL),
	('crm_department', 'system.change', 'share', 'ict_manager', 'crm_head', 330, 'none', NULL),
	('crm_department', 'customer.update', 'share', 'brand_manager', 'crm_head', 340, 'none', NULL),
	('crm_department', 'customer.update', 'share', 'sales_manager', 'crm_head', 350, 'none', NULL),
	('crm_department', 'customer.update', 'share', 'after_sales_manager', 'crm_head', 360, 'none', NULL),
	('crm_department', 'data.erase', 'charter', 'compliance_officer', NULL, 370, 'none', NULL),
	('crm_department', 'data.export', 'charter', 'compliance_officer', NULL, 380, 'none', NULL);

INSERT INTO crm_internal.operating_model_rule (model, decision, kind, position, from_position, sequence, bound, depth) VALUES
	('sales_led', 'org.model', 'charter', 'board', NULL, 10, 'none', NULL),
	('sales_led', 'segmentation', 'charter', 'sales_manager', NULL, 20, 'none', NULL),
	('sales_led', 'campaign.execution', 'charter', 'sales_manager', NULL, 30, 'none', NULL),
	('sales_led', 'segmentation', 'share', 'brand_manager', 'sales_manager', 40, 'none', NULL),
	('sales_led', 'campaign.design', 'charter', 'brand_manager', NULL, 50, 'none', NULL),
	('sales_led', 'pricing', 'charter', 'brand_manager', NULL, 60, 'none', NULL),
	('sales_led', 'product', 'charter', 'brand_manager', NULL, 70, 'none', NULL),
	('sales_led', 'communication.channels', 'charter', 'brand_manager', NULL, 80, 'none', NULL),
	('sales_led', 'campaign.design', 'consult', 'sales_manager', NULL, 90, 'none', NULL),
	('sales_led', 'pricing', 'consult', 'sales_manager', NULL, 100, 'none', NULL),
	('sales_led', 'product', 'consult', 'sales_manager', NULL, 110, 'none', NULL),
	('sales_led', 'communication.channels', 'consult', 'sales_manager', NULL, 120, 'none', NULL),
	('sales_led', 'lead.strategy', 'charter', 'sales_manager', NULL, 130, 'none', 0),
	('sales_led', 'sales.target', 'charter', 'sales_manager', NULL, 140, 'none', 0),
	('sales_led', 'sales.tools', 'charter', 'sales_manager', NULL, 150, 'none', 0),
	('sales_led', 'ownership.transfer', 'charter', 'sales_manager', NULL, 160, 'none', NULL),
	('sales_led', 'care.solution', 'charter', 'after_sales_manager', NULL, 170, 'none', NULL),
	('sales_led', 'care.process', 'charter', 'after_sales_manager', NULL, 180, 'none', NULL),
	('sales_led', 'goodwill', 'charter', 'after_sales_manager', NULL, 190, 'none', NULL),
	('sales_led', 'care.solution', 'inform', 'sales_manager', NULL, 200, 'none', NULL),
	('sales_led', 'care.process', 'consult', 'sales_manager', NULL, 210, 'none', NULL),
	('sales_led', 'goodwill', 'consult', 'sales_manager', NULL, 220, 'none', NULL),
	('sales_led', 'process.policy', 'charter', 'sales_manager', NULL, 230, 'none', NULL),
	('sales_led', 'investment', 'charter', 'sales_manager', NULL, 240, 'none', NULL),
	('sales_led', 'system.change', 'charter', 'sales_manager', NULL, 250, 'none', NULL),
	('sales_led', 'customer.merge', 'charter', 'sales_manager', NULL, 260, 'none', NULL),
	('sales_led', 'customer.update', 'charter', 'sales_manager', NULL, 270, 'none', NULL),
	('sales_led', 'system.change', 'share', 'ict_manager', 'sales_manager', 280, 'none', NULL),
	('sales_led', 'customer.update', 'share', 'brand_manager', 'sales_manager', 290, 'none', NULL),
	('sales_led', 'customer.update', 'share', 'after_sales_manager', 'sales_manager', 300, 'none', NULL),
	('sales_led', 'data.erase', 'charter', 'compliance_officer', NULL, 310, 'none', NULL),
	('sales_led', 'data.export', 'charter', 'compliance_officer', NULL, 320, 'none', NULL);

CREATE VIEW crm.operating_models AS
	SELECT o.name AS model, o.title, r.decision, r.kind, r.position, r.from_position, r.bound,
		EXISTS (SELECT FROM crm_internal.mandate m
			WHERE m.operating_model = o.name AND m.valid_from <= pg_catalog.clock_timestamp()
				AND m.revoked_at > pg_catalog.clock_timestamp()) AS in_force
	FROM crm_internal.operating_model o
	JOIN crm_internal.operating_model_rule r ON r.model = o.name
	ORDER BY o.name, r.sequence;
COMMENT ON VIEW crm.operating_models IS 'the operating models that crm.use_operating_model() knows, one row a mandate';
COMMENT ON COLUMN crm.operating_models.model IS 'its name';
COMMENT ON COLUMN crm.operating_models.title IS 'what it is about';
COMMENT ON COLUMN crm.operating_models.decision IS 'which decision';
COMMENT ON COLUMN crm.operating_models.kind IS 'charter (accountable), hand_over (given on, the giver no longer decides), share (acts as well), joint (together only), consult, inform';
COMMENT ON COLUMN crm.operating_models.position IS 'the role that gets it; crm.use_operating_model() maps roles to positions';
COMMENT ON COLUMN crm.operating_models.from_position IS 'the role that gives it; NULL: the company';
COMMENT ON COLUMN crm.operating_models.bound IS 'what limits => {"decision": amount} does: none; taken: up to it; needed: up to it, and nothing without it; beyond: above it, and nothing without it';
COMMENT ON COLUMN crm.operating_models.in_force IS 'whether it is the one in use';
