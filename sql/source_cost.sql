-- cost: what crm took in the departments' transactions is counted by source, whatever becomes of them.
\set SHOW_CONTEXT never
SET client_min_messages = warning;
CREATE SCHEMA sales;
CREATE TABLE sales.account (id integer PRIMARY KEY, mail text, note text);
CREATE TABLE sales.lead (id integer PRIMARY KEY, mail text);
SELECT crm.add_department('sales');
SELECT crm.add_source('sales.account', 'sales', '{"email": "mail"}');
SELECT crm.add_source('sales.lead', 'sales', '{"email": "mail"}');
CALL crm.resolve();
CREATE VIEW sales.cost AS
	SELECT source, backlog, cost_rows, cost_transactions, cost_time > '0' AS has_time, cost_time < '20 s' AS sane,
		(oldest >= '0') AS waits, cost_since <= now() AS since
	FROM crm.source_status ORDER BY source;
-- Nothing was written by a department so far: registering is no cost of theirs.
TABLE sales.cost;

-- one row of pending a transaction and source carries it
INSERT INTO sales.account SELECT n, n || '@a.example' FROM generate_series(1, 400) n;
BEGIN;
INSERT INTO sales.account VALUES (401, 'x');
INSERT INTO sales.lead VALUES (1, 'x');
INSERT INTO sales.account VALUES (402, 'x');
COMMIT;
SELECT source_id, count(*) AS rows, count(spent) AS carriers, array_agg(written ORDER BY written) FILTER (WHERE written IS NOT NULL) AS written
FROM crm_internal.pending GROUP BY 1 ORDER BY 1;
TABLE sales.cost;
CREATE TEMPORARY TABLE before AS SELECT source, cost_time FROM crm.source_status;
CALL crm.resolve();
TABLE sales.cost;
SELECT count(*) AS same FROM crm.source_status JOIN before USING (source, cost_time);

-- what is rolled back leaves nothing; a column that crm does not read neither
BEGIN;
UPDATE sales.account SET mail = 'y';
ROLLBACK;
UPDATE sales.account SET note = 'y';
SELECT cost_rows, cost_transactions FROM sales.cost;

-- a savepoint that is rolled back has taken its time: more than what was left to write
UPDATE sales.lead SET mail = 'z';
SELECT max(spent) AS alone FROM crm_internal.pending \gset
CALL crm.resolve();
BEGIN;
SAVEPOINT a;
UPDATE sales.account SET mail = n || '@y.example' FROM generate_series(1, 400) n WHERE id = n;
DELETE FROM sales.account;
INSERT INTO sales.account SELECT n, n || '@a.example' FROM generate_series(1, 8000) n;
ROLLBACK TO a;
UPDATE sales.account SET mail = 'w' WHERE id = 1;
COMMIT;
SELECT count(*) AS rows, sum(written) AS written, sum(spent) > 10 * :alone AS with_what_was_rolled_back FROM crm_internal.pending;
CALL crm.resolve();

-- more than is kept in memory is still one transaction, also where a savepoint that wrote is undone
CREATE TEMPORARY TABLE was AS SELECT * FROM sales.cost WHERE source = 'sales.account';
BEGIN;
INSERT INTO sales.account SELECT n, n || '@a.example' FROM generate_series(1001, 21000) n;
SAVEPOINT a;
INSERT INTO sales.account SELECT n, n || '@a.example' FROM generate_series(21001, 41000) n;
ROLLBACK TO a;
UPDATE sales.account SET mail = 'v' WHERE id = 1;
COMMIT;
SELECT count(*) AS rows, sum(abs(written)) AS written, count(*) FILTER (WHERE written > 0) AS transactions FROM crm_internal.pending;
SELECT c.cost_rows - was.cost_rows AS rows, c.cost_transactions - was.cost_transactions AS transactions
FROM sales.cost c JOIN was USING (source);

-- TRUNCATE is a change without a key
CALL crm.resolve();
TRUNCATE sales.account;
SELECT source_key IS NULL AS whole, spent >= 0 AS spent, written FROM crm_internal.pending;
SELECT source, backlog, pending FROM crm.source_status ORDER BY 1;
CALL crm.resolve();

-- inline: the transaction's own resolving, on a row of its own
SELECT crm.set_source_mode('sales.lead', 'inline');
CREATE TEMPORARY TABLE inline_was AS SELECT * FROM crm.source_status WHERE source = 'sales.lead';
UPDATE sales.lead SET mail = 'p@q.example';
INSERT INTO sales.lead VALUES (2, 'r@s.example'), (3, 't@u.example');
SELECT source_id, spent > 0 AS spent, written > 0 AS written FROM crm_internal.inline_cost;
SELECT count(*) FROM crm_internal.pending;
SELECT s.cost_transactions - w.cost_transactions AS transactions, s.cost_rows > w.cost_rows AS rows, s.cost_time > w.cost_time AS time
FROM crm.source_status s JOIN inline_was w USING (source);
CALL crm.resolve();
SELECT count(*) FROM crm_internal.inline_cost;
SELECT s.cost_transactions - w.cost_transactions AS transactions FROM crm.source_status s JOIN inline_was w USING (source);

-- a detail's time is its source's, whether its rows are noted as those of the source or as its own
CREATE TABLE sales.mail (id integer PRIMARY KEY, account integer, town integer, mail text);
CREATE TABLE sales.town (id integer PRIMARY KEY, name text);
SELECT crm.add_detail('sales.mail', of => 'sales.account', key => '{account}', map => '{"email": "mail"}');
SELECT crm.add_detail('sales.town', of => 'sales.mail', key => '{id = town}', map => '{"city": "name"}');
INSERT INTO sales.account VALUES (1, 'x');
CALL crm.resolve();
CREATE TEMPORARY TABLE detail_was AS SELECT * FROM crm.source_status WHERE source = 'sales.account';
INSERT INTO sales.mail SELECT n, 1, 1, n || '@m.example' FROM generate_series(1, 100) n;
INSERT INTO sales.town SELECT n, 'Town ' || n FROM generate_series(1, 100) n;
SELECT source_id, op, count(*) AS rows, count(spent) AS carriers, max(spent) > 5 AS time_of_the_rows FROM crm_internal.pending GROUP BY 1, 2 ORDER BY 1;
CALL crm.resolve();
SELECT s.cost_rows - w.cost_rows AS rows, s.cost_transactions - w.cost_transactions AS transactions, s.cost_time > w.cost_time + interval '10 us' AS time
FROM crm.source_status s JOIN detail_was w USING (source);
DELETE FROM sales.account;
CALL crm.resolve();

-- a foreign index takes the way of INSERT, with the same figures
CREATE INDEX foreign_index ON crm_internal.pending (source_key);
INSERT INTO sales.account VALUES (1, 'x'), (2, 'y');
SELECT count(*) AS rows, count(spent) AS carriers, max(written) AS written FROM crm_internal.pending;
DROP INDEX crm_internal.foreign_index;

-- with the source goes its cost
SELECT crm.drop_source('sales.account');
SELECT source_id FROM crm_internal.source_cost;
SELECT count(*) FROM crm.verify();
DROP SCHEMA sales CASCADE;
