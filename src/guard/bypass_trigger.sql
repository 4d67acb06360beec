-- bypass_trigger: what is wrong with the triggers of guards, on every table where they must stand.

CREATE FUNCTION crm_internal.guarded_relations()
RETURNS TABLE (guard_id integer, table_name text, root oid, relation oid, is_partition boolean, kind "char")
LANGUAGE sql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
	WITH RECURSIVE tree (guard_id, table_name, root, relation) AS (
		SELECT g.guard_id, g.table_name, pg_catalog.to_regclass(g.table_name)::oid, pg_catalog.to_regclass(g.table_name)::oid
		FROM crm_internal.guard g
		WHERE g.dropped_at IS NULL AND pg_catalog.to_regclass(g.table_name) IS NOT NULL
		UNION
		SELECT t.guard_id, t.table_name, t.root, i.inhrelid
		FROM tree t
		JOIN pg_catalog.pg_inherits i ON i.inhparent = t.relation
	)
	SELECT t.guard_id, t.table_name, t.root, t.relation, c.relispartition AND t.relation <> t.root, c.relkind
	FROM tree t
	JOIN pg_catalog.pg_class c ON c.oid = t.relation;
END;
COMMENT ON FUNCTION crm_internal.guarded_relations() IS 'the tables that guards stand on, their partitions and children; is_partition: row triggers of the table above are cloned to it';
REVOKE ALL ON FUNCTION crm_internal.guarded_relations() FROM PUBLIC;

-- Wanted at every DDL, so it goes up from the table, and is inlined. A table that was renamed still has the trigger.
CREATE FUNCTION crm_internal.guards_over(relation oid)
RETURNS TABLE (guard_id integer, table_name text, mode text)
LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
	WITH RECURSIVE up (relation) AS (
		SELECT guards_over.relation
		UNION
		SELECT i.inhparent FROM up u JOIN pg_catalog.pg_inherits i ON i.inhrelid = u.relation
	)
	SELECT g.guard_id, g.table_name, g.mode
	FROM crm_internal.guard g
	WHERE g.dropped_at IS NULL
		AND (EXISTS (SELECT FROM up u WHERE u.relation = pg_catalog.to_regclass(g.table_name))
			OR EXISTS (SELECT FROM up u JOIN pg_catalog.pg_trigger t ON t.tgrelid = u.relation
				WHERE t.tgfoid = pg_catalog.to_regproc('crm_internal.guard_trigger') AND t.tgtype & 3 = 1
					AND t.tgargs = pg_catalog.convert_to(g.guard_id::text, 'SQL_ASCII') || '\x00'));
END;
COMMENT ON FUNCTION crm_internal.guards_over(oid) IS 'the guards that hold for a table, be it by one that it is a part or child of';
REVOKE ALL ON FUNCTION crm_internal.guards_over(oid) FROM PUBLIC;

-- The same as guard_attach.c makes. shape is pg_trigger.tgtype: 1 row, 2 before, 4 insert, 8 delete,
-- 16 update, 32 truncate. A row that moves to another partition is deleted here and inserted there.
CREATE FUNCTION crm_internal.guard_triggers_due()
RETURNS TABLE (guard_id integer, table_name text, relation oid, is_root boolean, is_clone boolean, name text, shape integer, function_name text)
LANGUAGE sql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
	WITH seen AS (
		SELECT g.guard_id, g.waiting, (o.i OR o.u) AND (c.relkind = 'p' OR c.relispartition) AS moves, o.i, o.u, o.d
		FROM crm_internal.guard g
		JOIN pg_catalog.pg_class c ON c.oid = pg_catalog.to_regclass(g.table_name)
		CROSS JOIN LATERAL (SELECT 'INSERT' = ANY (g.operations), 'UPDATE' = ANY (g.operations), 'DELETE' = ANY (g.operations)) o (i, u, d)
		WHERE g.dropped_at IS NULL
	), kind AS (
		SELECT s.guard_id, 'crm_10_guard_' AS stem, 'guard_trigger' AS function_name,
			1 + CASE WHEN s.i OR s.moves THEN 4 ELSE 0 END + CASE WHEN s.d OR s.moves THEN 8 ELSE 0 END + CASE WHEN s.u THEN 16 ELSE 0 END AS shape
		FROM seen s
		UNION ALL
		SELECT s.guard_id, 'crm_10_guard_truncate_', 'guard_trigger', 34
		FROM seen s
		UNION ALL
		SELECT s.guard_id, 'crm_zz_waiting_', 'guard_waiting', 3 + CASE WHEN s.i THEN 4 ELSE 0 END + CASE WHEN s.u THEN 16 ELSE 0 END
		FROM seen s
		WHERE s.waiting IS NOT NULL
	)
	SELECT r.guard_id, r.table_name, r.relation, r.relation = r.root, r.is_partition AND k.shape & 1 = 1,
		pg_catalog.concat(k.stem, r.guard_id), k.shape, k.function_name
	FROM crm_internal.guarded_relations() r
	JOIN kind k ON k.guard_id = r.guard_id
	WHERE r.kind IN ('r', 'p');
