-- blocking: which keys find candidates, what each costs and finds, and which are too common.

CREATE FUNCTION crm_internal.blocking_kinds()
RETURNS TABLE (number integer, kind text, meaning text)
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE ROWS 20
AS 'MODULE_PATHNAME', 'crm_blocking_kinds';
COMMENT ON FUNCTION crm_internal.blocking_kinds() IS 'what blocking keys are made of; number: the upper bits of the keys';
REVOKE ALL ON FUNCTION crm_internal.blocking_kinds() FROM PUBLIC;

-- Runs as the owner: what matching does is set for all, by whom the mandates say.
CREATE FUNCTION crm.set_blocking_key(kind text, enabled boolean)
RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	place bigint := (SELECT 1::bigint << k.number FROM crm_internal.blocking_kinds() k WHERE k.kind = set_blocking_key.kind);
BEGIN
	PERFORM crm_internal.take_act('process.policy', subject => format('crm.set_blocking_key(%s)', kind));
	IF place IS NULL THEN
		RAISE undefined_object USING
			MESSAGE = format('blocking key "%s" does not exist', kind),
			HINT = 'SELECT kind FROM crm.blocking_keys lists the blocking keys.';
	END IF;
	IF enabled IS NULL THEN
		RAISE null_value_not_allowed USING MESSAGE = 'a blocking key is enabled or not';
	END IF;
	INSERT INTO crm_internal.identity_clock AS c (ticks, keys_off) VALUES (1, CASE WHEN enabled THEN 0 ELSE place END)
	ON CONFLICT (only_row) DO UPDATE SET
		ticks = c.ticks + 1,
		keys_off = CASE WHEN enabled THEN c.keys_off & ~place ELSE c.keys_off | place END,
		recluster_after = CASE WHEN ((c.keys_off & place) = 0) = enabled THEN c.recluster_after
			WHEN c.model_version IS NOT NULL THEN 0 END;
END
$$;
COMMENT ON FUNCTION crm.set_blocking_key(text, boolean) IS
	'lets a kind of blocking key find candidates or not; the next crm.resolve() compares and clusters all records anew, and the customers are as if it had never been otherwise. Keys that find nothing are kept, so crm.blocking_report() says what they would find. Errors: 42704 for an unknown kind. An act under process.policy';
REVOKE ALL ON FUNCTION crm.set_blocking_key(text, boolean) FROM PUBLIC;

CREATE VIEW crm.blocking_keys AS
SELECT k.kind,
	k.meaning,
	COALESCE((c.keys_off OPERATOR(pg_catalog.>>) k.number OPERATOR(pg_catalog.&) 1::bigint) OPERATOR(pg_catalog.=) 0::bigint, true) AS enabled
FROM crm_internal.blocking_kinds() k
LEFT JOIN crm_internal.identity_clock c ON true;
COMMENT ON VIEW crm.blocking_keys IS 'kinds of blocking keys: two records that share a key are compared';
COMMENT ON COLUMN crm.blocking_keys.kind IS 'name of the kind, as crm.set_blocking_key() takes it';
COMMENT ON COLUMN crm.blocking_keys.meaning IS 'what a key of the kind is made of';
COMMENT ON COLUMN crm.blocking_keys.enabled IS 'whether it finds candidates';

-- Runs as the owner: tells counts only.
CREATE FUNCTION crm.blocking_report()
RETURNS TABLE (
	kind text,
	enabled boolean,
	keys bigint,
	pairs double precision,
	largest_block bigint,
	capped_keys bigint,
	capped_pairs double precision,
	only_pairs double precision,
	expected_recall double precision,
	only_recall double precision,
	cost_share double precision)
LANGUAGE c STABLE STRICT PARALLEL RESTRICTED ROWS 20 COST 1000000
SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS 'MODULE_PATHNAME', 'crm_blocking_report';
COMMENT ON FUNCTION crm.blocking_report() IS
	'what each kind of blocking key finds and costs, of a kind that is off: what it would. keys: distinct ones; pairs: n (n - 1) / 2 of the records of each, counted; largest_block: records of the most common key; capped_keys, capped_pairs: keys that too many records have to find anything, and the pairs that this leaves out; only_pairs: pairs that no other enabled kind finds; expected_recall: share of the expected matches that it finds; only_recall: that no other finds; cost_share: of the pairs of all enabled kinds. The last four are of a sample of customers where there are more records than maintenance_work_mem holds';
