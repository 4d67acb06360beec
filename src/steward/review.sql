-- review: of which customers it is doubtful whether they are one, and the rule that a source has no duplicates of its own.

CREATE TABLE crm_internal.review_zone
(
	only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
	lower integer NOT NULL,
	upper integer NOT NULL,
	CHECK (lower OPERATOR(pg_catalog.<) upper)
);
COMMENT ON TABLE crm_internal.review_zone IS 'between which weights, in thousandths of a bit, a pair is doubtful; no row: from -4300 to 4300';
SELECT pg_catalog.pg_extension_config_dump('crm_internal.review_zone', '');

CREATE FUNCTION crm_internal.zone()
RETURNS TABLE (lower integer, upper integer)
LANGUAGE sql STABLE PARALLEL SAFE ROWS 1
BEGIN ATOMIC
	SELECT COALESCE(pg_catalog.min(z.lower), -4300), COALESCE(pg_catalog.min(z.upper), 4300) FROM crm_internal.review_zone z;
END;
COMMENT ON FUNCTION crm_internal.zone() IS 'the doubtful zone in force';
REVOKE ALL ON FUNCTION crm_internal.zone() FROM PUBLIC;

-- Runs as the owner: what is asked of people is policy.
CREATE FUNCTION crm.set_review_zone(lower double precision DEFAULT -4.3, upper double precision DEFAULT 4.3)
RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	PERFORM crm_internal.take_act('process.policy', subject => format('crm.set_review_zone(%s, %s)', lower, upper));
	IF (lower >= -5 AND lower < upper AND upper <= 7) IS NOT TRUE THEN
		RAISE invalid_parameter_value USING
			MESSAGE = format('%s to %s bits is no zone for review', COALESCE(lower::text, 'NULL'), COALESCE(upper::text, 'NULL')),
			HINT = 'Give a lower bound from -5 and a higher upper bound up to 7: 4.3 bits are a probability of 0.95, -4.3 of 0.05.';
	END IF;
	INSERT INTO crm_internal.review_zone AS z (lower, upper)
	VALUES (round(set_review_zone.lower * 1000), round(set_review_zone.upper * 1000))
	ON CONFLICT (only_row) DO UPDATE SET lower = EXCLUDED.lower, upper = EXCLUDED.upper;
END
$$;
COMMENT ON FUNCTION crm.set_review_zone(double precision, double precision) IS 'between which weights a pair is doubtful and stands in crm.review: log2 odds of one customer, -5 to 7; -4.3 to 4.3, which are probabilities of 0.05 and 0.95, unless set. An act under process.policy';
REVOKE ALL ON FUNCTION crm.set_review_zone(double precision, double precision) FROM PUBLIC;

-- Doubtful edges are few among all: the widest zone has an index.
CREATE INDEX edge_doubtful_idx ON crm_internal.edge (weight)
	WHERE weight OPERATOR(pg_catalog.>=) -5000 AND weight OPERATOR(pg_catalog.<=) 7000;

CREATE FUNCTION crm_internal.probability(weight double precision)
RETURNS double precision
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
BEGIN ATOMIC
	SELECT 1 / (1 + pg_catalog.power(2::double precision, -weight / 1000));
END;
COMMENT ON FUNCTION crm_internal.probability(double precision) IS 'of one customer, by a weight in thousandths of a bit';
REVOKE ALL ON FUNCTION crm_internal.probability(double precision) FROM PUBLIC;

-- Pairs that somebody or a rule of their source has decided. In force or overruled, they are not asked of again.
CREATE FUNCTION crm_internal.is_decided(source text, source_key text, other_source text, other_key text)
RETURNS boolean
LANGUAGE sql STABLE STRICT PARALLEL SAFE
BEGIN ATOMIC
	SELECT EXISTS (SELECT FROM crm_internal.match_verdict v
			WHERE v.withdrawn_at IS NULL AND v.source_a = is_decided.source AND v.key_a = is_decided.source_key
				AND v.source_b = is_decided.other_source AND v.key_b = is_decided.other_key)
		OR EXISTS (SELECT FROM crm_internal.match_verdict v
			WHERE v.withdrawn_at IS NULL AND v.source_a = is_decided.other_source AND v.key_a = is_decided.other_key
				AND v.source_b = is_decided.source AND v.key_b = is_decided.source_key)
		OR is_decided.source = is_decided.other_source AND EXISTS (SELECT FROM crm_internal.source s
			WHERE pg_catalog.concat(s.schema_name, '.', s.table_name) = is_decided.source AND s.parent_id IS NULL AND NOT s.own_duplicates);
