-- charter: operating models, that is who holds which decisions from the board.

CREATE TABLE crm_internal.operating_model_rule
(
	model text NOT NULL,
	decision text NOT NULL,
	kind text NOT NULL CHECK (kind IN ('charter', 'hand_over', 'share', 'joint', 'consult', 'inform')),
	position text NOT NULL,
	from_position text,
	sequence integer NOT NULL,
	PRIMARY KEY (model, decision, kind, position)
);
COMMENT ON TABLE crm_internal.operating_model_rule IS 'the mandates that an operating model is made of; filled by the install script, the same in every database';
SELECT pg_catalog.pg_extension_config_dump('crm_internal.operating_model_rule', 'WHERE false');
