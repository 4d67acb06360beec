-- training: the model of matching in force, its versions, and what they weigh.

CREATE FUNCTION crm_internal.train_model() RETURNS integer
LANGUAGE c
VOLATILE PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'crm_train_model';
COMMENT ON FUNCTION crm_internal.train_model() IS 'trains a model on all records, puts it in force and returns its version';
REVOKE ALL ON FUNCTION crm_internal.train_model() FROM PUBLIC;

CREATE FUNCTION crm_internal.use_model(version integer) RETURNS void
LANGUAGE c
VOLATILE STRICT PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'crm_use_model';
COMMENT ON FUNCTION crm_internal.use_model(integer) IS 'puts a version in force: the next crm.resolve() compares and clusters all records anew';
REVOKE ALL ON FUNCTION crm_internal.use_model(integer) FROM PUBLIC;

CREATE VIEW crm.match_model AS
SELECT p.version,
	(p.version OPERATOR(pg_catalog.=) coalesce((SELECT c.model_version FROM crm_internal.identity_clock c), 0)) AS in_force,
	p.attribute,
	p.level,
	p.m,
	p.u,
	pg_catalog.ln(p.m OPERATOR(pg_catalog./) p.u) OPERATOR(pg_catalog./) pg_catalog.ln(2::double precision) AS weight,
	p.reached AS expected_pairs,
	p.random AS random_pairs,
	nullif(pg_catalog.concat_ws('; ',
		CASE
			WHEN NOT p.learned OR p.version OPERATOR(pg_catalog.=) 0 THEN NULL
			WHEN (p.attribute_reached OPERATOR(pg_catalog.+) p.attribute_random) OPERATOR(pg_catalog.=) 0
				THEN 'attribute never filled in two records that were compared: built-in estimates'
			WHEN p.attribute_agrees OPERATOR(pg_catalog.>=) (0.9 OPERATOR(pg_catalog.*) p.attribute_random)
				AND p.attribute_random OPERATOR(pg_catalog.>) 0
				THEN 'attribute nearly constant: it agrees in most pairs drawn at random'
		END,
		CASE WHEN p.learned AND p.attribute_reached OPERATOR(pg_catalog.>) 0 AND p.reached OPERATOR(pg_catalog.<) 0.5
			THEN 'never observed among pairs of one customer: m rests on the built-in estimate' END,
		CASE WHEN p.learned AND p.attribute_random OPERATOR(pg_catalog.>) 0 AND p.random OPERATOR(pg_catalog.=) 0
			THEN 'never observed among pairs drawn at random: u rests on the built-in estimate' END), '') AS warning
FROM crm_internal.match_parameter p
ORDER BY p.version, p.number;
COMMENT ON VIEW crm.match_model IS 'what matching weighs by: every level that two values may reach, in every version of the model. Fellegi and Sunter (1969): a level speaks for one customer by log2(m/u) bits; m by expectation and maximisation over patterns of pairs that share a key (Dempster, Laird and Rubin 1977; Winkler 1988), u from pairs drawn at random. Against households, twins, namesakes and colleagues less of it counts: crm.match_models';
COMMENT ON COLUMN crm.match_model.version IS 'version of the model; 0: built in';
COMMENT ON COLUMN crm.match_model.in_force IS 'whether matching weighs by this version';
COMMENT ON COLUMN crm.match_model.attribute IS 'what is compared; of its levels a pair reaches one at most, and none where a value is missing';
COMMENT ON COLUMN crm.match_model.level IS 'how far two values agree';
COMMENT ON COLUMN crm.match_model.m IS 'probability of the level where two records are one customer';
COMMENT ON COLUMN crm.match_model.u IS 'probability of the level where they are strangers';
COMMENT ON COLUMN crm.match_model.weight IS 'log2(m/u), in bits: what the level says against strangers; of names and cities the frequency of the value is added (Winkler 1989)';
COMMENT ON COLUMN crm.match_model.expected_pairs IS 'pairs of one customer that reached the level in training, expected by the model; NULL: built in';
COMMENT ON COLUMN crm.match_model.random_pairs IS 'pairs drawn at random that reached the level in training; NULL: built in';
COMMENT ON COLUMN crm.match_model.warning IS 'why m or u may be wrong; NULL: nothing is known against them';