END;
COMMENT ON FUNCTION crm_internal.is_decided(text, text, text, text) IS 'whether it was said of two rows that they are one customer or not';
REVOKE ALL ON FUNCTION crm_internal.is_decided(text, text, text, text) FROM PUBLIC;

-- Edges in the zone, of each sign so many of the most doubtful. Of records in one customer only if one of the two hangs in it by no better edge.
CREATE FUNCTION crm_internal.doubtful_edges(most bigint)
RETURNS TABLE (kind text, record_a bigint, record_b bigint, customer_a bigint, customer_b bigint, weight double precision, fit double precision)
LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
	SELECT CASE WHEN a.customer_id = b.customer_id THEN 'joined' ELSE 'apart' END, e.record_a, e.record_b, a.customer_id, b.customer_id,
		e.weight, e.weight
	FROM (
		-- From even odds outwards, along the index, in both directions.
		(SELECT d.record_a, d.record_b, d.weight
		FROM crm_internal.edge d
		WHERE d.weight >= -5000 AND d.weight <= 7000 AND d.weight >= 0
			AND d.weight BETWEEN (SELECT z.lower FROM crm_internal.zone() z) AND (SELECT z.upper FROM crm_internal.zone() z)
		ORDER BY d.weight
		LIMIT doubtful_edges.most)
		UNION ALL
		(SELECT d.record_a, d.record_b, d.weight
		FROM crm_internal.edge d
		WHERE d.weight >= -5000 AND d.weight <= 7000 AND d.weight < 0
			AND d.weight BETWEEN (SELECT z.lower FROM crm_internal.zone() z) AND (SELECT z.upper FROM crm_internal.zone() z)
		ORDER BY d.weight DESC
		LIMIT doubtful_edges.most)
	) e
	JOIN crm_internal.record a ON a.record_id = e.record_a
	JOIN crm_internal.record b ON b.record_id = e.record_b
	WHERE a.customer_id <> b.customer_id
		OR NOT EXISTS (SELECT FROM crm_internal.edge o JOIN crm_internal.record r ON r.record_id = o.record_b
			WHERE o.record_a = e.record_a AND r.customer_id = a.customer_id AND o.weight > (SELECT z.upper FROM crm_internal.zone() z)
			UNION ALL
			SELECT FROM crm_internal.edge o JOIN crm_internal.record r ON r.record_id = o.record_a
			WHERE o.record_b = e.record_a AND r.customer_id = a.customer_id AND o.weight > (SELECT z.upper FROM crm_internal.zone() z))
		OR NOT EXISTS (SELECT FROM crm_internal.edge o JOIN crm_internal.record r ON r.record_id = o.record_b
			WHERE o.record_a = e.record_b AND r.customer_id = a.customer_id AND o.weight > (SELECT z.upper FROM crm_internal.zone() z)
			UNION ALL
			SELECT FROM crm_internal.edge o JOIN crm_internal.record r ON r.record_id = o.record_a
			WHERE o.record_b = e.record_b AND r.customer_id = a.customer_id AND o.weight > (SELECT z.upper FROM crm_internal.zone() z))
	UNION ALL
	SELECT 'conflict', c.record_a, c.record_b, a.customer_id, a.customer_id, c.weight, c.mean
	FROM crm_internal.cluster_conflict c
	JOIN crm_internal.record a ON a.record_id = c.record_a
	JOIN crm_internal.record b ON b.record_id = c.record_b AND b.customer_id = a.customer_id;
END;
COMMENT ON FUNCTION crm_internal.doubtful_edges(bigint) IS 'pairs of records of which it is doubtful whether they are one customer, and those that customers should not hold together';
REVOKE ALL ON FUNCTION crm_internal.doubtful_edges(bigint) FROM PUBLIC;

-- One question for each two customers, by their heaviest doubtful pair.
CREATE FUNCTION crm_internal.questions(most bigint)
RETURNS TABLE (kind text, customer_id bigint, other_customer_id bigint, department text, source text, source_key text,
	other_department text, other_source text, other_key text, weight numeric, probability numeric, records bigint, expected_error numeric, statement text)
LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
	WITH banned AS MATERIALIZED (
		SELECT DISTINCT LEAST(v.customer_a, v.customer_b) AS customer_a, GREATEST(v.customer_a, v.customer_b) AS customer_b
		FROM crm_internal.verdict_pair v
		WHERE v.verdict = 'different'
	), pair AS (
		SELECT DISTINCT ON (LEAST(e.customer_a, e.customer_b), GREATEST(e.customer_a, e.customer_b))
			e.kind, e.customer_a, e.customer_b, a.department AS department, a.source, a.source_key,
			b.department AS other_department, b.source AS other_source, b.source_key AS other_key,
			e.weight, crm_internal.probability(e.fit) AS probability
		FROM crm_internal.doubtful_edges(questions.most) e
		JOIN crm_internal.record_name a ON a.record_id = e.record_a
		JOIN crm_internal.record_name b ON b.record_id = e.record_b
		WHERE NOT crm_internal.is_decided(a.source, a.source_key, b.source, b.source_key)
			AND NOT EXISTS (SELECT FROM banned n WHERE n.customer_a = LEAST(e.customer_a, e.customer_b)
				AND n.customer_b = GREATEST(e.customer_a, e.customer_b))
		ORDER BY LEAST(e.customer_a, e.customer_b), GREATEST(e.customer_a, e.customer_b), e.kind, e.weight DESC, e.record_a, e.record_b
	)
	SELECT p.kind, p.customer_a, NULLIF(p.customer_b, p.customer_a), p.department, p.source, p.source_key,
		p.other_department, p.other_source, p.other_key, pg_catalog.round((p.weight / 1000)::numeric, 3),
		pg_catalog.round(p.probability::numeric, 4), n.records,
		pg_catalog.round((p.probability * (1 - p.probability) * n.records)::numeric, 4),
		CASE
			WHEN p.kind = 'apart' THEN pg_catalog.format('SELECT crm.confirm_match(%s, %s, reason => ''...''); -- SELECT crm.reject_match(%s, %s, reason => ''...'');',
				p.customer_a, p.customer_b, p.customer_a, p.customer_b)
			ELSE pg_catalog.format('SELECT crm.confirm_match(%L, %L, %L, %L, reason => ''...''); -- SELECT crm.reject_match(%L, %L, %L, %L, reason => ''...'');',
				p.source, p.source_key, p.other_source, p.other_key, p.source, p.source_key, p.other_source, p.other_key)
		END
	FROM pair p
	CROSS JOIN LATERAL (SELECT pg_catalog.count(*) AS records FROM crm_internal.record r WHERE r.customer_id IN (p.customer_a, p.customer_b)) n;
END;
COMMENT ON FUNCTION crm_internal.questions(bigint) IS 'what crm.review asks, out of so many of the most doubtful pairs for and as many against (NULL: all)';
REVOKE ALL ON FUNCTION crm_internal.questions(bigint) FROM PUBLIC;

CREATE VIEW crm.review AS
	SELECT kind, customer_id, other_customer_id, department, source, source_key, other_department, other_source, other_key, weight, probability,
		records, expected_error, statement
	FROM crm_internal.questions(NULL)
	ORDER BY expected_error DESC, customer_id, other_customer_id;
COMMENT ON VIEW crm.review IS 'customers of whom it is doubtful whether they are one, where an answer is worth most on top. What was answered is not asked again; crm.set_review_zone() says what is doubtful';
COMMENT ON COLUMN crm.review.kind IS 'apart: two customers that may be one; joined: one customer that may be two; conflict: one customer that holds two rows which speak strongly against each other';
COMMENT ON COLUMN crm.review.customer_id IS 'the customer';
COMMENT ON COLUMN crm.review.other_customer_id IS 'the other one; NULL where they are one now';
COMMENT ON COLUMN crm.review.department IS 'department whose row it is about';
COMMENT ON COLUMN crm.review.source IS 'schema.table of that row';
COMMENT ON COLUMN crm.review.source_key IS 'its key';
COMMENT ON COLUMN crm.review.other_department IS 'department of the other row';
COMMENT ON COLUMN crm.review.other_source IS 'schema.table of the other row';
COMMENT ON COLUMN crm.review.other_key IS 'key of the other row';
COMMENT ON COLUMN crm.review.weight IS 'what the two rows say: log2 odds of one customer';
COMMENT ON COLUMN crm.review.probability IS 'that the two are one customer; of a conflict by all rows of the customer, else by these two';
COMMENT ON COLUMN crm.review.records IS 'how many rows the customers have';
COMMENT ON COLUMN crm.review.expected_error IS 'probability of yes, times that of no, times records';
COMMENT ON COLUMN crm.review.statement IS 'what to run to answer it: yes, or behind -- no';

-- Few enough to be read, found among few enough to be quick.
CREATE FUNCTION crm_internal.review_inbox(hats crm_internal.hat[], person text)
RETURNS SETOF crm_internal.inbox_entry
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	seat text;
BEGIN
	SELECT r."position" INTO seat
	FROM crm_internal.rulings(review_inbox.person, 'customer.merge', NULL, '{}', NULL) r
	WHERE r.verdict = 'allowed' AND r."position" IN (SELECT h."position" FROM unnest(hats) h)
	LIMIT 1;
	IF seat IS NULL THEN
		RETURN;
	END IF;
	RETURN QUERY
	SELECT 'review', q.customer_id, seat, 'customer.merge', q.customer_id, NULL::numeric, NULL::text,
		CASE q.kind
			WHEN 'apart' THEN format('customers %s and %s may be one: probability %s', q.customer_id, q.other_customer_id, q.probability)
			WHEN 'joined' THEN format('customer %s may be two: probability of one %s', q.customer_id, q.probability)
			ELSE format('customer %s holds rows that speak against each other: %s bits', q.customer_id, q.weight)
		END,
		NULL::timestamptz, NULL::timestamptz, q.statement
	FROM crm_internal.questions(100) q
	ORDER BY q.expected_error DESC, q.customer_id, q.other_customer_id
	LIMIT 10;
