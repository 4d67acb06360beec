-- search: who is this?

-- Who has no family name of his own is found by the last word of his name. Cut, for an index has no
-- room for a text that fills pages.
CREATE INDEX customer_family_name_idx ON crm_internal.customer
	(pg_catalog.lower(pg_catalog."left"(COALESCE(family_name, pg_catalog.regexp_replace(name, '^.*\s', '')), 100)) pg_catalog.text_pattern_ops);
CREATE INDEX customer_name_idx ON crm_internal.customer
	(pg_catalog.lower(pg_catalog."left"(name, 100)) pg_catalog.text_pattern_ops);

-- Definer: readers of crm.customer gain the matching of a search line to customers, and see of each
-- only columns that crm.customer shows them anyway. Only indexes, whatever the planner makes of the
-- tables before they are analysed: a search reads a bounded number of rows.
CREATE FUNCTION crm.search(query text, max_results integer DEFAULT 10)
RETURNS TABLE
(
	customer_id bigint,
	weight double precision,
	kind text,
	name text,
	email text,
	phone text,
	city text,
	birth_date date,
	source_records integer,
	reason text
)
LANGUAGE sql
STABLE STRICT PARALLEL UNSAFE ROWS 10 COST 1000
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET enable_seqscan = off
SET enable_sort = off
SET jit = off
BEGIN ATOMIC
	WITH by_record AS MATERIALIZED
	(
		SELECT r.customer_id, r.weight, r.reason
		FROM crm_internal.search_records(search.query, search.max_results) AS r
	),
	asked AS
	(
		SELECT lower("left"(trim(search.query), 100)) AS beginning
		WHERE search.query ~ '[[:alpha:]]{2}'
	),
	-- what is typed so far may be the beginning of a name: from there on in the order of the index
	by_beginning AS
	(
		SELECT b.customer_id
		FROM asked
		CROSS JOIN LATERAL
		(
			(SELECT c.customer_id, lower("left"(COALESCE(c.family_name, regexp_replace(c.name, '^.*\s', '')), 100)) AS beginning
			FROM crm_internal.customer AS c
			WHERE lower("left"(COALESCE(c.family_name, regexp_replace(c.name, '^.*\s', '')), 100)) ~>=~ asked.beginning
			ORDER BY lower("left"(COALESCE(c.family_name, regexp_replace(c.name, '^.*\s', '')), 100)) USING ~<~
			LIMIT search.max_results)
			UNION ALL
			(SELECT c.customer_id, lower("left"(c.name, 100))
			FROM crm_internal.customer AS c
			WHERE lower("left"(c.name, 100)) ~>=~ asked.beginning
			ORDER BY lower("left"(c.name, 100)) USING ~<~
			LIMIT search.max_results)
		) AS b
		WHERE starts_with(b.beginning, asked.beginning)
		AND NOT EXISTS (SELECT FROM by_record AS r WHERE r.customer_id = b.customer_id)
		GROUP BY b.customer_id
	)
	SELECT c.customer_id, s.weight, c.kind, c.name, c.email, c.phone, c.city, c.birth_date, c.source_records, s.reason
	FROM
	(
		SELECT * FROM by_record
		UNION ALL
		SELECT b.customer_id, 0, 'the name begins so' FROM by_beginning AS b
	) AS s
	JOIN crm_internal.customer AS c ON c.customer_id = s.customer_id
	ORDER BY s.weight DESC, c.name, c.customer_id
	LIMIT search.max_results;
END;
COMMENT ON FUNCTION crm.search(text, integer) IS
	'Customers that fit a search line best first: names or a single word of one, e-mail, telephone (national or international), birth date, in any order, typing errors allowed. weight is in bits: every bit doubles the odds (log2 of m/u, Fellegi and Sunter 1969), without the prior; 0: a name that begins so. reason: the attributes that speak most for and against.';
REVOKE ALL ON FUNCTION crm.search(text, integer) FROM PUBLIC;

-- Definer: as above.
CREATE FUNCTION crm.search(attributes jsonb, max_results integer DEFAULT 10)
RETURNS TABLE
(
	customer_id bigint,
	weight double precision,
	kind text,
	name text,
	email text,
	phone text,
	city text,
	birth_date date,
	source_records integer,
	reason text
)
LANGUAGE sql
STABLE STRICT PARALLEL UNSAFE ROWS 10 COST 1000
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET enable_seqscan = off
SET enable_sort = off
SET jit = off
BEGIN ATOMIC
	SELECT c.customer_id, s.weight, c.kind, c.name, c.email, c.phone, c.city, c.birth_date, c.source_records, s.reason
	FROM crm_internal.search_records(search.attributes, search.max_results) AS s
	JOIN crm_internal.customer AS c ON c.customer_id = s.customer_id
	ORDER BY s.weight DESC, c.name, c.customer_id;
END;
COMMENT ON FUNCTION crm.search(jsonb, integer) IS
	'The same by attributes: {"family_name": "Smith", "phone": ["0612345678"]}. Errors: 22023 no such attribute.';
REVOKE ALL ON FUNCTION crm.search(jsonb, integer) FROM PUBLIC;
