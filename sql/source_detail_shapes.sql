-- Details of every shape: composite keys, uuids, texts, partitions, views, other owners, details of details.
SET client_min_messages = warning;
\set SHOW_CONTEXT never
CREATE ROLE crm_test_a;
CREATE ROLE crm_test_b;
CREATE SCHEMA a AUTHORIZATION crm_test_a;
CREATE SCHEMA b AUTHORIZATION crm_test_b;
SELECT crm.add_department('a');
CREATE FUNCTION pg_temp.values_of(of text) RETURNS TABLE (source_key text, attributes jsonb, error text) LANGUAGE sql AS $$
	SELECT k.key, r.attributes, r.error FROM crm_internal.source s
	CROSS JOIN LATERAL (SELECT array_agg(source_key) AS keys FROM crm_internal.scan_source(s.source_id)) q
	CROSS JOIN LATERAL unnest(q.keys) k (key)
	CROSS JOIN LATERAL crm_internal.read_source(s.source_id, ARRAY[k.key]) r
	WHERE s.parent_id IS NULL AND s.schema_name || '.' || s.table_name = of ORDER BY 1
$$;

-- a key of two columns, named in another order; partitions of the detail
SET ROLE crm_test_a;
CREATE TABLE a.person (branch text, number integer, name text, PRIMARY KEY (branch, number));
CREATE TABLE a.phone (number bigint, branch varchar(10), line integer, digits text, PRIMARY KEY (branch, number, line)) PARTITION BY LIST (branch);
CREATE TABLE a.phone_n PARTITION OF a.phone FOR VALUES IN ('n');
CREATE TABLE a.phone_rest PARTITION OF a.phone DEFAULT;
INSERT INTO a.person VALUES ('n', 1, 'Ann'), ('s', 1, 'Bob'), ('s, "x"', 2, 'Cem');
INSERT INTO a.phone VALUES (1, 'n', 2, '+31201111112'), (1, 'n', 1, '+31201111111'), (1, 's', 1, '+31202222221'), (2, 's, "x"', 1, '+31203333331');
RESET ROLE;
SELECT crm.add_source('a.person', department => 'a', map => '{"name": "name"}');
SELECT crm.add_detail('a.phone', of => 'a.person', key => '{line,branch}');
SELECT crm.add_detail('a.phone', of => 'a.person', key => '{branch}', map => '{"phone": "digits"}');
SELECT crm.add_detail('a.phone', of => 'a.person', key => '{"number = number", "branch = branch"}', map => '{"phone": "digits"}');
SELECT crm.drop_detail('a.phone', of => 'a.person');
SELECT crm.add_detail('a.phone', of => 'a.person', key => '{number,branch}', map => '{"phone": "digits"}');
SELECT key FROM crm.source_detail;
SELECT * FROM pg_temp.values_of('a.person');
CALL crm.resolve();
UPDATE a.phone SET branch = 's' WHERE line = 2;
SELECT source_key, op FROM crm.pending ORDER BY 1;
CALL crm.resolve();
SELECT crm.drop_source('a.person');

