-- verify: whether what crm keeps agrees with itself, and whether somebody changed its tables.
-- Last in the install script: it notes what every table looks like.

CREATE VIEW crm_internal.part AS
SELECT c.oid::regclass::text AS relation, 'column'::text AS kind, a.attname::text AS name
FROM pg_catalog.pg_class c
JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid
WHERE c.relnamespace IN ('crm'::regnamespace, 'crm_internal'::regnamespace)
	AND c.relkind IN ('r', 'p', 'v', 'm') AND a.attnum > 0 AND NOT a.attisdropped
UNION ALL
SELECT i.indrelid::regclass::text, 'index', x.relname::text
FROM pg_catalog.pg_index i
JOIN pg_catalog.pg_class x ON x.oid = i.indexrelid
WHERE x.relnamespace IN ('crm'::regnamespace, 'crm_internal'::regnamespace)
UNION ALL
SELECT t.tgrelid::regclass::text, 'trigger', t.tgname::text
FROM pg_catalog.pg_trigger t
JOIN pg_catalog.pg_class c ON c.oid = t.tgrelid
WHERE c.relnamespace IN ('crm'::regnamespace, 'crm_internal'::regnamespace) AND NOT t.tgisinternal
UNION ALL
SELECT p.polrelid::regclass::text, 'policy', p.polname::text
FROM pg_catalog.pg_policy p
JOIN pg_catalog.pg_class c ON c.oid = p.polrelid
WHERE c.relnamespace IN ('crm'::regnamespace, 'crm_internal'::regnamespace)
UNION ALL
SELECT r.ev_class::regclass::text, 'rule', r.rulename::text
FROM pg_catalog.pg_rewrite r
JOIN pg_catalog.pg_class c ON c.oid = r.ev_class
WHERE c.relnamespace IN ('crm'::regnamespace, 'crm_internal'::regnamespace) AND r.rulename <> '_RETURN';
COMMENT ON VIEW crm_internal.part IS 'columns, indexes, triggers, policies and rules of the relations of crm, as they are';

CREATE TABLE crm_internal.manifest
(
	relation text NOT NULL,
	kind text NOT NULL,
	name text NOT NULL,
	PRIMARY KEY (relation, kind, name)
);
COMMENT ON TABLE crm_internal.manifest IS 'the parts that the install or update script made; not dumped, as CREATE EXTENSION makes it anew';
SELECT pg_catalog.pg_extension_config_dump('crm_internal.manifest', 'WHERE false');

CREATE FUNCTION crm_internal.note_manifest()
RETURNS void
LANGUAGE sql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
	DELETE FROM crm_internal.manifest;
	INSERT INTO crm_internal.manifest (relation, kind, name)
		SELECT p.relation, p.kind, p.name FROM crm_internal.part p;
END;
COMMENT ON FUNCTION crm_internal.note_manifest() IS 'called at the end of the install script and of each update script';
REVOKE ALL ON FUNCTION crm_internal.note_manifest() FROM PUBLIC;

CREATE FUNCTION crm_internal.foreign_parts()
RETURNS TABLE (check_name text, problem text, repair text)
LANGUAGE sql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
	SELECT 'foreign ' || p.kind,
		pg_catalog.format('%s %s of %s is not of crm: a dump does not keep it or an update may fail', p.kind, p.name, p.relation),
		CASE p.kind
			WHEN 'column' THEN pg_catalog.format('ALTER TABLE %s DROP COLUMN %I', p.relation, p.name)
			WHEN 'index' THEN pg_catalog.format('DROP INDEX %s.%I', pg_catalog.split_part(p.relation, '.', 1), p.name)
			ELSE pg_catalog.format('DROP %s %I ON %s', pg_catalog.upper(p.kind), p.name, p.relation)
		END
	FROM crm_internal.part p
	WHERE p.relation IN (SELECT m.relation FROM crm_internal.manifest m)
		AND NOT EXISTS (SELECT FROM crm_internal.manifest m
			WHERE m.relation = p.relation AND m.kind = p.kind AND m.name = p.name)
	UNION ALL
	SELECT 'missing ' || m.kind,
		pg_catalog.format('%s %s of %s is gone', m.kind, m.name, m.relation),
		'restore it from the install script of this version, or dump and restore the database'
	FROM crm_internal.manifest m
	WHERE NOT EXISTS (SELECT FROM crm_internal.part p
		WHERE p.relation = m.relation AND p.kind = m.kind AND p.name = m.name);
END;
COMMENT ON FUNCTION crm_internal.foreign_parts() IS 'how the relations of crm differ from what its script made';

