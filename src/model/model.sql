-- model: the parameters that matching weighs by, one version after another.

CREATE TABLE crm_internal.match_model
(
	version integer PRIMARY KEY CHECK (version OPERATOR(pg_catalog.>) 0),
	made_at timestamptz NOT NULL DEFAULT pg_catalog.clock_timestamp(),
	trained boolean NOT NULL,
	records bigint NOT NULL,
	candidate_pairs bigint NOT NULL,
	random_pairs bigint NOT NULL,
	all_pairs double precision NOT NULL,
	iterations integer NOT NULL,
	converged boolean NOT NULL,
	expected_pairs double precision NOT NULL,
	by_rule double precision NOT NULL,
	odds double precision[] NOT NULL,
	m double precision[] NOT NULL,
	u double precision[] NOT NULL,
	reached double precision[] NOT NULL,
	random double precision[] NOT NULL
);
COMMENT ON TABLE crm_internal.match_model IS 'versions of the parameters of matching; a version never changes. Which one is in force stands in identity_clock; 0, the built-in one, has no row';
COMMENT ON COLUMN crm_internal.match_model.odds IS 'log2 of pairs of each other kind (match_model.h, in its order; those of organizations last) for each pair of one customer';
COMMENT ON COLUMN crm_internal.match_model.m IS 'probability of each level (match_level.h, in its order) among pairs of one customer';
COMMENT ON COLUMN crm_internal.match_model.u IS 'probability of each level among pairs of strangers';
COMMENT ON COLUMN crm_internal.match_model.reached IS 'expected pairs of one customer that reached the level in training';
COMMENT ON COLUMN crm_internal.match_model.random IS 'pairs drawn at random that reached the level in training';
SELECT pg_catalog.pg_extension_config_dump('crm_internal.match_model', '');

CREATE TABLE crm_internal.match_term
(
	version integer NOT NULL,
	key bigint NOT NULL,
	count bigint NOT NULL,
	PRIMARY KEY (version, key)
);
COMMENT ON TABLE crm_internal.match_term IS 'how many records had a frequent value when a version was trained; key: hash of kind, country and folded value (match_term.h)';
SELECT pg_catalog.pg_extension_config_dump('crm_internal.match_term', '');