END;
COMMENT ON FUNCTION crm_internal.guard_triggers_due() IS 'every trigger that a guard needs, on its table and all parts and children of it';
REVOKE ALL ON FUNCTION crm_internal.guard_triggers_due() FROM PUBLIC;

-- A trigger is recognised by what it does; its name matters to those who drop it.
CREATE FUNCTION crm_internal.guard_trigger_states()
RETURNS TABLE (guard_id integer, table_name text, relation oid, is_root boolean, is_clone boolean, name text, found text, state text, make text)
LANGUAGE sql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
	SELECT d.guard_id, d.table_name, d.relation, d.is_root, d.is_clone, d.name, t.tgname::text,
		CASE
			WHEN t.tgname IS NULL THEN 'missing'
			WHEN NOT t.fits THEN 'other'
			WHEN t.tgenabled = 'D' THEN 'disabled'
			WHEN t.tgenabled <> 'A' THEN 'not always'
			WHEN t.tgname <> d.name THEN 'renamed'
			ELSE 'fine'
		END,
		pg_catalog.format('CREATE TRIGGER %I %s %s ON %s FOR EACH %s EXECUTE FUNCTION crm_internal.%I(%L); ALTER TABLE %s ENABLE ALWAYS TRIGGER %I',
			d.name, CASE d.shape & 2 WHEN 2 THEN 'BEFORE' ELSE 'AFTER' END,
			pg_catalog.concat_ws(' OR ', CASE WHEN d.shape & 4 > 0 THEN 'INSERT' END, CASE WHEN d.shape & 16 > 0 THEN 'UPDATE' END,
				CASE WHEN d.shape & 8 > 0 THEN 'DELETE' END, CASE WHEN d.shape & 32 > 0 THEN 'TRUNCATE' END),
			d.relation::pg_catalog.regclass, CASE d.shape & 1 WHEN 1 THEN 'ROW' ELSE 'STATEMENT' END,
			d.function_name, d.guard_id, d.relation::pg_catalog.regclass, d.name)
	FROM crm_internal.guard_triggers_due() d
	LEFT JOIN LATERAL (
		SELECT p.tgname, p.tgenabled, f.fits
		FROM pg_catalog.pg_trigger p
		CROSS JOIN LATERAL (SELECT p.tgfoid = pg_catalog.to_regproc('crm_internal.' || d.function_name) AND p.tgtype = d.shape
			AND p.tgargs = pg_catalog.convert_to(d.guard_id::text, 'SQL_ASCII') || '\x00'
			AND p.tgqual IS NULL AND p.tgattr::text = '' AND p.tgconstraint = 0) f (fits)
		WHERE p.tgrelid = d.relation AND (f.fits OR p.tgname = d.name)
		ORDER BY f.fits DESC, p.tgenabled = 'A' DESC, p.tgname = d.name DESC
		LIMIT 1) t ON true;
END;
COMMENT ON FUNCTION crm_internal.guard_trigger_states() IS 'every trigger that a guard needs and how it is found: fine, missing, other (of that name, but not what crm made), disabled, not always, renamed; make: the statements that create it';
REVOKE ALL ON FUNCTION crm_internal.guard_trigger_states() FROM PUBLIC;

/*
 * What is cloned from a table above is made there. runs: crm.rearm_guards() does it. A trigger that
 * is off on a whole tree is told once for each table, and each statement mends one.
 */
CREATE FUNCTION crm_internal.guard_trigger_findings()
RETURNS TABLE (table_name text, guard_id integer, relation oid, finding text, severity text, repair text, runs boolean)
LANGUAGE sql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
	WITH states AS MATERIALIZED (
		SELECT * FROM crm_internal.guard_trigger_states()
	)
	SELECT s.table_name, s.guard_id, s.relation,
		pg_catalog.format(CASE s.state
			WHEN 'missing' THEN 'trigger %1$I of %2$s is missing'
			WHEN 'other' THEN 'trigger %1$I of %2$s is not the one that crm made'
			WHEN 'disabled' THEN 'trigger %3$I of %2$s is disabled'
			WHEN 'not always' THEN 'trigger %3$I of %2$s does not fire in every session: ENABLE ALWAYS was lost, as by a restore with --disable-triggers'
			ELSE 'trigger %1$I of %2$s is called %3$I'
		END, s.name, s.relation::pg_catalog.regclass, s.found),
		CASE s.state WHEN 'renamed' THEN 'information' ELSE 'bypass' END,
		CASE s.state
			WHEN 'missing' THEN s.make
			WHEN 'other' THEN pg_catalog.format('DROP TRIGGER %I ON %s; %s', s.found, s.relation::pg_catalog.regclass, s.make)
			WHEN 'renamed' THEN pg_catalog.format('ALTER TRIGGER %I ON %s RENAME TO %I', s.found, s.relation::pg_catalog.regclass, s.name)
			ELSE pg_catalog.format('ALTER TABLE %s ENABLE ALWAYS TRIGGER %I', s.relation::pg_catalog.regclass, s.found)
		END,
		true
	FROM states s
	WHERE s.state <> 'fine'
		AND NOT (s.is_clone AND s.state IN ('missing', 'other', 'renamed') AND EXISTS (
			SELECT FROM states above
			JOIN pg_catalog.pg_inherits i ON i.inhrelid = s.relation AND i.inhparent = above.relation
			WHERE above.guard_id = s.guard_id AND above.name = s.name AND above.state = s.state));
