-- The extension installs, and says what is wrong where it cannot.
CREATE EXTENSION crm CASCADE;
LOAD 'crm';
SELECT nspname, pg_catalog.obj_description(oid, 'pg_namespace') FROM pg_catalog.pg_namespace
WHERE nspname IN ('crm', 'crm_internal') ORDER BY nspname;
SELECT pg_catalog.has_schema_privilege('public', 'crm_internal', 'USAGE') AS internal_is_public;
SELECT name, setting, unit, context FROM pg_catalog.pg_settings WHERE name IN ('crm.enabled', 'crm.inline_limit', 'crm.inline_timeout') ORDER BY name;

-- stilling crm hides changes from it: not for everybody
CREATE ROLE crm_test_nobody;
SET ROLE crm_test_nobody;
SET crm.enabled = off;
SELECT pg_catalog.count(*) FROM crm_internal.source;
RESET ROLE;
SET crm.enabled = off;
RESET crm.enabled;
SET crm.inline_limit = -1;
SET crm.inline_timeout = 0;
SET crm.no_such_setting = 1;
DROP ROLE crm_test_nobody;

\set SHOW_CONTEXT never
-- it goes without a trace and comes back
DROP EXTENSION crm;
SELECT nspname FROM pg_catalog.pg_namespace WHERE nspname LIKE 'crm%';
CREATE SCHEMA crm;
CREATE EXTENSION crm CASCADE;
DROP SCHEMA crm;
CREATE SCHEMA elsewhere;
CREATE EXTENSION crm SCHEMA elsewhere CASCADE;
SELECT n.nspname FROM pg_catalog.pg_extension e JOIN pg_catalog.pg_namespace n ON n.oid = e.extnamespace
WHERE e.extname = 'crm';
