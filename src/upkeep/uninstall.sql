-- uninstall: takes crm out of the database and leaves the departments as they were.

CREATE FUNCTION crm_internal.members()
RETURNS TABLE (classid oid, objid oid)
LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
	SELECT d.classid, d.objid
	FROM pg_catalog.pg_depend d
	JOIN pg_catalog.pg_extension e ON e.oid = d.refobjid
	WHERE d.refclassid = 'pg_catalog.pg_extension'::pg_catalog.regclass AND d.deptype = 'e' AND e.extname = 'crm';
END;
COMMENT ON FUNCTION crm_internal.members() IS 'the objects of the extension';

-- Found by function, not by registry: a trigger that was left over goes too.
CREATE FUNCTION crm_internal.departmental_triggers()
RETURNS TABLE (relation regclass, trigger_name name)
LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
	SELECT t.tgrelid, t.tgname
	FROM pg_catalog.pg_trigger t
	WHERE t.tgparentid = 0
		AND t.tgfoid IN (SELECT m.objid FROM crm_internal.members() m
			WHERE m.classid = 'pg_catalog.pg_proc'::pg_catalog.regclass)
		AND t.tgrelid NOT IN (SELECT m.objid FROM crm_internal.members() m
			WHERE m.classid = 'pg_catalog.pg_class'::pg_catalog.regclass);
END;
COMMENT ON FUNCTION crm_internal.departmental_triggers() IS 'triggers on tables of others that call functions of crm; those of a partition go with its parent''s';

-- The extension and its members, what stands in schemas of its own, and what is part of those
-- (indexes, row types, rules).
CREATE FUNCTION crm_internal.objects_of(extension name)
RETURNS TABLE (classid oid, objid oid)
LANGUAGE sql STABLE STRICT PARALLEL SAFE
BEGIN ATOMIC
	WITH RECURSIVE own (classid, objid) AS (
		SELECT e.tableoid, e.oid FROM pg_catalog.pg_extension e WHERE e.extname = objects_of.extension
		UNION
		SELECT d.classid, d.objid
		FROM own o
		JOIN pg_catalog.pg_depend d ON d.refclassid = o.classid AND d.refobjid = o.objid
		WHERE d.deptype IN ('i', 'a', 'P', 'S')
			OR (d.deptype = 'e' AND d.refclassid = 'pg_catalog.pg_extension'::pg_catalog.regclass)
			OR d.refclassid = 'pg_catalog.pg_namespace'::pg_catalog.regclass
	)
	SELECT o.classid, o.objid FROM own o;
END;
COMMENT ON FUNCTION crm_internal.objects_of(name) IS 'an extension, its members and what is part of them';

CREATE FUNCTION crm_internal.foreign_dependents()
RETURNS SETOF text
LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
	WITH own AS MATERIALIZED (SELECT o.classid, o.objid FROM crm_internal.objects_of('crm') o)
	SELECT DISTINCT pg_catalog.pg_describe_object(d.classid, d.objid, d.objsubid)
	FROM own o
	JOIN pg_catalog.pg_depend d ON d.refclassid = o.classid AND d.refobjid = o.objid
	WHERE d.deptype = 'n'
		AND NOT EXISTS (SELECT FROM own x WHERE x.classid = d.classid AND x.objid = d.objid)
		AND NOT (d.classid = 'pg_catalog.pg_trigger'::pg_catalog.regclass
			AND o.classid = 'pg_catalog.pg_proc'::pg_catalog.regclass);
END;
COMMENT ON FUNCTION crm_internal.foreign_dependents() IS 'objects of others that would break without crm';

-- Rows of one transaction have one xmin: CREATE EXTENSION crm CASCADE made both. One that was there
-- before, or that a restore made by itself, is somebody's own.
CREATE FUNCTION crm_internal.brought_along()
RETURNS SETOF name
LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
	WITH brought AS MATERIALIZED (
		SELECT e.extname
		FROM pg_catalog.pg_extension c
		JOIN pg_catalog.pg_depend r ON r.classid = c.tableoid AND r.objid = c.oid AND r.refclassid = c.tableoid
		JOIN pg_catalog.pg_extension e ON e.oid = r.refobjid AND e.xmin = c.xmin
		WHERE c.extname = 'crm'
	), own AS MATERIALIZED (
		SELECT o.classid, o.objid FROM crm_internal.objects_of('crm') o
	), its AS MATERIALIZED (
		SELECT b.extname, o.classid, o.objid FROM brought b CROSS JOIN LATERAL crm_internal.objects_of(b.extname) o
	)
	SELECT b.extname
	FROM brought b
	WHERE NOT EXISTS (
		SELECT FROM its o
		JOIN pg_catalog.pg_depend d ON d.refclassid = o.classid AND d.refobjid = o.objid
		WHERE o.extname = b.extname AND d.deptype IN ('n', 'x')
			AND NOT EXISTS (SELECT FROM own x WHERE x.classid = d.classid AND x.objid = d.objid)
			AND NOT EXISTS (SELECT FROM its x WHERE x.extname = b.extname AND x.classid = d.classid AND x.objid = d.objid));
