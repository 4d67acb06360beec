-- search: who is this?

-- Who has no family name of his own is found by the last word of his name. Cut, for an index has no
-- room for a text that fills pages.
CREATE INDEX customer_family_name_idx ON crm_internal.customer
	(pg_catalog.lower(pg_catalog."left"(COALESCE(family_name, pg_catalog.regexp_replace(name, '^.*\s', '')), 100)) pg_catalog.text_pattern_ops);
CREATE INDEX customer_name_idx ON crm_internal.customer
	(pg_catalog.lower(pg_catalog."left"(name, 100)) pg_catalog.text_pattern_ops);

-- Definer: readers of crm.customer gain the matching of a search line to customers, and see of each
-- only columns that crm.customer shows them anyway.
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
	source_records integer
)
LANGUAGE sql
STABLE STRICT PARALLEL UNSAFE ROWS 10 COST 1000
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
	WITH by_record AS MATERIALIZED
	(
		SELECT r.customer_id, r.weight
		FROM crm_internal.search_records(search.query, search.max_results) AS r
	),
	-- a lone word is no key: it is looked for at the beginning of names
	by_beginning AS
	(
		SELECT c.customer_id, 0::float8 AS weight
		FROM crm_internal.customer AS c
		WHERE NOT EXISTS (SELECT FROM by_record)
		AND search.query ~ '[[:alpha:]]{2}'
		AND (lower("left"(COALESCE(c.family_name, regexp_replace(c.name, '^.*\s', '')), 100)) LIKE lower(regexp_replace(trim(search.query), '([%_\\])', '\\\1', 'g')) || '%'
			OR lower("left"(c.name, 100)) LIKE lower(regexp_replace(trim(search.query), '([%_\\])', '\\\1', 'g')) || '%')
		LIMIT search.max_results
	)
	SELECT c.customer_id, s.weight, c.kind, c.name, c.email, c.phone, c.city, c.birth_date, c.source_records
	FROM (SELECT * FROM by_record UNION ALL SELECT * FROM by_beginning) AS s
	JOIN crm_internal.customer AS c ON c.customer_id = s.customer_id
	ORDER BY s.weight DESC, c.name, c.customer_id;
END;
COMMENT ON FUNCTION crm.search(text, integer) IS
	'Customers that fit a search line best first: names (typing errors allowed), e-mail, telephone (national or international), birth date, in any order. weight is in bits: every bit doubles the odds (log2 of m/u, Fellegi and Sunter 1969).';
REVOKE ALL ON FUNCTION crm.search(text, integer) FROM PUBLIC;
