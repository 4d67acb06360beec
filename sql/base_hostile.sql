-- Who may create objects in the schema of the types must not slip an operator into what the
-- install script makes: it would run with the rights of whoever uses crm.
SET client_min_messages = warning;
CREATE FUNCTION public.slip() RETURNS boolean LANGUAGE sql IMMUTABLE RETURN true;
DO $$
DECLARE
	pair record;
BEGIN
	FOR pair IN
		SELECT o.name AS operator, l.name AS l, r.name AS r
		FROM unnest('{=,<>,<,<=,>,>=,||,->,->>,~,~~}'::text[]) o (name),
			unnest('{oid,regclass,regnamespace,regproc,name,text,"\"char\"",int2,int4,int8,float4,jsonb,text[]}'::text[]) l (name),
			unnest('{oid,regclass,regnamespace,regproc,name,text,"\"char\"",int2,int4,int8,float4,jsonb,text[]}'::text[]) r (name)
		WHERE to_regoperator(format('pg_catalog.%s(%s,%s)', o.name, l.name, r.name)) IS NULL
	LOOP
		EXECUTE format('CREATE OR REPLACE FUNCTION public.slip(%s, %s) RETURNS %s LANGUAGE sql IMMUTABLE RETURN NULL::boolean', pair.l, pair.r,
			'boolean');
		EXECUTE format('CREATE OPERATOR public.%s (LEFTARG = %s, RIGHTARG = %s, FUNCTION = public.slip)', pair.operator, pair.l, pair.r);
	END LOOP;
END
$$;
CREATE EXTENSION crm SCHEMA public CASCADE;
SELECT DISTINCT pg_describe_object(d.classid, d.objid, 0) AS object, o.oid::regoperator AS slipped_in
FROM pg_depend d
JOIN pg_operator o ON d.refclassid = 'pg_operator'::regclass AND d.refobjid = o.oid
JOIN pg_proc p ON p.oid = o.oprcode
WHERE p.proname = 'slip' AND o.oprcode <> 0
ORDER BY 1, 2;
DROP EXTENSION crm;
