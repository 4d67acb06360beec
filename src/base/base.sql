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
