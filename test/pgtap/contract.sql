-- What holds for every object of the extension: comments, privileges, search paths, dump.
BEGIN;
SELECT plan(15);

CREATE TEMPORARY VIEW member AS
SELECT d.classid, d.objid FROM pg_depend AS d
JOIN pg_extension AS e ON d.refclassid = 'pg_extension'::regclass AND d.refobjid = e.oid
WHERE d.deptype = 'e' AND e.extname = 'crm';

CREATE TEMPORARY VIEW member_relation AS
SELECT c.oid, c.oid::regclass::text AS name, c.relkind, c.relacl, c.relowner, n.nspname
FROM member AS m JOIN pg_class AS c ON m.classid = 'pg_class'::regclass AND m.objid = c.oid
JOIN pg_namespace AS n ON n.oid = c.relnamespace;

CREATE TEMPORARY VIEW member_routine AS
SELECT p.oid, p.oid::regprocedure::text AS name, n.nspname, p.proname, p.prosecdef, p.proconfig,
	EXISTS (SELECT FROM aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) AS a
		WHERE a.grantee = 0 AND a.privilege_type = 'EXECUTE') AS is_public
FROM member AS m JOIN pg_proc AS p ON m.classid = 'pg_proc'::regclass AND m.objid = p.oid
JOIN pg_namespace AS n ON n.oid = p.pronamespace;

-- Routines of schema crm that everybody may execute: they tell nothing about customers.
CREATE TEMPORARY TABLE public_routine (name) AS VALUES ('parse_phone'), ('is_valid_phone'), ('lookup');

-- Tables that are empty outside a transaction: not for a dump.
CREATE TEMPORARY TABLE undumped (name) AS VALUES ('crm_internal.ticket');

SELECT is_empty($$SELECT name FROM member_routine
	WHERE nspname = 'crm' AND obj_description(oid, 'pg_proc') IS NULL$$,
	'every routine of schema crm has a comment');
SELECT is_empty($$SELECT name FROM member_relation
	WHERE relkind IN ('r', 'p', 'v', 'm', 'f') AND obj_description(oid, 'pg_class') IS NULL$$,
	'every table and view has a comment');
SELECT is_empty($$SELECT name, attname FROM member_relation AS r JOIN pg_attribute AS a ON a.attrelid = r.oid
	WHERE nspname = 'crm' AND attnum > 0 AND NOT attisdropped AND col_description(r.oid, attnum) IS NULL$$,
	'every column in schema crm has a comment');
SELECT is_empty($$SELECT t.oid::regtype FROM member AS m JOIN pg_type AS t
		ON m.classid = 'pg_type'::regclass AND m.objid = t.oid
	WHERE t.typtype IN ('b', 'e', 'd', 'r') AND t.typelem = 0 AND obj_description(t.oid, 'pg_type') IS NULL$$,
	'every type has a comment');

SELECT is_empty($$SELECT name FROM member_routine
	WHERE nspname = 'crm' AND is_public AND proname NOT IN (SELECT name FROM public_routine)$$,
	'PUBLIC can execute only what the list says');
SELECT is_empty($$SELECT name FROM member_routine WHERE is_public AND prosecdef$$,
	'PUBLIC can execute nothing that runs with the rights of its owner');
SELECT is_empty($$SELECT name, a.privilege_type FROM member_relation, aclexplode(relacl) AS a WHERE a.grantee = 0$$,
	'PUBLIC holds no right on a table, a view or a sequence');
SELECT is_empty($$SELECT a.privilege_type FROM pg_namespace, aclexplode(nspacl) AS a
	WHERE nspname = 'crm_internal' AND a.grantee <> nspowner$$,
	'schema crm_internal is granted to nobody');

SELECT is_empty($$SELECT name FROM member_routine
	WHERE prosecdef AND NOT coalesce('search_path=pg_catalog, pg_temp' = ANY (proconfig), false)$$,
	'every SECURITY DEFINER routine has the pinned search_path');
-- pg_restore -j loads tables in any order
SELECT is_empty($$SELECT conname FROM pg_constraint WHERE contype = 'f' AND conrelid IN (SELECT oid FROM member_relation)$$,
	'no foreign key on a table of the extension');
SELECT is_empty($$SELECT name FROM member_relation
	WHERE relkind IN ('r', 'p', 'S') AND name NOT IN (SELECT name FROM undumped)
		AND oid NOT IN (SELECT unnest(extconfig) FROM pg_extension WHERE extname = 'crm' AND extconfig IS NOT NULL)$$,
	'every table and its sequence is dumped with its rows, except those of the list');

-- these move lastval() of an application in whose transaction crm writes
SELECT is_empty($$SELECT name, attname FROM member_relation AS r JOIN pg_attribute AS a ON a.attrelid = r.oid
		LEFT JOIN pg_attrdef AS d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
	WHERE a.attidentity <> '' OR pg_get_expr(d.adbin, d.adrelid) ~ 'nextval'
	UNION ALL
	SELECT r.name, NULL FROM member_routine AS r JOIN pg_proc AS p USING (oid)
	WHERE coalesce(prosrc, '') || coalesce(pg_get_function_sqlbody(oid), '') ~ '\mnextval\('$$,
	'no number comes from nextval()');

-- else a publication FOR ALL TABLES keeps crm from changing it
SELECT is_empty($$SELECT name FROM member_relation AS r JOIN pg_class AS c ON c.oid = r.oid
	WHERE c.relkind = 'r' AND c.relreplident <> 'f'
		AND NOT EXISTS (SELECT FROM pg_index AS i WHERE i.indrelid = c.oid AND i.indisprimary)$$,
	'every table has a primary key or full replica identity');
SELECT is_empty($$SELECT function_name FROM crm_internal.access_function
	WHERE function_name NOT IN (SELECT nspname || '.' || proname FROM member_routine)$$,
	'every function that crm.grant_access() hands out exists');
SELECT is_empty($$SELECT view_name, c FROM crm_internal.access_column AS a LEFT JOIN LATERAL unnest(a.columns) AS c ON true
	WHERE NOT EXISTS (SELECT FROM member_relation AS r JOIN pg_attribute AS t ON t.attrelid = r.oid
		WHERE r.name = 'crm.' || a.view_name AND (c IS NULL OR t.attname = c))$$,
	'every column that an analyst may read exists');

SELECT * FROM finish();
ROLLBACK;
