-- Who reads what of the journal and the ledger: his own acts and those of positions below his, auditors all.
\set SHOW_CONTEXT never
CREATE SCHEMA service;
CREATE TABLE service.voucher (id integer PRIMARY KEY, client_id bigint, value numeric);
CREATE ROLE regress_crm_app LOGIN;
CREATE ROLE regress_crm_head LOGIN;
CREATE ROLE regress_crm_cleaner LOGIN;
CREATE ROLE regress_crm_auditor LOGIN;
GRANT USAGE ON SCHEMA service TO regress_crm_app;
GRANT ALL ON service.voucher TO regress_crm_app;
SELECT crm.grant_access('regress_crm_app', 'member'), crm.grant_access('regress_crm_head', 'reader'),
	crm.grant_access('regress_crm_cleaner', 'analyst'), crm.grant_access('regress_crm_auditor', 'administrator');
SELECT crm.add_department(d) FROM unnest('{service,sales}'::text[]) d;
SELECT crm.add_position('board', department => 'service');
SELECT crm.add_position('after_sales', department => 'service', reports_to => 'board');
SELECT crm.add_position('agent', department => 'service', reports_to => 'after_sales');
SELECT crm.add_position('seller', department => 'sales', reports_to => 'board');
SELECT count(crm.appoint(p, who)) FROM (VALUES ('board', 'bea'), ('after_sales', 'regress_crm_head'), ('agent', 'ann'), ('agent', 'al'), ('seller', 'sid')) v (p, who);
SELECT crm.appoint('agent', 'cora', capacity => 'contractor', valid_until => '2100-01-01') > 0 AS done;
SELECT crm.add_gateway('regress_crm_app'), crm.add_budget('goodwill', 1000);
SELECT crm.grant_mandate('org.model', 'board'), crm.grant_mandate('investment', 'board');
SELECT crm.grant_mandate('goodwill', p, budget => 'goodwill') FROM unnest('{after_sales,agent,seller}'::text[]) p;
SELECT crm.add_guard('service.voucher', decision => 'goodwill', amount => 'value', customer => 'client_id');

SET SESSION AUTHORIZATION regress_crm_app;
BEGIN; SELECT crm.act_as('ann'); INSERT INTO service.voucher VALUES (1, 7, 10); COMMIT;
BEGIN; SELECT crm.act_as('al'); INSERT INTO service.voucher VALUES (2, 7, 20); COMMIT;
BEGIN; SELECT crm.act_as('sid'); INSERT INTO service.voucher VALUES (3, 8, 30); COMMIT;

-- behind a gateway: what the person may read
SELECT person FROM crm.journal;
BEGIN; SELECT crm.act_as('ann'); SELECT person, "position", amount, budget, subject FROM crm.journal ORDER BY act_id; SELECT person, amount FROM crm.ledger; COMMIT;
BEGIN; SELECT crm.act_as('cora'); SELECT person FROM crm.journal; SELECT person FROM crm.ledger; COMMIT;
BEGIN; SELECT crm.act_as('sid'); SELECT person FROM crm.journal; COMMIT;
BEGIN; SELECT crm.act_as('bea'); SELECT person FROM crm.journal ORDER BY act_id; SELECT person FROM crm.ledger; COMMIT;
SELECT name, remaining FROM crm.budgets;

-- no way round the view: nothing but reading, and no more than through it
SELECT person FROM crm_internal.act;
INSERT INTO crm.journal (person) VALUES ('ann');
DELETE FROM crm.journal;
UPDATE crm.budgets SET amount = 1;

-- by login: his own position and those below it
SET SESSION AUTHORIZATION regress_crm_head;
SELECT person, "position", amount FROM crm.journal ORDER BY act_id;
CREATE TEMPORARY TABLE peek (person text);
CREATE FUNCTION pg_temp.leak(who text) RETURNS boolean LANGUAGE plpgsql COST 0.0001 AS $$ BEGIN INSERT INTO peek VALUES (who); RETURN true; END $$;
SELECT count(*) FROM crm.journal WHERE pg_temp.leak(person);
SELECT DISTINCT person FROM peek ORDER BY person;

-- who stands nowhere reads nothing; an auditor reads all, unless he speaks for another
SET SESSION AUTHORIZATION regress_crm_cleaner;
SELECT count(*) FROM crm.journal;
SET SESSION AUTHORIZATION regress_crm_auditor;
SELECT count(*) > 10 AS all_of_it, count(DISTINCT person) FROM crm.journal;
SELECT sum(amount) FROM crm.ledger;
RESET SESSION AUTHORIZATION;
GRANT EXECUTE ON FUNCTION crm_internal.whole_journal() TO regress_crm_cleaner;
SET SESSION AUTHORIZATION regress_crm_cleaner;
SELECT count(*) > 10 AS all_of_it, count(DISTINCT person) FROM crm.journal;
RESET SESSION AUTHORIZATION;
SELECT crm.add_gateway('regress_crm_auditor');
SET SESSION AUTHORIZATION regress_crm_auditor;
BEGIN; SELECT crm.act_as('ann'); SELECT DISTINCT person FROM crm.journal ORDER BY person; COMMIT;
RESET SESSION AUTHORIZATION;

-- all rights on it are taken back
SELECT crm.revoke_access(r) FROM unnest('{regress_crm_app,regress_crm_head,regress_crm_cleaner,regress_crm_auditor}'::text[]) r;
SELECT count(*) FROM pg_class c, aclexplode(c.relacl) a WHERE c.relnamespace = 'crm_internal'::regnamespace AND a.grantee::regrole::text LIKE 'regress_crm%';
DROP OWNED BY regress_crm_app, regress_crm_head, regress_crm_cleaner, regress_crm_auditor;
DROP ROLE regress_crm_app, regress_crm_head, regress_crm_cleaner, regress_crm_auditor;