-- uuids, and a detail of a detail of a detail, shared by two; its table belongs to another role
SET ROLE crm_test_a;
CREATE TABLE a.client (id uuid PRIMARY KEY, name text);
CREATE TABLE a.client_contact (id serial PRIMARY KEY, client uuid, contact text, rank integer);
GRANT USAGE ON SCHEMA a TO crm_test_b;
RESET ROLE;
SET ROLE crm_test_b;
CREATE TABLE b.contact (code text PRIMARY KEY, note text);
CREATE TABLE b.mail (contact char(4), no integer, address text, UNIQUE (contact, no));
CREATE TABLE b.secret (code text PRIMARY KEY, word text);
ALTER TABLE b.mail ENABLE ROW LEVEL SECURITY;
ALTER TABLE b.mail FORCE ROW LEVEL SECURITY;
CREATE FUNCTION b.own(t text) RETURNS text LANGUAGE sql STABLE AS 'SELECT current_user || ''/'' || t';
RESET ROLE;
INSERT INTO a.client VALUES ('00000000-0000-0000-0000-00000000000A', 'Ann'), ('00000000-0000-0000-0000-00000000000b', 'Bob'), ('00000000-0000-0000-0000-00000000000c', 'Cem');
INSERT INTO a.client_contact (client, contact, rank) VALUES ('00000000-0000-0000-0000-00000000000a', 'x', 2), ('00000000-0000-0000-0000-00000000000a', 'y', 1), ('00000000-0000-0000-0000-00000000000b', 'y', 1), ('00000000-0000-0000-0000-00000000000b', 'z', 1), (NULL, 'x', 1), ('00000000-0000-0000-0000-00000000000c', NULL, 1);
INSERT INTO b.contact VALUES ('x', 'note x'), ('y', 'note y'), ('z', 'note z');
INSERT INTO b.mail VALUES ('x', 1, 'x1@x.nl'), ('y', 2, 'y2@x.nl'), ('y', 1, 'y1@x.nl'), ('none', 1, 'none@x.nl');
SELECT crm.add_source('a.client', department => 'a', map => '{"name": "name"}');
SELECT crm.add_detail('a.client_contact', of => 'a.client', key => '{client}', preferred => 'rank = 1');
SELECT crm.add_detail('b.contact', of => 'a.client_contact', key => '{code}', map => '{"external_id": "b.own(note)"}');
SELECT crm.add_detail('b.contact', of => 'a.client_contact', key => '{code=contact}', map => '{"external_id": "b.own(note)"}');
SELECT crm.add_detail('b.mail', of => 'b.contact', key => '{contact}', map => '{"email": "address"}');
SELECT * FROM pg_temp.values_of('a.client');
SELECT detail, hangs_on, key FROM crm.source_detail ORDER BY number;
CALL crm.resolve();
UPDATE b.mail SET address = 'y1.new@x.nl' WHERE address = 'y1@x.nl';
SELECT source, detail, source_key FROM crm.pending;
CALL crm.resolve();
SELECT source_key, value FROM crm.customer_lineage WHERE attribute = 'email' ORDER BY 1, 2;
-- two links lead to one contact, so a name alone does not say which
CREATE TABLE a.client_referrer (client uuid PRIMARY KEY, contact text);
SELECT crm.add_detail('a.client_referrer', of => 'a.client', key => '{client}');
SELECT crm.add_detail('b.contact', of => 'a.client_referrer', key => '{code=contact}');
SELECT crm.add_detail('b.mail', of => 'b.contact', key => '{contact}', map => '{"email": "''ref-'' || address"}');
SELECT crm.add_detail('b.mail', of => 'a.client/a.client_referrer/b.contact', key => '{contact}', map => '{"email": "''ref-'' || address"}');
INSERT INTO a.client_referrer VALUES ('00000000-0000-0000-0000-00000000000c', 'x');
SELECT * FROM pg_temp.values_of('a.client') WHERE source_key LIKE '%c';
-- a caller without rights on the detail's table
GRANT USAGE ON SCHEMA crm TO crm_test_a;
SELECT crm.grant_access('crm_test_a', 'administrator');
SET ROLE crm_test_a;
SELECT crm.add_detail('b.secret', of => 'a.client', key => '{code = name}', map => '{"external_id": "word"}');
RESET ROLE;
GRANT USAGE ON SCHEMA b TO crm_test_a;
GRANT SELECT ON b.secret TO crm_test_a;
SET ROLE crm_test_a;
SELECT crm.add_detail('b.secret', of => 'a.client', key => '{code = name}', map => '{"external_id": "word"}');
RESET ROLE;
GRANT TRIGGER ON b.secret TO crm_test_a;
SET ROLE crm_test_a;
SELECT crm.add_detail('b.secret', of => 'a.client', key => '{code = name}', map => '{"external_id": "word"}');
RESET ROLE;
INSERT INTO b.secret VALUES ('Bob', 'sesame');
SELECT source, detail, source_key FROM crm.pending WHERE source_key IS NOT NULL;
CALL crm.resolve();
SELECT source_key, value FROM crm.customer_lineage WHERE attribute = 'external_id' AND value = 'sesame';
-- the column of the source that the detail's key equals is watched, though nothing maps it
UPDATE a.client SET name = 'Bobby' WHERE name = 'Bob';
CALL crm.resolve();
SELECT count(*) FROM crm.customer_lineage WHERE value = 'sesame';
SELECT crm.drop_detail('a.client_contact', of => 'a.client');
SELECT detail, hangs_on FROM crm.source_detail ORDER BY number;
SELECT crm.drop_source('a.client');

