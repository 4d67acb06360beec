-- base: the two schemas. `crm` is the public face, `crm_internal` is granted to nobody.

DO $$
DECLARE
	taken text;
BEGIN
	SELECT n.nspname INTO taken FROM pg_catalog.pg_namespace AS n
	WHERE n.nspname OPERATOR(pg_catalog.=) ANY ('{crm, crm_internal}'::pg_catalog.name[])
	ORDER BY n.nspname LIMIT 1;
	IF FOUND THEN
		RAISE EXCEPTION USING
			ERRCODE = 'duplicate_schema',
			MESSAGE = pg_catalog.format('schema "%s" already exists', taken),
			DETAIL = 'The extension makes the schemas crm and crm_internal itself, so that nobody else owns them.',
			HINT = pg_catalog.format('Rename it first: ALTER SCHEMA %I RENAME TO %I.', taken,
				pg_catalog.concat(taken, '_old'));
	END IF;
END
$$;

CREATE SCHEMA crm;
COMMENT ON SCHEMA crm IS 'one customer record out of departmental tables: functions and views for people';

CREATE SCHEMA crm_internal;
COMMENT ON SCHEMA crm_internal IS 'tables and helpers of the crm extension; use the functions and views of schema crm';
REVOKE ALL ON SCHEMA crm_internal FROM PUBLIC;

-- There are no foreign keys between tables of an extension (a parallel restore would lose rows): crm.verify() looks.
CREATE FUNCTION crm_internal.lost_rows(what text, table_id regclass, column_name text, referenced_id regclass, referenced_column text)
RETURNS TABLE (check_name text, problem text, repair text)
LANGUAGE plpgsql STABLE PARALLEL SAFE ROWS 1
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	lost text := format('FROM %s l WHERE NOT EXISTS (SELECT FROM %s r WHERE r.%I = l.%I)', table_id, referenced_id, referenced_column, column_name);
	n bigint;
BEGIN
	EXECUTE 'SELECT count(*) ' || lost INTO n;
	IF n > 0 THEN
		RETURN QUERY VALUES ('reference', format('%s %s that do not exist', n, what), 'DELETE ' || lost);
	END IF;
END
$$;
COMMENT ON FUNCTION crm_internal.lost_rows(text, regclass, text, regclass, text) IS 'how many rows of a table name, in a column, rows of another one that are not there, and the statement that deletes them; what: in words, up to "that do not exist"';
REVOKE ALL ON FUNCTION crm_internal.lost_rows(text, regclass, text, regclass, text) FROM PUBLIC;