END
$$;
COMMENT ON FUNCTION crm_internal.review_inbox(crm_internal.hat[], text) IS 'the ten questions of crm.review whose answers are worth most, for whom customer.merge is his';
REVOKE ALL ON FUNCTION crm_internal.review_inbox(crm_internal.hat[], text) FROM PUBLIC;
INSERT INTO crm_internal.inbox_kind (kind, function_name) VALUES ('review', 'crm_internal.review_inbox');

-- What people said that does not hold, for others said otherwise. Told by crm.verify().
CREATE FUNCTION crm_internal.verdict_problems()
RETURNS TABLE (check_name text, problem text, repair text)
LANGUAGE sql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
	SELECT 'verdict',
		CASE p.verdict
			WHEN 'same' THEN pg_catalog.format('records %s and %s were said to be one customer (verdict %s), but others with which they were said to be one were said to be different',
				p.record_a, p.record_b, p.verdict_no)
			ELSE pg_catalog.format('records %s and %s were said to be different (verdict %s), but are one customer', p.record_a, p.record_b, p.verdict_no)
		END,
		CASE p.verdict
			WHEN 'same' THEN pg_catalog.format('SELECT crm.undo(%s)', e.event_no)
			ELSE 'CALL crm.resolve()'
		END
	FROM crm_internal.verdict_pair p
	LEFT JOIN LATERAL (SELECT pg_catalog.min(c.event_no) AS event_no FROM crm_internal.customer_event c
		WHERE c.act_no = p.act_no AND c.kind IN ('confirmed', 'rejected', 'undone')) e ON true
	WHERE (p.verdict = 'same') = (p.customer_a <> p.customer_b)
	ORDER BY p.verdict_no;
END;
COMMENT ON FUNCTION crm_internal.verdict_problems() IS 'verdicts that contradict each other, and the statement that takes one back';
REVOKE ALL ON FUNCTION crm_internal.verdict_problems() FROM PUBLIC;

-- Up to so many rows are clustered at once; of more, the next crm.resolve() takes care.
CREATE FUNCTION crm_internal.set_own_duplicates(source_id integer, allowed boolean)
RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	ids bigint[];
BEGIN
	PERFORM crm_internal.hold_identities();
	UPDATE crm_internal.source s SET own_duplicates = allowed
	WHERE s.source_id = set_own_duplicates.source_id AND s.own_duplicates <> allowed;
	IF NOT FOUND THEN
		RETURN;
	END IF;
	ids := ARRAY(SELECT r.record_id FROM crm_internal.record r WHERE r.source_id = set_own_duplicates.source_id LIMIT 10001);
	IF cardinality(ids) > 10000 THEN
		UPDATE crm_internal.identity_clock SET recluster_after = 0;
		RAISE NOTICE 'customers follow with the next CALL crm.resolve()';
	ELSE
		PERFORM crm_internal.apply_verdicts(ids, 'source rule', NULL, (crm_internal.whoami_actor())[1], NULL);
	END IF;
END
$$;
COMMENT ON FUNCTION crm_internal.set_own_duplicates(integer, boolean) IS 'the part of crm.set_source_duplicates that runs as the owner of the tables';
REVOKE ALL ON FUNCTION crm_internal.set_own_duplicates(integer, boolean) FROM PUBLIC;

-- Switches to the owner of crm's tables inside C, once the source has been found: who may execute it gains this rule.
CREATE FUNCTION crm.set_source_duplicates(source text, allowed boolean)
RETURNS void
LANGUAGE c VOLATILE STRICT PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'crm_set_source_duplicates';
COMMENT ON FUNCTION crm.set_source_duplicates(text, boolean) IS 'allowed => false: this source has no duplicates of its own, so no two of its rows are ever one customer, also not through rows of others, unless somebody said so of them; true, as it is at first, takes that back. Of up to 10,000 rows at once, of more with the next crm.resolve(). Errors: 42704 for an unknown source. An act under process.policy';
REVOKE ALL ON FUNCTION crm.set_source_duplicates(text, boolean) FROM PUBLIC;