END;
COMMENT ON FUNCTION crm_internal.guard_trigger_findings() IS 'triggers of guards that are not as they must be, with the statements that mend them';
REVOKE ALL ON FUNCTION crm_internal.guard_trigger_findings() FROM PUBLIC;

/*
 * Rename and swap: the name leads to another table, or to none. A trigger where no guard is
 * registered was left by that, by a detached partition or by a registry that lost a row.
 */
CREATE FUNCTION crm_internal.guard_name_findings()
RETURNS TABLE (table_name text, guard_id integer, relation oid, finding text, severity text, repair text, runs boolean)
LANGUAGE sql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
	WITH stray AS (
		SELECT t.tgrelid, t.tgname, pg_catalog.rtrim(pg_catalog.encode(t.tgargs, 'escape'), '\0') AS argument, t.tgtype AS shape
		FROM pg_catalog.pg_trigger t
		WHERE t.tgfoid IN (pg_catalog.to_regproc('crm_internal.guard_trigger'), pg_catalog.to_regproc('crm_internal.guard_waiting'))
			AND t.tgparentid = 0
			AND NOT EXISTS (SELECT FROM crm_internal.guard_triggers_due() d
				WHERE d.relation = t.tgrelid
					AND t.tgargs = pg_catalog.convert_to(d.guard_id::text, 'SQL_ASCII') || '\x00')
	), lost AS (
		SELECT g.guard_id, g.table_name,
			(SELECT pg_catalog.min(s.tgrelid::bigint)::oid FROM stray s WHERE s.argument = g.guard_id::text AND s.shape & 3 = 1) AS now_at
		FROM crm_internal.guard g
		LEFT JOIN pg_catalog.pg_class c ON c.oid = pg_catalog.to_regclass(g.table_name)
		WHERE g.dropped_at IS NULL AND coalesce(c.relkind NOT IN ('r', 'p'), true)
	)
	SELECT l.table_name, l.guard_id, l.now_at,
		CASE WHEN l.now_at IS NULL THEN 'the table is gone'
			ELSE pg_catalog.format('the table is called %s now: a new one of the old name would not be guarded', l.now_at::pg_catalog.regclass) END,
		CASE WHEN l.now_at IS NULL THEN 'information' ELSE 'risk' END,
		CASE WHEN l.now_at IS NULL THEN pg_catalog.format('SELECT crm.drop_guard(%s)', l.guard_id)
			ELSE pg_catalog.format('UPDATE crm_internal.guard SET table_name = %L WHERE guard_id = %s', l.now_at::pg_catalog.regclass, l.guard_id) END,
		l.now_at IS NOT NULL
	FROM lost l
	UNION ALL
	SELECT s.tgrelid::pg_catalog.regclass::text, g.guard_id, s.tgrelid,
		CASE WHEN g.dropped_at IS NULL AND g.guard_id IS NOT NULL
			THEN pg_catalog.format('trigger %I of guard %s stands here, which guards %s: renamed and replaced, or detached from it', s.tgname, g.guard_id, g.table_name)
			WHEN g.guard_id IS NULL THEN pg_catalog.format('trigger %I belongs to guard %s, which is not registered', s.tgname, s.argument)
			ELSE pg_catalog.format('trigger %I was left by guard %s, which was dropped', s.tgname, g.guard_id) END,
		CASE WHEN g.guard_id IS NULL THEN 'bypass' ELSE 'information' END,
		pg_catalog.format('DROP TRIGGER %I ON %s', s.tgname, s.tgrelid::pg_catalog.regclass),
		g.guard_id IS NOT NULL
	FROM stray s
	LEFT JOIN crm_internal.guard g ON g.guard_id::text = s.argument
	WHERE NOT EXISTS (SELECT FROM lost l WHERE l.now_at = s.tgrelid AND l.guard_id = g.guard_id);
END;
COMMENT ON FUNCTION crm_internal.guard_name_findings() IS 'guards whose name leads to another table or to none, and triggers of guards where none is registered';
REVOKE ALL ON FUNCTION crm_internal.guard_name_findings() FROM PUBLIC;