CREATE FUNCTION crm_internal.broken_references()
RETURNS TABLE (check_name text, problem text, repair text)
LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
	SELECT 'reference', pg_catalog.format('record %s belongs to source %s, which does not exist', r.record_id, r.source_id),
		pg_catalog.format('DELETE FROM crm_internal.record WHERE record_id = %s; CALL crm.resolve()', r.record_id)
	FROM crm_internal.record r
	WHERE NOT EXISTS (SELECT FROM crm_internal.source s WHERE s.source_id = r.source_id)
	UNION ALL
	SELECT 'reference', pg_catalog.format('record %s belongs to customer %s, which does not answer for itself', r.record_id, r.customer_id),
		pg_catalog.format('UPDATE crm_internal.customer_identity SET merged_into = NULL, ended_at = NULL WHERE customer_id = %s', r.customer_id)
	FROM crm_internal.record r
	WHERE r.customer_id IS NOT NULL
		AND NOT EXISTS (SELECT FROM crm_internal.customer_identity i
			WHERE i.customer_id = r.customer_id AND i.merged_into IS NULL AND i.ended_at IS NULL)
	UNION ALL
	SELECT 'reference', pg_catalog.format('customer %s is merged into %s, which was never given', i.customer_id, i.merged_into),
		pg_catalog.format('UPDATE crm_internal.customer_identity SET merged_into = NULL, ended_at = pg_catalog.now() WHERE customer_id = %s', i.customer_id)
	FROM crm_internal.customer_identity i
	WHERE i.merged_into IS NOT NULL
		AND NOT EXISTS (SELECT FROM crm_internal.customer_identity o WHERE o.customer_id = i.merged_into)
	UNION ALL
	SELECT l.check_name, l.problem, l.repair
	FROM (VALUES
		('relations belong to records', 'crm_internal.record_link'::regclass, 'record_id', 'crm_internal.record'::regclass, 'record_id'),
		('matching keys belong to records', 'crm_internal.record_key', 'record_id', 'crm_internal.record', 'record_id'),
		('edges begin at records', 'crm_internal.edge', 'record_a', 'crm_internal.record', 'record_id'),
		('edges end at records', 'crm_internal.edge', 'record_b', 'crm_internal.record', 'record_id'),
		('conflicts are between records', 'crm_internal.cluster_conflict', 'record_a', 'crm_internal.record', 'record_id'),
		('conflicts are with records', 'crm_internal.cluster_conflict', 'record_b', 'crm_internal.record', 'record_id'),
		('history rows hold values of records', 'crm_internal.customer_history', 'record_id', 'crm_internal.record', 'record_id'),
		('pending rows belong to sources', 'crm_internal.pending', 'source_id', 'crm_internal.source', 'source_id'),
		('row errors belong to sources', 'crm_internal.pending_error', 'source_id', 'crm_internal.source', 'source_id'),
		('costs were measured of sources', 'crm_internal.source_cost', 'source_id', 'crm_internal.source', 'source_id')
	) r (what, table_id, column_name, referenced_id, referenced_column)
	CROSS JOIN LATERAL crm_internal.lost_rows(r.what, r.table_id, r.column_name, r.referenced_id, r.referenced_column) l
	UNION ALL
	SELECT 'reference', pg_catalog.format('preset %s was applied to source %s, which does not exist', u.preset, u.source_id),
		pg_catalog.format('DELETE FROM crm_internal.preset_use WHERE source_id = %s', u.source_id)
	FROM crm_internal.preset_use u
	WHERE NOT EXISTS (SELECT FROM crm_internal.source s WHERE s.source_id = u.source_id AND s.role = 's')
	UNION ALL
	SELECT 'reference', pg_catalog.format('detail or lookup %s (%s.%s) hangs on %s, which does not exist', p.source_id, p.schema_name, p.table_name, p.parent_id),
		pg_catalog.format('DELETE FROM crm_internal.source WHERE source_id = %s', p.source_id)
	FROM crm_internal.source p
	WHERE p.parent_id IS NOT NULL
		AND NOT EXISTS (SELECT FROM crm_internal.source s WHERE s.source_id = p.parent_id
			AND coalesce(s.root_id, s.source_id) = p.root_id)
	UNION ALL
	SELECT 'source', pg_catalog.format('source %s.%s of department "%s", which does not exist', s.schema_name, s.table_name, s.department),
		pg_catalog.format('SELECT crm.add_department(%L)', s.department)
	FROM crm_internal.source s
	WHERE NOT EXISTS (SELECT FROM crm_internal.department d WHERE d.name = s.department)
	UNION ALL
	SELECT 'guard', pg_catalog.format('guard %s on %s is of decision "%s", which does not exist', g.guard_id, g.table_name, g.decision),
		pg_catalog.format('SELECT crm.add_decision(%L)', g.decision)
	FROM crm_internal.guard g
	WHERE g.dropped_at IS NULL AND NOT EXISTS (SELECT FROM crm_internal.decision d WHERE d.code::text = g.decision)
	UNION ALL
	SELECT 'guard', pg_catalog.format('guard %s on %s finds its customers in %s, which is no source', g.guard_id, g.table_name, g.customer_source),
		pg_catalog.format('SELECT crm.change_guard(%s, customer => %L)', g.guard_id, '')
	FROM crm_internal.guard g
	WHERE g.dropped_at IS NULL AND g.customer_source IS NOT NULL
		AND NOT EXISTS (SELECT FROM crm_internal.source s
			WHERE s.parent_id IS NULL AND pg_catalog.concat(s.schema_name, '.', s.table_name) = g.customer_source);