REVOKE ALL ON FUNCTION crm.blocking_report() FROM PUBLIC;

-- Runs as the owner: tells counts only.
CREATE FUNCTION crm.expected_errors()
RETURNS TABLE (
	records bigint,
	customers bigint,
	joined_pairs double precision,
	false_matches double precision,
	misses double precision,
	misses_compared double precision,
	misses_unseen double precision,
	expected_precision double precision,
	expected_recall double precision,
	expected_f double precision,
	sample double precision)
LANGUAGE c STABLE STRICT PARALLEL RESTRICTED ROWS 1 COST 1000000
SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS 'MODULE_PATHNAME', 'crm_expected_errors';
COMMENT ON FUNCTION crm.expected_errors() IS
	'errors to be expected of the customers, without a truth, from the probabilities of the model in force. joined_pairs: pairs of records of one customer; false_matches: how many of these are two; misses: pairs of one customer that were not joined: misses_compared were weighed and left apart, misses_unseen share no key, which is estimated from records that were found in one way and in two (Chao 1987). expected_precision, expected_recall, expected_f: of pairs. sample: share of the customers that was looked at, as many as maintenance_work_mem holds';
REVOKE ALL ON FUNCTION crm.expected_errors() FROM PUBLIC;

CREATE VIEW crm.capped_keys AS
SELECT k.kind,
	n.records,
	pg_catalog.concat(s.schema_name, '.', s.table_name) AS source,
	r.source_key,
	c.since
FROM crm_internal.capped_key c
JOIN crm_internal.blocking_kinds() k ON k.number::bigint OPERATOR(pg_catalog.=) (c.key OPERATOR(pg_catalog.>>) 58)
CROSS JOIN LATERAL (
	SELECT pg_catalog.count(*) AS records, pg_catalog.min(o.record_id) AS record_id
	FROM crm_internal.record_key o WHERE o.key OPERATOR(pg_catalog.=) c.key) n
JOIN crm_internal.record r ON r.record_id OPERATOR(pg_catalog.=) n.record_id
JOIN crm_internal.source s ON s.source_id OPERATOR(pg_catalog.=) r.source_id
WHERE n.records OPERATOR(pg_catalog.>) 50;
COMMENT ON VIEW crm.capped_keys IS 'blocking keys that so many records have (more than 50) that they find nothing: a mailbox of an office, a placeholder, or a name like any other. Records that share one are compared if they share another key';
COMMENT ON COLUMN crm.capped_keys.kind IS 'kind of the key (crm.blocking_keys)';
COMMENT ON COLUMN crm.capped_keys.records IS 'records that have it';
COMMENT ON COLUMN crm.capped_keys.source IS 'schema.table of one of them';
COMMENT ON COLUMN crm.capped_keys.source_key IS 'key of that row';
COMMENT ON COLUMN crm.capped_keys.since IS 'when it became so common';

-- Names, places and dates are shared by nature. What identifies alone and is shared by so many is a
-- placeholder more often than not, and somebody should know.
CREATE FUNCTION crm_internal.capped_notes()
RETURNS TABLE (check_name text, problem text, repair text)
LANGUAGE sql STABLE PARALLEL RESTRICTED
SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
	SELECT 'note: capped key',
		format('%s records share the %s of the one of %s, key %s: it finds no candidates, they are compared where they share another key',
			c.records, k.meaning, c.source, c.source_key),
		'nothing, unless it is a placeholder: then map the column without it'
	FROM crm.capped_keys c
	JOIN crm_internal.blocking_kinds() k ON k.kind = c.kind
	WHERE c.kind IN ('email', 'phone', 'identifier')
	ORDER BY c.records DESC, c.source, c.source_key
	LIMIT 20;
END;
COMMENT ON FUNCTION crm_internal.capped_notes() IS 'e-mail addresses, telephone numbers and identifiers that too many records share, the 20 most common, for crm.verify()';
REVOKE ALL ON FUNCTION crm_internal.capped_notes() FROM PUBLIC;
