-- mandate: which position may take which decision, within which limits, from whom it has that power.

CREATE SEQUENCE crm_internal.mandate_mandate_id_seq AS integer;
CREATE TABLE crm_internal.mandate
(
	mandate_id integer PRIMARY KEY DEFAULT crm_internal.take_number('crm_internal.mandate_mandate_id_seq'),
	kind text NOT NULL CHECK (kind IN ('charter', 'hand_over', 'share', 'joint', 'consult', 'inform', 'ban')),
	decision text NOT NULL,
	from_position text,
	to_position text NOT NULL,
	parent_id integer,
	joint_id integer,
	quorum integer CHECK (quorum OPERATOR(pg_catalog.>=) 2),
	amount numeric CHECK (amount OPERATOR(pg_catalog.>=) 0),
	window_amount numeric CHECK (window_amount OPERATOR(pg_catalog.>=) 0),
	window_length interval CHECK (window_length OPERATOR(pg_catalog.>) '0'),
	budget text,
	depth integer CHECK (depth OPERATOR(pg_catalog.>=) 0),
	scope jsonb NOT NULL DEFAULT '{}' CHECK (pg_catalog.jsonb_typeof(scope) OPERATOR(pg_catalog.=) 'object'),
	deadline interval CHECK (deadline OPERATOR(pg_catalog.>) '0'),
	valid_from timestamptz NOT NULL,
	valid_until timestamptz NOT NULL DEFAULT 'infinity',
	revoked_at timestamptz NOT NULL DEFAULT 'infinity',
	recorded_at timestamptz NOT NULL DEFAULT pg_catalog.clock_timestamp(),
	recorded_by text NOT NULL,
	revoked_by text,
	reason text,
	operating_model text,
	revoked_why text,
	CHECK ((window_amount IS NULL) OPERATOR(pg_catalog.=) (window_length IS NULL)),
	CHECK ((kind OPERATOR(pg_catalog.=) 'joint') OPERATOR(pg_catalog.=) (joint_id IS NOT NULL AND quorum IS NOT NULL)),
	CHECK (valid_from OPERATOR(pg_catalog.<) valid_until)
);
COMMENT ON TABLE crm_internal.mandate IS 'delegations by position; never deleted or rewritten, revoked_at ends one. amount: per decision, NULL without limit; window_amount: on one customer within window_length; depth: how often it may be passed on, NULL without limit; joint_id: the members of one joint mandate; deadline: of a consult. Written only by functions of this room';
SELECT pg_catalog.pg_extension_config_dump('crm_internal.mandate', '');
ALTER SEQUENCE crm_internal.mandate_mandate_id_seq OWNED BY crm_internal.mandate.mandate_id;
SELECT pg_catalog.pg_extension_config_dump('crm_internal.mandate_mandate_id_seq', '');
CREATE INDEX mandate_to_idx ON crm_internal.mandate (to_position);
CREATE INDEX mandate_parent_idx ON crm_internal.mandate (parent_id);

CREATE TABLE crm_internal.scope_dimension
(
	name text PRIMARY KEY,
	ancestors_function text NOT NULL
);
COMMENT ON TABLE crm_internal.scope_dimension IS 'what a mandate may be bounded by; the function(value text) returns text[]: the value and all that it lies within, or NULL where it does not exist. Filled by the install script of the rooms that own the dimension';
SELECT pg_catalog.pg_extension_config_dump('crm_internal.scope_dimension', 'WHERE false');

CREATE TABLE crm_internal.mandate_money
(
	only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
	check_function text NOT NULL,
	within_function text NOT NULL,
	dispose_function text NOT NULL
);
COMMENT ON TABLE crm_internal.mandate_money IS 'where the budgets are that mandates name, registered by the room that keeps them: check_function(budget text) raises for what is none; within_function(budget text, whole text) tells whether it is that one or a part of it; dispose_function(budget text, from_position text, subject text) raises 42501 unless the one who acts may give it to others. Filled by the install script';
SELECT pg_catalog.pg_extension_config_dump('crm_internal.mandate_money', 'WHERE false');

INSERT INTO crm_internal.decision_use (table_name, column_name, what) VALUES
	('crm_internal.act', 'decision', 'the journal'),
	('crm_internal.mandate', 'decision', 'a mandate');
INSERT INTO crm_internal.scope_dimension (name, ancestors_function) VALUES ('department', 'crm_internal.department_ancestors');