END;
COMMENT ON FUNCTION crm_internal.brought_along() IS 'extensions that came in one transaction with crm, as it requires them, and that nobody else uses';

CREATE FUNCTION crm_internal.lock_extension() RETURNS void
	LANGUAGE c VOLATILE STRICT PARALLEL UNSAFE
	AS 'MODULE_PATHNAME', 'crm_lock_extension';
COMMENT ON FUNCTION crm_internal.lock_extension() IS 'waits until no batch of crm.resolve() runs and keeps the next from beginning';
REVOKE ALL ON FUNCTION crm_internal.lock_extension() FROM PUBLIC;

CREATE FUNCTION crm_internal.lock_tree(relation oid, again text) RETURNS void
	LANGUAGE c VOLATILE STRICT PARALLEL UNSAFE
	AS 'MODULE_PATHNAME', 'crm_lock_tree';
COMMENT ON FUNCTION crm_internal.lock_tree(oid, text) IS 'locks a table with its partitions and children for the removal of triggers, within lock_timeout or crm.lock_timeout; again: the statement that an error says to try again';
REVOKE ALL ON FUNCTION crm_internal.lock_tree(oid, text) FROM PUBLIC;

-- First what only crm uses, so that whoever still works with it keeps no department waiting; last
-- what the departments' transactions write to when they end.
CREATE FUNCTION crm_internal.lock_for_removal() RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	relation oid;
BEGIN
	PERFORM crm_internal.lock_extension();
	FOR relation IN
		SELECT l.id FROM (
			SELECT c.oid AS id, CASE WHEN c.relname IN ('source', 'pending', 'ticket', 'inline_cost') THEN 4 ELSE 1 END AS turn
			FROM pg_class c
			WHERE c.relkind IN ('r', 'p') AND c.relnamespace = 'crm_internal'::regnamespace
			UNION
			SELECT t.relation, CASE WHEN EXISTS (SELECT FROM pg_inherits i WHERE i.inhrelid = t.relation) THEN 3 ELSE 2 END
			FROM crm_internal.departmental_triggers() t) l
		ORDER BY l.turn, l.id
	LOOP
		PERFORM crm_internal.lock_tree(relation, 'SELECT * FROM crm.uninstall(dry_run => false)');
	END LOOP;
END
$$;
COMMENT ON FUNCTION crm_internal.lock_for_removal() IS 'all locks that crm.uninstall() needs, in an order in which nobody of the departments waits for long';
REVOKE ALL ON FUNCTION crm_internal.lock_for_removal() FROM PUBLIC;

CREATE FUNCTION crm.uninstall(dry_run boolean DEFAULT true)
RETURNS TABLE (statement text)
LANGUAGE plpgsql VOLATILE STRICT PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	statements text[];
	foreigners text[];
	blocked boolean;
BEGIN
	IF NOT dry_run THEN
		PERFORM crm_internal.take_act('system.change', subject => 'crm.uninstall()');
		UPDATE crm_internal.guard SET dropped_at = clock_timestamp() WHERE dropped_at IS NULL;
		PERFORM crm_internal.lock_for_removal();
	END IF;
	SELECT array_agg(format('DROP TRIGGER %I ON %s', t.trigger_name, t.relation) ORDER BY t.relation::text, t.trigger_name)
	INTO statements FROM crm_internal.departmental_triggers() t;
	SELECT array_agg(f ORDER BY f) INTO foreigners FROM crm_internal.foreign_dependents() f;
	blocked := foreigners IS NOT NULL;
	statements := statements || 'DROP EXTENSION crm CASCADE'::text
		|| ARRAY(SELECT format('DROP EXTENSION %I', b) FROM crm_internal.brought_along() b ORDER BY b);
	IF blocked AND NOT dry_run THEN
		RAISE dependent_objects_still_exist USING
			MESSAGE = 'crm cannot be removed because objects of others depend on it',
			DETAIL = array_to_string(foreigners, E'\n'),
			HINT = 'Drop or change them first; crm removes only what is its own.';
	END IF;
	RETURN QUERY SELECT 'in the way: ' || f FROM unnest(foreigners) f;
	FOREACH statement IN ARRAY statements LOOP
		IF NOT dry_run THEN
			EXECUTE statement;
		END IF;
		RETURN NEXT;
	END LOOP;
END
$$;
COMMENT ON FUNCTION crm.uninstall(boolean) IS 'lists the statements that remove crm from the database, its triggers on departmental tables first, and with dry_run => false runs them; refuses while objects of others depend on crm. The extension ltree goes too if CREATE EXTENSION crm CASCADE brought it and nobody else uses it. It waits for the batch at which crm.resolve() is, which then ends with an error, and for each table no longer than lock_timeout or crm.lock_timeout. The departments'' tables and their dump are then as before. With dry_run => false an act under system.change';
REVOKE ALL ON FUNCTION crm.uninstall(boolean) FROM PUBLIC;
