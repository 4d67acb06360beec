-- relation: who belongs to whom, as the departments say it of their rows, between present customers.

-- An organization of a person has the person as its contact: the second half turns those round.
CREATE VIEW crm.relation AS
SELECT
	r.customer_id,
	o.customer_id AS related_customer_id,
	COALESCE(l.relation, CASE
		WHEN c.kind = 'person' AND d.kind = 'person' THEN 'household'
		WHEN c.kind = 'person' THEN 'contact_of'
		ELSE 'parent_company' END) AS relation,
	l.since,
	l.until,
	pg_catalog.concat(s.schema_name, '.', s.table_name) AS source,
	r.source_key,
	r.changed_at
FROM crm_internal.record_link l
JOIN crm_internal.record r ON r.record_id = l.record_id
JOIN crm_internal.source s ON s.source_id = r.source_id
JOIN crm_internal.source t ON t.schema_name = l.related_schema AND t.table_name = l.related_table AND t.parent_id IS NULL
JOIN crm_internal.record o ON o.source_id = t.source_id AND o.source_key = l.related_key
JOIN crm_internal.customer c ON c.customer_id = r.customer_id
JOIN crm_internal.customer d ON d.customer_id = o.customer_id
WHERE r.customer_id <> o.customer_id
	AND (l.relation IS NOT NULL OR c.kind = 'person' OR d.kind = 'organization')
UNION ALL
SELECT
	o.customer_id,
	r.customer_id,
	'contact_of',
	l.since,
	l.until,
	pg_catalog.concat(s.schema_name, '.', s.table_name),
	r.source_key,
	r.changed_at
FROM crm_internal.record_link l
JOIN crm_internal.record r ON r.record_id = l.record_id
JOIN crm_internal.source s ON s.source_id = r.source_id
JOIN crm_internal.source t ON t.schema_name = l.related_schema AND t.table_name = l.related_table AND t.parent_id IS NULL
JOIN crm_internal.record o ON o.source_id = t.source_id AND o.source_key = l.related_key
JOIN crm_internal.customer c ON c.customer_id = r.customer_id
JOIN crm_internal.customer d ON d.customer_id = o.customer_id
WHERE l.relation IS NULL AND c.kind = 'organization' AND d.kind = 'person';
COMMENT ON VIEW crm.relation IS 'who belongs to whom, one row for each departmental row that says so (belongs_to of crm.add_source), between the customers that its rows are now';
COMMENT ON COLUMN crm.relation.customer_id IS 'the customer that is contact of, parent-owned by or in one household with the other';
COMMENT ON COLUMN crm.relation.related_customer_id IS 'the customer that it belongs to';
COMMENT ON COLUMN crm.relation.relation IS 'what the source names; where it names nothing contact_of (a person of an organization), parent_company (an organization of another) or household (a person of another)';
COMMENT ON COLUMN crm.relation.since IS 'first day; NULL: not known';
COMMENT ON COLUMN crm.relation.until IS 'last day; NULL: it goes on';
COMMENT ON COLUMN crm.relation.source IS 'schema.table of the row that says so';
COMMENT ON COLUMN crm.relation.source_key IS 'key of the row that says so';
COMMENT ON COLUMN crm.relation.changed_at IS 'when that row last changed, as far as its source says';

-- One step from a customer: what its own rows say, and what rows of others say of them. OFFSET 0 keeps
-- each look-up to its index: before the first ANALYZE nothing is known of how many rows there are. Not
-- STRICT, or it would not become part of the query that calls it.
CREATE FUNCTION crm_internal.next_related(customer bigint)
RETURNS TABLE (id bigint, relation text, way text, since date, until date)
LANGUAGE sql STABLE PARALLEL SAFE ROWS 10
BEGIN ATOMIC
	SELECT
		s.other,
		COALESCE(s.relation, CASE
			WHEN k.mine = 'person' AND k.theirs = 'person' THEN 'household'
			WHEN k.mine = 'organization' AND k.theirs = 'organization' THEN 'parent_company'
			ELSE 'contact_of' END),
		CASE
			WHEN s.relation IS NULL AND k.mine <> k.theirs THEN CASE k.mine WHEN 'person' THEN 'outgoing' ELSE 'incoming' END
			WHEN s.says THEN 'outgoing'
			ELSE 'incoming' END,
		s.since,
		s.until
	FROM (
		SELECT true AS says, o.customer_id AS other, l.relation, l.since, l.until
		FROM (SELECT r.record_id FROM crm_internal.record r WHERE r.customer_id = next_related.customer OFFSET 0) r
		CROSS JOIN LATERAL (SELECT * FROM crm_internal.record_link l WHERE l.record_id = r.record_id OFFSET 0) l
		JOIN crm_internal.source t ON t.schema_name = l.related_schema AND t.table_name = l.related_table AND t.parent_id IS NULL
		CROSS JOIN LATERAL (SELECT o.customer_id FROM crm_internal.record o
			WHERE o.source_id = t.source_id AND o.source_key = l.related_key OFFSET 0) o
		UNION ALL
		SELECT false, r.customer_id, l.relation, l.since, l.until
		FROM (SELECT o.source_id, o.source_key FROM crm_internal.record o WHERE o.customer_id = next_related.customer OFFSET 0) o
		JOIN crm_internal.source t ON t.source_id = o.source_id
		CROSS JOIN LATERAL (SELECT * FROM crm_internal.record_link l
			WHERE l.related_schema = t.schema_name AND l.related_table = t.table_name AND l.related_key = o.source_key OFFSET 0) l
		CROSS JOIN LATERAL (SELECT r.customer_id FROM crm_internal.record r WHERE r.record_id = l.record_id OFFSET 0) r
	) s
	CROSS JOIN LATERAL (
		SELECT m.kind AS mine, c.kind AS theirs
		FROM crm_internal.customer m CROSS JOIN crm_internal.customer c
		WHERE m.customer_id = next_related.customer AND c.customer_id = s.other
		OFFSET 0
	) k
	WHERE s.other <> next_related.customer;