CREATE VIEW crm.match_models AS
SELECT v.version,
	(v.version OPERATOR(pg_catalog.=) coalesce((SELECT c.model_version FROM crm_internal.identity_clock c), 0)) AS in_force,
	v.made_at,
	v.records,
	v.sampled AS sampled_records,
	v.candidate_pairs,
	v.random_pairs,
	v.iterations,
	v.converged,
	v.expected_pairs,
	v.by_rule AS plain_pairs,
	pg_catalog.power(2::double precision, OPERATOR(pg_catalog.-) v.odds[1]) AS prior,
	pg_catalog.power(2::double precision, v.odds[2]) AS household,
	pg_catalog.power(2::double precision, v.odds[3]) AS twins,
	pg_catalog.power(2::double precision, v.odds[4]) AS namesakes,
	pg_catalog.power(2::double precision, v.odds[5]) AS colleagues,
	pg_catalog.power(2::double precision, OPERATOR(pg_catalog.-) v.odds[6]) AS organization_prior,
	pg_catalog.power(2::double precision, v.odds[7]) AS neighbours,
	pg_catalog.array_remove(ARRAY[
		CASE WHEN NOT v.converged THEN pg_catalog.format('not converged after %s iterations', v.iterations) END,
		CASE WHEN v.expected_pairs OPERATOR(pg_catalog.>) (10 OPERATOR(pg_catalog.*) v.by_rule)
			OR v.by_rule OPERATOR(pg_catalog.>) (10 OPERATOR(pg_catalog.*) v.expected_pairs)
			THEN pg_catalog.format('prior out of range: %s pairs of one customer expected, %s by plain rules',
				pg_catalog.round(v.expected_pairs), pg_catalog.round(v.by_rule)) END,
		CASE WHEN v.expected_pairs OPERATOR(pg_catalog.<) 20
			THEN 'hardly any pair of one customer: m rests on the built-in estimates' END,
		CASE WHEN v.odds[1] OPERATOR(pg_catalog.<) 3
			THEN 'one pair of eight or more is one customer: what strangers share cannot be learned well' END,
		'never filled: ' OPERATOR(pg_catalog.||) (SELECT pg_catalog.string_agg(DISTINCT p.attribute, ', ')
			FROM crm_internal.match_parameter p
			WHERE p.version OPERATOR(pg_catalog.=) v.version AND p.learned
				AND (p.attribute_reached OPERATOR(pg_catalog.+) p.attribute_random) OPERATOR(pg_catalog.=) 0),
		'nearly constant: ' OPERATOR(pg_catalog.||) (SELECT pg_catalog.string_agg(DISTINCT p.attribute, ', ')
			FROM crm_internal.match_parameter p
			WHERE p.version OPERATOR(pg_catalog.=) v.version AND p.learned AND p.attribute_random OPERATOR(pg_catalog.>) 0
				AND p.attribute_agrees OPERATOR(pg_catalog.>=) (0.9 OPERATOR(pg_catalog.*) p.attribute_random))
	], NULL) AS warnings
FROM (
	SELECT m.version, m.made_at, m.records, m.sampled, m.candidate_pairs, m.random_pairs, m.iterations,
		m.converged, m.expected_pairs, m.by_rule, m.odds
	FROM crm_internal.match_model m
	UNION ALL
	SELECT 0, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, crm_internal.match_odds()
) v
ORDER BY v.version;
COMMENT ON VIEW crm.match_models IS 'versions of the model of matching: how each was trained, and how many pairs of each kind it expects. crm.match_model has its levels, crm.trial_model() what another would change, crm.use_model() puts one in force';
COMMENT ON COLUMN crm.match_models.version IS '0: built in; others in the order of their making';
COMMENT ON COLUMN crm.match_models.in_force IS 'whether matching weighs by this version';
COMMENT ON COLUMN crm.match_models.made_at IS 'when it was trained; NULL: built in, and so below';
COMMENT ON COLUMN crm.match_models.records IS 'records at that time';
COMMENT ON COLUMN crm.match_models.sampled_records IS 'records whose pairs were looked at: as many as fit in maintenance_work_mem';
COMMENT ON COLUMN crm.match_models.candidate_pairs IS 'pairs that share a blocking key and were compared, two millions at most';
COMMENT ON COLUMN crm.match_models.random_pairs IS 'pairs drawn at random that were compared';
COMMENT ON COLUMN crm.match_models.iterations IS 'rounds of expectation and maximisation';
COMMENT ON COLUMN crm.match_models.converged IS 'whether the last round changed the expected pairs by less than one in ten thousand';
COMMENT ON COLUMN crm.match_models.expected_pairs IS 'pairs of one customer among all that share a key, expected by the model';
COMMENT ON COLUMN crm.match_models.plain_pairs IS 'pairs of one customer that plain rules find, divided by the share of 0.6 that they are assumed to find: where training began';
COMMENT ON COLUMN crm.match_models.prior IS 'pairs of one person for each pair of two people who are strangers';
COMMENT ON COLUMN crm.match_models.household IS 'pairs of people of a household for each pair of one person';
COMMENT ON COLUMN crm.match_models.twins IS 'pairs of twins for each pair of one person';
COMMENT ON COLUMN crm.match_models.namesakes IS 'pairs of namesakes of two generations for each pair of one person';
COMMENT ON COLUMN crm.match_models.colleagues IS 'pairs of colleagues for each pair of one person';
COMMENT ON COLUMN crm.match_models.organization_prior IS 'pairs of one organization for each pair of two organizations that are strangers';
COMMENT ON COLUMN crm.match_models.neighbours IS 'pairs of organizations in one building, or of one group, for each pair of one organization';
COMMENT ON COLUMN crm.match_models.warnings IS 'what speaks against trusting it; empty: nothing known';

