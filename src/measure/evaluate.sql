-- evaluate: how well the customers that crm found agree with a truth, in the usual figures.

-- Runs with the rights of its caller: who may read the truth and the sources of customers may compare
-- them. Counts the cells of customer x entity, so it takes as long as sorting the rows.
CREATE FUNCTION crm.evaluate(
	truth regclass,
	source_column name DEFAULT 'source',
	key_column name DEFAULT 'key',
	entity_column name DEFAULT 'entity')
RETURNS TABLE (
	records bigint,
	missing bigint,
	entities bigint,
	clusters bigint,
	true_pairs bigint,
	found_pairs bigint,
	right_pairs bigint,
	pair_precision double precision,
	pair_recall double precision,
	pair_f double precision,
	b_cubed_precision double precision,
	b_cubed_recall double precision,
	b_cubed_f double precision,
	largest_cluster bigint,
	largest_false_cluster bigint,
	largest_false_customer bigint)
LANGUAGE plpgsql STABLE PARALLEL RESTRICTED ROWS 1 COST 100000
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	twice text;
	items CONSTANT text := format(
		'SELECT t.%I::text AS source, t.%I::text AS key, t.%I::text AS entity FROM %s t WHERE t.%3$I IS NOT NULL',
		source_column, key_column, entity_column, truth);
BEGIN
	IF truth IS NULL THEN
		RAISE null_value_not_allowed USING
			MESSAGE = 'a truth must be named',
			HINT = 'Without a truth, crm.expected_errors() says what the posteriors let expect.';
	END IF;
	EXECUTE format('SELECT i.source FROM (%s) i GROUP BY i.source, i.key HAVING count(*) > 1 LIMIT 1', items) INTO twice;
	IF twice IS NOT NULL THEN
		RAISE cardinality_violation USING
			MESSAGE = format('%s names a row of %s twice', truth, twice),
			HINT = 'Each row belongs to one entity.';
	END IF;
	RETURN QUERY EXECUTE format($q$
		WITH item AS MATERIALIZED (
			SELECT t.entity, c.customer_id,
				-- a row that has no customer is one of its own
				coalesce(c.customer_id, -row_number() OVER ()) AS cluster
			FROM (%s) t
			LEFT JOIN crm.customer_source c ON c.source = t.source AND c.source_key = t.key),
		cell AS MATERIALIZED (SELECT i.cluster, i.entity, count(*) AS n FROM item i GROUP BY i.cluster, i.entity),
		cluster AS MATERIALIZED (
			SELECT c.cluster, sum(c.n)::bigint AS n, count(*) AS entities, sum(c.n * (c.n - 1) / 2)::bigint AS right_pairs
			FROM cell c GROUP BY c.cluster),
		entity AS MATERIALIZED (SELECT c.entity, sum(c.n)::bigint AS n FROM cell c GROUP BY c.entity),
		total AS (
			SELECT (SELECT count(*) FROM item) AS records,
				(SELECT count(*) FROM item i WHERE i.customer_id IS NULL) AS missing,
				(SELECT count(*) FROM entity) AS entities,
				count(*) AS clusters,
				(SELECT coalesce(sum(e.n * (e.n - 1) / 2), 0)::bigint FROM entity e) AS true_pairs,
				coalesce(sum(k.n * (k.n - 1) / 2), 0)::bigint AS found_pairs,
				coalesce(sum(k.right_pairs), 0)::bigint AS right_pairs,
				max(k.n) AS largest,
				max(k.n) FILTER (WHERE k.entities > 1) AS largest_false
			FROM cluster k),
		b_cubed AS (
			SELECT sum(c.n::float8 * c.n / k.n) AS found, sum(c.n::float8 * c.n / e.n) AS truth
			FROM cell c JOIN cluster k USING (cluster) JOIN entity e USING (entity)),
		rate AS (
			SELECT t.*,
				CASE WHEN t.found_pairs = 0 THEN 1 ELSE t.right_pairs::float8 / t.found_pairs END AS p,
				CASE WHEN t.true_pairs = 0 THEN 1 ELSE t.right_pairs::float8 / t.true_pairs END AS r,
				CASE WHEN t.records = 0 THEN 1 ELSE b.found / t.records END AS bp,
				CASE WHEN t.records = 0 THEN 1 ELSE b.truth / t.records END AS br
			FROM total t, b_cubed b)
		SELECT r.records, r.missing, r.entities, r.clusters, r.true_pairs, r.found_pairs, r.right_pairs,
			r.p, r.r, CASE WHEN r.p + r.r = 0 THEN 0 ELSE 2 * r.p * r.r / (r.p + r.r) END,
			r.bp, r.br, CASE WHEN r.bp + r.br = 0 THEN 0 ELSE 2 * r.bp * r.br / (r.bp + r.br) END,
			coalesce(r.largest, 0), coalesce(r.largest_false, 0),
			(SELECT min(k.cluster) FROM cluster k WHERE k.n = r.largest_false AND k.entities > 1)
		FROM rate r$q$, items);
END
$$;
COMMENT ON FUNCTION crm.evaluate(regclass, name, name, name) IS
	'compares customers with a truth: a table or view that says of rows (source as schema.table, key as in crm.customer_source) which entity they are. Rows of the truth that crm does not know (missing) count as customers of their own; rows that the truth does not know do not count. Pairs of rows and B-cubed (Bagga and Baldwin 1998), each with precision, recall and F; largest_false_cluster: rows of the largest customer of several entities, largest_false_customer which one it is. Exact, in the time of a sort. Errors: 21000 for a truth that names a row twice, 22004 without a truth, 42703 for a column that it has not';
REVOKE ALL ON FUNCTION crm.evaluate(regclass, name, name, name) FROM PUBLIC;
