-- Departments: what is registered, what is refused, and who may do it.
SELECT crm.add_department('sales', roles => '{sales_app,sales_batch}');
SELECT crm.add_department('marketing');
SELECT * FROM crm.departments;

-- a name is given once, and means something
\set SHOW_CONTEXT never
DO $$ BEGIN PERFORM crm.add_department('sales'); EXCEPTION WHEN duplicate_object THEN RAISE NOTICE '% %', SQLSTATE, SQLERRM; END $$;
SELECT crm.add_department('sales', roles => '{other}');
SELECT crm.add_department('');
SELECT crm.add_department(E' \t');
SELECT crm.add_department(NULL);
SELECT crm.add_department('service', roles => '{a,NULL}');
SELECT crm.add_department('service', roles => '{{a},{b}}');
SELECT crm.add_department('service', roles => NULL);
SELECT * FROM crm.departments;

-- a name is text, never SQL
SELECT crm.add_department('o''neill"; DROP TABLE x; --');
SELECT name FROM crm.departments WHERE name LIKE 'o%';

-- only whom an administrator lets
CREATE ROLE crm_test_clerk;
SET ROLE crm_test_clerk;
SELECT crm.add_department('mine');
SELECT * FROM crm.departments;
RESET ROLE;
-- who is let needs no right on anything internal
GRANT USAGE ON SCHEMA crm TO crm_test_clerk;
GRANT EXECUTE ON FUNCTION crm.add_department TO crm_test_clerk;
SET ROLE crm_test_clerk;
SELECT crm.add_department('mine');
SELECT current_user;
SELECT pg_catalog.count(*) FROM crm_internal.department;
RESET ROLE;
DROP OWNED BY crm_test_clerk;
DROP ROLE crm_test_clerk;
