-- Who hangs a detail on somebody's table learns nothing of columns that he may not read.
\set SHOW_CONTEXT never
SELECT crm.add_department('sales');
CREATE ROLE crm_test_owner;
CREATE ROLE crm_test_admin;
CREATE SCHEMA sales AUTHORIZATION crm_test_owner;
CREATE SCHEMA guess AUTHORIZATION crm_test_admin;
SET ROLE crm_test_owner;
CREATE TABLE sales.account (id integer PRIMARY KEY, name text, salary integer);
GRANT USAGE ON SCHEMA sales TO crm_test_admin;
GRANT SELECT (id, name), TRIGGER ON sales.account TO crm_test_admin;
RESET ROLE;
SELECT crm.grant_access('crm_test_admin', 'administrator');
SET ROLE crm_test_admin;
CREATE TABLE guess.salary (salary integer PRIMARY KEY, guess text);
CREATE TABLE guess.mail (id integer PRIMARY KEY, account integer, mail text);
SET client_min_messages = warning;
SELECT crm.add_source('sales.account', 'sales', map => '{"name": "name"}');
SELECT crm.add_detail('guess.salary', of => 'sales.account', key => '{salary = salary}', map => '{"city": "guess"}');
SELECT crm.add_detail('guess.mail', of => 'sales.account', key => '{account = id}', map => '{"email": "mail"}');
SELECT crm.change_detail('guess.mail', of => 'sales.account', key => '{account = salary}');
RESET ROLE;
SET client_min_messages = warning;
SELECT crm.drop_source('sales.account');
SELECT crm.revoke_access('crm_test_admin');
DROP OWNED BY crm_test_owner, crm_test_admin;
DROP ROLE crm_test_owner, crm_test_admin;