-- a source's key that changes, a renamed key column
CREATE TABLE a.account (id integer PRIMARY KEY, code text NOT NULL UNIQUE, name text);
CREATE TABLE a.mail (id integer PRIMARY KEY, account integer, address text);
INSERT INTO a.account VALUES (1, 'one', 'Ann'), (2, 'two', 'Bob');
INSERT INTO a.mail VALUES (1, 1, 'ann@x.nl'), (2, 2, 'bob@x.nl');
SELECT crm.add_source('a.account', department => 'a', map => '{"name": "name"}');
SELECT crm.add_detail('a.mail', of => 'a.account', key => '{account}', map => '{"email": "address"}');
SELECT crm.change_source('a.account', key => '{code}');
SELECT key FROM crm.source_detail;
CALL crm.resolve();
UPDATE a.mail SET address = 'ann.new@x.nl' WHERE id = 1;
SELECT source, detail, source_key FROM crm.pending;
CALL crm.resolve();
SELECT source_key, value FROM crm.customer_lineage WHERE attribute = 'email' ORDER BY 1;
ALTER TABLE a.account RENAME COLUMN id TO account_no;
CALL crm.resolve();
SELECT key, needs_attention FROM crm.source_detail;
SELECT * FROM pg_temp.values_of('a.account');
UPDATE a.account SET account_no = 3 WHERE name = 'Bob';
UPDATE a.mail SET account = 3 WHERE id = 1;
CALL crm.resolve();
SELECT source_key, value FROM crm.customer_lineage WHERE attribute = 'email' ORDER BY 1;
ALTER TABLE a.account DROP COLUMN account_no;
SELECT needs_attention, repair FROM crm.source_status;
SELECT repair FROM crm.source_status \gexec
SELECT needs_attention, repair FROM crm.source_status;
SELECT * FROM pg_temp.values_of('a.account');
ALTER TABLE a.account ADD COLUMN id integer;
UPDATE a.account SET id = CASE name WHEN 'Ann' THEN 1 ELSE 2 END;
SELECT crm.drop_source('a.account');
ALTER TABLE a.account ADD PRIMARY KEY (id);

-- a view as a detail: found by crm.sync()
CREATE VIEW a.account_mail AS SELECT m.id AS mail_id, m.account, lower(m.address) AS address FROM a.mail m;
SELECT crm.add_source('a.account', department => 'a', map => '{"name": "name"}');
SELECT crm.add_detail('a.account_mail', of => 'a.account', key => '{account}', map => '{"email": "address"}');
CALL crm.resolve();
UPDATE a.mail SET address = 'SYNC@x.nl' WHERE id = 2;
SELECT count(*) FROM crm.pending;
CALL crm.sync('a.account');
SELECT source_key, op FROM crm.pending;
CALL crm.resolve();
SELECT name, email FROM crm.customer ORDER BY 1;
-- parents far beyond what the detail's small integers can hold
CREATE TABLE a.big (id bigint PRIMARY KEY, name text);
CREATE TABLE a.small (id smallint, text text);
INSERT INTO a.big VALUES (3000000000, 'Big'), (7, 'Small');
INSERT INTO a.small VALUES (7, 's@x.nl'), (7, 'b@x.nl');
SELECT crm.add_source('a.big', department => 'a', map => '{"name": "name"}');
SELECT crm.add_detail('a.small', of => 'a.big', key => '{id}', map => '{"email": "text"}');
SELECT * FROM pg_temp.values_of('a.big');
SELECT needs_attention FROM crm.source_status;
DROP SCHEMA a CASCADE;
DROP SCHEMA b CASCADE;
SELECT crm.revoke_access('crm_test_a');
DROP OWNED BY crm_test_a, crm_test_b;
DROP ROLE crm_test_a, crm_test_b;
