-- model: the parameters that matching weighs by, one version after another.

CREATE TABLE crm_internal.match_model
(
	version integer PRIMARY KEY CHECK (version OPERATOR(pg_catalog.>) 0),
	made_at timestamptz NOT NULL DEFAULT pg_catalog.clock_timestamp(),
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
	random double precision[] NOT NULL,
	sampled bigint NOT NULL
);
COMMENT ON TABLE crm_internal.match_model IS 'versions of the parameters of matching; a version never changes. Which one is in force stands in identity_clock; 0, the built-in one, has no row';
COMMENT ON COLUMN crm_internal.match_model.sampled IS 'records whose pairs were looked at';
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

CREATE FUNCTION crm_internal.match_levels()
RETURNS TABLE (number integer, attribute text, level text, m double precision, u double precision, learned boolean)
LANGUAGE c
IMMUTABLE PARALLEL SAFE ROWS 60
AS 'MODULE_PATHNAME', 'crm_match_levels';
COMMENT ON FUNCTION crm_internal.match_levels() IS 'the levels of matching in their order, with the built-in estimates; learned: a training bends them';
REVOKE ALL ON FUNCTION crm_internal.match_levels() FROM PUBLIC;

CREATE FUNCTION crm_internal.match_odds()
RETURNS double precision[]
LANGUAGE c
IMMUTABLE PARALLEL SAFE
AS 'MODULE_PATHNAME', 'crm_match_odds';
COMMENT ON FUNCTION crm_internal.match_odds() IS 'the built-in odds of other kinds of pairs: as match_model.odds';
REVOKE ALL ON FUNCTION crm_internal.match_odds() FROM PUBLIC;

CREATE VIEW crm_internal.match_parameter AS
SELECT x.*,
	pg_catalog.sum(x.reached) OVER attribute AS attribute_reached,
	pg_catalog.sum(x.random) OVER attribute AS attribute_random,
	pg_catalog.sum(x.random) FILTER (WHERE x.agrees) OVER attribute AS attribute_agrees
FROM (
	SELECT v.version, l.number, l.attribute, l.level, l.learned,
		l.m OPERATOR(pg_catalog.>) l.u AS agrees, p.m, p.u, p.reached, p.random
	FROM crm_internal.match_model v
	CROSS JOIN LATERAL ROWS FROM (pg_catalog.unnest(v.m), pg_catalog.unnest(v.u),
		pg_catalog.unnest(v.reached), pg_catalog.unnest(v.random)) WITH ORDINALITY AS p (m, u, reached, random, number)
	JOIN crm_internal.match_levels() l ON l.number OPERATOR(pg_catalog.=) p.number
	UNION ALL
	SELECT 0, l.number, l.attribute, l.level, l.learned, l.m OPERATOR(pg_catalog.>) l.u, l.m, l.u, NULL, NULL
	FROM crm_internal.match_levels() l
) x
WINDOW attribute AS (PARTITION BY x.version, x.attribute);
COMMENT ON VIEW crm_internal.match_parameter IS 'parameters of all versions, a row a level, with what training saw of the level and of its whole attribute; agrees: a level that speaks for one customer';
