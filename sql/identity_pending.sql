-- What cannot be resolved waits in the open; nobody's write fails and nobody else waits for it.
\set VERBOSITY terse
SELECT crm.add_department('sales');
CREATE TABLE public.account (id integer PRIMARY KEY, name text, mail text, born text);
CREATE TABLE public.lead (id integer PRIMARY KEY, name text, mail text);
SELECT crm.add_source('account', 'sales', '{"name": "name", "email": "mail", "birth_date": "born::date::text"}');
SELECT crm.add_source('lead', 'sales', '{"name": "name", "email": "mail"}');
INSERT INTO account SELECT n, translate(substr(md5(n::text), 1, 9), '0123456789', 'oaeiuylrns') || ' Zandbergen', n || '@zandbergen.nl', to_char(date '1960-01-02' + 500 * n, 'YYYY-MM-DD') FROM generate_series(1, 20) n;
INSERT INTO lead SELECT n, translate(substr(md5(n::text), 1, 9), '0123456789', 'oaeiuylrns') || ' Zandbergen', n || '@zandbergen.nl' FROM generate_series(1, 20) n;

-- only outside a transaction block, only sensible sizes
BEGIN;
CALL crm.resolve();
ROLLBACK;
\set VERBOSITY default
CREATE FUNCTION resolve_in_function() RETURNS void LANGUAGE plpgsql AS 'BEGIN CALL crm.resolve(); END';
SELECT resolve_in_function();
\set VERBOSITY terse
CALL crm.resolve(0);
CALL crm.resolve(-1);
CALL crm.resolve(100001);
CALL crm.resolve(NULL);
SELECT count(*) FROM crm.progress;

-- a bad row waits with its error, without its values, the others go on
UPDATE account SET born = 'secret-' || id WHERE id IN (3, 7);
CALL crm.resolve(1);
SELECT source, source_key, op, error FROM crm.pending ORDER BY 1, 2;
CREATE TABLE tried AS SELECT source_key, attempts FROM crm.pending;
SELECT count(*), count(DISTINCT customer_id) FROM crm.customer_source;
SELECT kind, phase, done = total AS all_done, state FROM crm.progress;
-- it is not tried for nothing
CALL crm.resolve();
SELECT source_key, p.attempts - t.attempts AS more FROM crm.pending p JOIN tried t USING (source_key) ORDER BY 1;
-- it is tried when it changes, well or badly
UPDATE account SET born = 'still bad' WHERE id = 3;
UPDATE account SET born = '1980-01-02' WHERE id = 7;
CALL crm.resolve();
SELECT source_key, error, p.attempts - t.attempts AS more FROM crm.pending p JOIN tried t USING (source_key) ORDER BY 1;
SELECT errors FROM crm.source_status WHERE source = 'public.account';
-- a row that turns bad keeps what was known of it; one that goes takes its error along
UPDATE account SET born = 'bad now' WHERE id = 5;
CALL crm.resolve();
SELECT source_key FROM crm.pending ORDER BY 1;
SELECT crm.customer_of('public.account', '5') = crm.customer_of('public.lead', '5') AS still_known;
DELETE FROM account WHERE id IN (3, 5);
CALL crm.resolve();
SELECT count(*) FROM crm.pending;
SELECT crm.customer_of('public.account', '5') IS NULL AS gone;

-- a source that needs attention keeps its rows waiting, others go on
ALTER TABLE account RENAME TO aside;
CREATE VIEW account AS SELECT 1 AS one;
UPDATE aside SET name = 'Quist ' || id WHERE id <= 2;
INSERT INTO lead VALUES (30, 'Oosterhof', 'w@oosterhof.nl');
CALL crm.resolve();
SELECT source, source_key, op, error FROM crm.pending ORDER BY 1, 2;
SELECT crm.customer_of('public.lead', '30') IS NOT NULL AS went_on;
SELECT needs_attention FROM crm.source_status ORDER BY source;
DROP VIEW account;
ALTER TABLE aside RENAME TO account;
CALL crm.resolve();
SELECT count(*) FROM crm.pending;
SELECT name FROM crm.customer_source WHERE source = 'public.account' AND source_key = '2';

-- any batch size gives the same
CREATE VIEW parts AS SELECT string_agg(source || source_key, ' ' ORDER BY source, source_key) FROM crm.customer_source GROUP BY customer_id;
CREATE TABLE before AS TABLE parts;
SELECT crm.drop_source('account'), crm.drop_source('lead');
SELECT count(*) FROM parts;
SELECT crm.add_source('lead', 'sales', '{"name": "name", "email": "mail"}');
SELECT crm.add_source('account', 'sales', '{"name": "name", "email": "mail", "birth_date": "born::date::text"}');
CALL crm.resolve(100000);
TABLE before EXCEPT TABLE parts UNION ALL (TABLE parts EXCEPT TABLE before);
SELECT DISTINCT state FROM crm.progress;
SELECT * FROM crm.verify();