END;
COMMENT ON FUNCTION crm_internal.broken_references() IS 'references between tables of crm that lead nowhere';
REVOKE ALL ON FUNCTION crm_internal.broken_references() FROM PUBLIC;

-- Runs as the owner: reads all of crm; tells ids and names of objects, never values.
CREATE FUNCTION crm.verify()
RETURNS TABLE (check_name text, problem text, repair text)
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	ids bigint[];
	wrong bigint;
	after bigint := 0;
BEGIN
	RETURN QUERY SELECT r.check_name, r.problem, r.repair FROM crm_internal.broken_references() r;
	RETURN QUERY SELECT o.check_name, o.problem, o.repair FROM crm_internal.broken_organization() o;
	RETURN QUERY SELECT m.check_name, m.problem, m.repair FROM crm_internal.broken_mandates() m;
	RETURN QUERY SELECT q.check_name, q.problem, q.repair FROM crm_internal.broken_requests() q;
	RETURN QUERY SELECT f.check_name, f.problem, f.repair FROM crm_internal.foreign_parts() f;
	RETURN QUERY SELECT j.check_name, j.problem, j.repair FROM crm_internal.journal_problems() j;
	RETURN QUERY SELECT b.check_name, b.problem, b.repair FROM crm_internal.budget_problems() b;
	RETURN QUERY SELECT 'guard ' || g.severity, concat_ws(': ', g.table_name, g.finding), g.repair
		FROM crm_internal.guard_findings() g WHERE g.severity <> 'information' ORDER BY 1, 2;
	RETURN QUERY SELECT v.check_name, v.problem, v.repair FROM crm_internal.verdict_problems() v;
	RETURN QUERY SELECT 'oversize component',
		format('%s records like the one of %s.%s, key %s, match each other: they were left apart', o.records,
			s.schema_name, s.table_name, r.source_key),
		format('SELECT crm.change_source(%L, map => ''{...}'') -- without the value that they share', s.schema_name || '.' || s.table_name)
		FROM crm_internal.oversize_component o
		JOIN crm_internal.record r ON r.record_id = o.record_id
		JOIN crm_internal.source s ON s.source_id = r.source_id
		ORDER BY o.record_id;
	RETURN QUERY SELECT n.check_name, n.problem, n.repair FROM crm_internal.capped_notes() n;
	LOOP
		SELECT array_agg(due.customer_id) INTO ids FROM (
			(SELECT c.customer_id FROM crm_internal.customer c WHERE c.customer_id > after ORDER BY c.customer_id LIMIT 5000)
			UNION
			(SELECT DISTINCT r.customer_id FROM crm_internal.record r WHERE r.customer_id > after ORDER BY r.customer_id LIMIT 5000)
			ORDER BY 1 LIMIT 5000) due;
		EXIT WHEN ids IS NULL;
		after := ids[cardinality(ids)];
		FOREACH wrong IN ARRAY crm_internal.refresh_customers(ids, true) LOOP
			check_name := 'golden record';
			problem := format('the golden record of customer %s is not what its rows and rules give', wrong);
			repair := format('SELECT crm_internal.refresh_customers(''{%s}'')', wrong);
			RETURN NEXT;
		END LOOP;
	END LOOP;
END
$$;
COMMENT ON FUNCTION crm.verify() IS 'what is wrong with crm''s own data and tables, each with the statement that repairs it: references between its tables, golden records against a recomputation, columns, indexes, triggers, policies and rules that others put on its tables, a journal that could be changed, budgets against their ledger, verdicts of people that contradict each other, records that match in too great a number to be one customer, and what crm.verify_guards() finds. No row: all is well';
REVOKE ALL ON FUNCTION crm.verify() FROM PUBLIC;

SELECT crm_internal.note_manifest();
