-- A bad row stands for itself; sync finds what no trigger saw.
\set SHOW_CONTEXT never
SELECT crm.add_department('sales');
CREATE SCHEMA sales;
CREATE TABLE sales.account (id integer PRIMARY KEY, mail text, born text, kind text);
INSERT INTO sales.account SELECT i, 'a' || i || '@b.example', '1980-01-0' || i % 10, 'person' FROM generate_series(1, 9) i;
INSERT INTO sales.account VALUES (10, 'secret@b.example', '31-02-1980 of Jane', 'person'), (11, 'odd@b.example', '1990-01-01', 'robot');
SELECT crm.add_source('sales.account', 'sales', '{"email": "mail", "birth_date": "born::date"}', kind => 'kind');

-- by key: the good rows come, the bad ones say why without their values
SELECT source_key, kind, attributes, error FROM crm_internal.read_source(1, '{1,2,3,4,5,6,7,8,9,10,11,12}') ORDER BY source_key::integer;
-- a key that is no value of the key's type, as before it was retyped, is no row's
SELECT source_key, error FROM crm_internal.read_source(1, '{x1,1}') ORDER BY 1;
SELECT crm_internal.read_source(2, '{1}');
-- whole: a bad row hashes to 0, the others as ever
SELECT count(*), count(*) FILTER (WHERE hash = 0) AS bad, count(DISTINCT hash) AS distinct FROM crm_internal.scan_source(1);
SELECT source, needs_attention FROM crm.source_status;

-- the difference, by key and hash
UPDATE sales.account SET born = '1980-01-01' WHERE id = 10;
UPDATE sales.account SET kind = NULL WHERE id = 11;
INSERT INTO crm_internal.record (source_id, source_key, kind, attributes, profile, tie, changed_at, source_hash)
	SELECT 1, source_key, 'p', '{}', '', 0, now(), hash FROM crm_internal.scan_source(1);
DELETE FROM crm_internal.pending;
CALL crm.sync('sales.account');
SELECT source_key, op FROM crm.pending;
SET crm.enabled = off;
UPDATE sales.account SET mail = 'other@b.example' WHERE id = 3;
UPDATE sales.account SET mail = mail WHERE id = 4;
DELETE FROM sales.account WHERE id = 5;
INSERT INTO sales.account VALUES (12, 'n@b.example', '2000-01-01', 'p');
RESET crm.enabled;
SELECT source_key, op FROM crm.pending;
CALL crm.sync();
SELECT source_key, op FROM crm.pending ORDER BY source_key::integer;
-- a filter moves rows out and in
DELETE FROM crm_internal.pending;
SELECT crm.change_source('sales.account', filter => 'id > 8');
DELETE FROM crm_internal.pending;
CALL crm.sync('sales.account');
SELECT op, array_agg(source_key ORDER BY source_key::integer) FROM crm.pending GROUP BY op ORDER BY op;

-- a filter that fails on one row keeps the rest readable
SELECT crm.change_source('sales.account', filter => '10 / (id - 9) IS NOT NULL');
DELETE FROM crm_internal.pending;
SELECT source_key, error FROM crm_internal.read_source(1, '{8,9,10}') ORDER BY source_key::integer;
SELECT count(*), count(*) FILTER (WHERE hash = 0) AS bad FROM crm_internal.scan_source(1);

-- one broken source keeps none of the others from being compared
CREATE TABLE sales.lead (id integer PRIMARY KEY, mail text);
INSERT INTO sales.lead VALUES (1, 'l@b.example');
SELECT crm.add_source('sales.lead', 'sales', '{"email": "mail"}');
DELETE FROM crm_internal.pending;
ALTER TABLE sales.account RENAME TO aside;
CREATE VIEW sales.account AS SELECT 1 AS one;
CALL crm.sync();
SELECT source, source_key, op FROM crm.pending;
CALL crm.sync('sales.account');
CALL crm.sync('sales.nothing');

-- what waits with an error is shown with it
INSERT INTO crm_internal.pending_error (source_id, source_key, error, sqlstate, attempts) VALUES (1, '10', 'cannot be read', '22007', 2);
SELECT source, source_key, op, error, attempts FROM crm.pending ORDER BY source_key;
SELECT source, pending, errors FROM crm.source_status ORDER BY source;

-- seen within the transaction that wrote, and by each isolation level
BEGIN ISOLATION LEVEL SERIALIZABLE;
INSERT INTO sales.lead VALUES (2, 'm@b.example');
SELECT source_key, attributes FROM crm_internal.read_source(2, '{1,2,3}') ORDER BY 1;
ROLLBACK;
-- no key at all, and an expression that fails before any row
SELECT count(*) FROM crm_internal.read_source(2, '{}');
SELECT crm.change_source('sales.lead', map => '{"email": "mail || 1/0"}');
-- many keys at once, more than the kept plan takes
INSERT INTO sales.lead SELECT i, 'x@b.example' FROM generate_series(10, 3000) i;
SELECT count(*) FROM crm_internal.read_source(2, ARRAY(SELECT i::text FROM generate_series(1, 5000) i));

-- several values in one column: of an array, of JSON, whose strings count without their quotes
CREATE DOMAIN sales.mails AS text[];
CREATE TABLE sales.several (id integer PRIMARY KEY, mails sales.mails, more jsonb, old json);
INSERT INTO sales.several VALUES
	(1, '{a@b.example,NULL}', '["c@d.example", null, 5, true, {"e": 1}, [" "]]', '["f@g.example"]'),
	(2, NULL, '"h@i.example"', '{"j": "k"}'), (3, '{}', 'null', '[]'), (4, NULL, NULL, NULL);
SELECT crm.add_source('sales.several', 'sales', '{"email": ["mails", "more", "old"]}');
SELECT r.source_key, r.attributes FROM crm_internal.source s, crm_internal.read_source(s.source_id, '{1,2,3,4}') r WHERE s.table_name = 'several' ORDER BY 1;