END;
COMMENT ON FUNCTION crm_internal.next_related(bigint) IS 'what crm.relation says of one customer, seen from it: the other one, and whether the relation goes out to it or comes in from it';
REVOKE ALL ON FUNCTION crm_internal.next_related(bigint) FROM PUBLIC;

-- Runs as the owner: who may call it sees the relations of any customer, which the view shows. The
-- settings keep every step on the indexes: how few customers a step has cannot be known beforehand.
CREATE FUNCTION crm.related(customer bigint, kind text DEFAULT NULL, max_depth integer DEFAULT 1, at date DEFAULT CURRENT_DATE)
RETURNS TABLE
(
	customer_id bigint,
	relation text,
	direction text,
	depth integer,
	since date,
	until date
)
LANGUAGE plpgsql STABLE PARALLEL RESTRICTED ROWS 20 COST 1000
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET enable_seqscan = off
SET enable_hashjoin = off
SET enable_mergejoin = off
SET jit = off
SET plan_cache_mode = force_generic_plan
AS $$
DECLARE
	reached bigint[] := ARRAY[crm.current_customer(customer)];
	visited bigint[] := reached;
	-- by which way each of reached was: outgoing, incoming, mixed; NULL at the start
	ways text[] := ARRAY[NULL::text];
	ids bigint[];
	kinds text[];
	first_days date[];
	last_days date[];
BEGIN
	IF max_depth IS NULL OR max_depth NOT BETWEEN 1 AND 10 THEN
		RAISE invalid_parameter_value USING
			MESSAGE = format('max_depth is %s', COALESCE(max_depth::text, 'NULL')),
			HINT = 'Give a number from 1 to 10.';
	END IF;
	FOR step IN 1 .. max_depth LOOP
		SELECT array_agg(g.id), array_agg(g.relation), array_agg(g.way), array_agg(g.since), array_agg(g.until)
		INTO ids, kinds, ways, first_days, last_days
		FROM (
			SELECT n.id, n.relation, min(n.since) AS since, CASE WHEN bool_and(n.until IS NOT NULL) THEN max(n.until) END AS until,
				CASE WHEN min(COALESCE(w.way, n.way)) = n.way AND max(COALESCE(w.way, n.way)) = n.way THEN n.way ELSE 'mixed' END AS way
			FROM ROWS FROM (unnest(reached), unnest(ways)) w (id, way)
			CROSS JOIN LATERAL crm_internal.next_related(w.id) n
			WHERE n.id NOT IN (SELECT v FROM unnest(visited) v)
				AND (kind IS NULL OR n.relation = kind)
				AND (at IS NULL OR (COALESCE(n.since <= at, true) AND COALESCE(n.until >= at, true)))
			GROUP BY n.id, n.relation, n.way
			ORDER BY n.id, n.relation COLLATE "C", n.way COLLATE "C") g;
		EXIT WHEN ids IS NULL;
		RETURN QUERY
		SELECT f.id, f.relation, f.way, step, f.since, f.until
		FROM ROWS FROM (unnest(ids), unnest(kinds), unnest(ways), unnest(first_days), unnest(last_days)) f (id, relation, way, since, until);
		SELECT array_agg(f.id), array_agg(f.way) INTO reached, ways
		FROM (
			SELECT u.id, CASE WHEN min(u.way) = max(u.way) THEN min(u.way) ELSE 'mixed' END AS way
			FROM ROWS FROM (unnest(ids), unnest(ways)) u (id, way)
			GROUP BY u.id) f;
		visited := visited || reached;
	END LOOP;
END
$$;
COMMENT ON FUNCTION crm.related(bigint, text, integer, date) IS 'the customers that a customer, whose id may be an old one, stands in relation to, and theirs, up to max_depth (1 to 10; else 22023) steps away, each at its shortest distance. kind: only by that relation; at: only relations that hold on that day, NULL: ended and future ones too. direction: outgoing when the customer is contact of, or a part of, the one that is named, incoming when that one is of it, mixed when the steps to it, or the ways, differ. since and until: the earliest day and the last one (NULL: it goes on) that any source names';
REVOKE ALL ON FUNCTION crm.related(bigint, text, integer, date) FROM PUBLIC;
