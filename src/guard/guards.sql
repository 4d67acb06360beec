-- guards: what is guarded, and whether it is.

-- Runs as the owner: the registry and the triggers of tables are not everybody's to look at. Who may
-- read crm.guards learns from it names of tables and columns.
CREATE FUNCTION crm_internal.guard_states()
RETURNS TABLE (guard_id integer, state text, repair text)
LANGUAGE sql VOLATILE PARALLEL UNSAFE
SECURITY DEFINER SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
	WITH problem AS MATERIALIZED (
		SELECT f.guard_id, 1 AS rank, f.finding, f.repair
		FROM crm_internal.guard_name_findings() f
		UNION ALL
		SELECT f.guard_id, 2, f.finding, f.repair
		FROM crm_internal.guard_trigger_findings() f
		WHERE f.severity = 'bypass'
		UNION ALL
		SELECT g.guard_id, 3, p.texts[1], p.texts[2]
		FROM crm_internal.guard g
		CROSS JOIN LATERAL (SELECT crm_internal.guard_problem(g.guard_id, pg_catalog.to_regclass(g.table_name)::oid)) p (texts)
		WHERE g.dropped_at IS NULL AND p.texts IS NOT NULL
	)
	SELECT g.guard_id, COALESCE(p.finding, 'armed'), p.repair
	FROM crm_internal.guard g
	LEFT JOIN (SELECT DISTINCT ON (p.guard_id) p.* FROM problem p ORDER BY p.guard_id, p.rank, p.finding) p
		ON p.guard_id = g.guard_id
	WHERE g.dropped_at IS NULL;
END;
COMMENT ON FUNCTION crm_internal.guard_states() IS 'for each guard armed, or the first thing that is wrong with it and the statement that mends it';
REVOKE ALL ON FUNCTION crm_internal.guard_states() FROM PUBLIC;

CREATE VIEW crm.guards AS
	SELECT
		g.guard_id,
		g.table_name,
		g.decision,
		g.operations,
		g.amount,
		g.customer,
		g.customer_source,
		g.condition AS "when",
		g.columns,
		g.scope,
		g.waiting,
		g.mode,
		g.journal,
		s.state,
		s.repair,
		g.created_at
	FROM crm_internal.guard g
	JOIN crm_internal.guard_states() s ON s.guard_id OPERATOR(pg_catalog.=) g.guard_id;
COMMENT ON VIEW crm.guards IS 'guarded tables: what is a decision there, and whether the guard holds';
COMMENT ON COLUMN crm.guards.guard_id IS 'its number, for crm.change_guard() and crm.drop_guard()';
COMMENT ON COLUMN crm.guards.table_name IS 'schema and table, quoted where they must be';
COMMENT ON COLUMN crm.guards.decision IS 'the decision that a write is';
COMMENT ON COLUMN crm.guards.operations IS 'of INSERT, UPDATE, DELETE; TRUNCATE is guarded in any case';
COMMENT ON COLUMN crm.guards.amount IS 'expression over the row for the amount; NULL: none is known';
COMMENT ON COLUMN crm.guards.customer IS 'expression for the customer';
COMMENT ON COLUMN crm.guards.customer_source IS 'the source whose key customer is; NULL: it is crm''s own id';
COMMENT ON COLUMN crm.guards."when" IS 'condition; rows that do not meet it are nobody''s decision';
COMMENT ON COLUMN crm.guards.columns IS 'an UPDATE that changes one of these is a decision too';
COMMENT ON COLUMN crm.guards.scope IS 'dimension to expression';
COMMENT ON COLUMN crm.guards.waiting IS 'column to value of the state in which a row waits for approval; NULL: what may not be decided is refused';
COMMENT ON COLUMN crm.guards.mode IS 'enforce, or observe: nothing is refused, the journal shows what would have been';
COMMENT ON COLUMN crm.guards.journal IS 'row, or statement: the rows of a statement are one act';
COMMENT ON COLUMN crm.guards.state IS 'armed, or what is wrong';
COMMENT ON COLUMN crm.guards.repair IS 'the statement that mends it';
COMMENT ON COLUMN crm.guards.created_at IS 'when it was added';