-- Runs as the owner: reads the profiles of all records; what it returns are counts.
CREATE FUNCTION crm.train_model()
RETURNS TABLE (version integer, records bigint, iterations integer, expected_pairs double precision, warnings text[])
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
	made integer;
BEGIN
	PERFORM crm_internal.take_act('process.policy', subject => 'crm.train_model()');
	made := crm_internal.train_model();
	RETURN QUERY SELECT v.version, v.records, v.iterations, v.expected_pairs, v.warnings
		FROM crm.match_models v WHERE v.version = made;
END
$$;
COMMENT ON FUNCTION crm.train_model() IS 'trains a model of matching on all records, without labels, and puts it in force: the next crm.resolve() compares and clusters all anew. Returns the new version and what it says of itself; crm.match_model has the rest. The same records give the same model. Errors: 55000 where there are fewer than 500 records. An act under process.policy';
REVOKE ALL ON FUNCTION crm.train_model() FROM PUBLIC;

-- Runs as the owner: who may call it, decides by which parameters all records are matched.
CREATE FUNCTION crm.use_model(version integer)
RETURNS void
LANGUAGE plpgsql VOLATILE STRICT PARALLEL UNSAFE
SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	PERFORM crm_internal.take_act('process.policy', subject => format('crm.use_model(%s)', version));
	PERFORM crm_internal.use_model(version);
END
$$;
COMMENT ON FUNCTION crm.use_model(integer) IS 'puts an earlier version of the model of matching in force, 0 the built-in one: the next crm.resolve() compares and clusters all records anew. It stays until there are four times the records of the last training, or for good with crm.auto_train = off. Errors: 42704 for a version that does not exist. An act under process.policy';
REVOKE ALL ON FUNCTION crm.use_model(integer) FROM PUBLIC;

CREATE FUNCTION crm_internal.trial_model(version integer)
RETURNS TABLE (kind text, customers bigint[], records bigint, customers_before bigint, customers_after bigint)
LANGUAGE c
STABLE STRICT PARALLEL UNSAFE COST 1000000
AS 'MODULE_PATHNAME', 'crm_trial_model';
COMMENT ON FUNCTION crm_internal.trial_model(integer) IS 'crm.trial_model(), for all records';
REVOKE ALL ON FUNCTION crm_internal.trial_model(integer) FROM PUBLIC;

-- Runs as the owner: compares the profiles of all records; what it returns are ids and counts.
CREATE FUNCTION crm.trial_model(version integer)
RETURNS TABLE (kind text, customers bigint[], records bigint, customers_before bigint, customers_after bigint)
LANGUAGE sql STABLE STRICT PARALLEL UNSAFE COST 1000000
SECURITY DEFINER SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
	SELECT t.kind, t.customers, t.records, t.customers_before, t.customers_after
	FROM crm_internal.trial_model(version) t;
END;
COMMENT ON FUNCTION crm.trial_model(integer) IS 'what a version of the model of matching would change, without applying it: a row for each merge (several customers become one), split (one becomes several) and regroup (several become several others), with the customers concerned, how many records they have together and how many customers these are before and after; kind "all" is the total over all records. Verdicts of people count. Takes as long as comparing all records, and memory for all profiles, some 300 bytes each. Errors: 42704 for a version that does not exist';
REVOKE ALL ON FUNCTION crm.trial_model(integer) FROM PUBLIC;
