-- The department's DDL always succeeds; a source follows where the meaning is certain, else it says what is
-- wrong and which statement repairs it.
\set SHOW_CONTEXT never
SELECT crm.add_department('sales');
CREATE SCHEMA sales;
CREATE TABLE sales.account (id integer PRIMARY KEY, name text, mail text, size integer, region text, active boolean, seen timestamptz);
INSERT INTO sales.account VALUES (1, 'Ann', 'ann@a.example', 1, 'nl', true, '2024-01-01Z');
SELECT crm.add_source('sales.account', 'sales', '{"name": "name", "email": ["mail", "lower(mail)"], "city": "(account).region || name"}',
	filter => 'active', region => 'upper(region)', changed_at => 'seen');
CREATE VIEW wrong AS SELECT needs_attention, repair FROM crm.source_status;
CREATE VIEW followed AS SELECT source, followed FROM crm.source_status;
CALL crm.resolve();
TABLE wrong;

-- renamed: every expression follows, found by the column's number
ALTER TABLE sales.account RENAME mail TO e_mail;
ALTER TABLE sales.account RENAME active TO "is Active";
TABLE wrong;
CALL crm.resolve();
TABLE followed;
SELECT mapping, filter FROM crm_internal.source;
SELECT source_key, region, attributes FROM crm_internal.read_source(1, '{1}');

-- the key renamed
ALTER TABLE sales.account RENAME region TO "Region";
ALTER TABLE sales.account RENAME id TO account_id;
CALL crm.resolve();
TABLE followed;

-- dropped, and another column under a name that was there: the name counts
ALTER TABLE sales.account DROP COLUMN e_mail;
CALL crm.resolve();
TABLE wrong;
ALTER TABLE sales.account ADD COLUMN e_mail text DEFAULT 'new@a.example';
TABLE wrong;
CALL crm.resolve();
TABLE followed;
SELECT attributes->'email' AS email FROM crm_internal.read_source(1, '{1}');
ALTER TABLE sales.account DROP COLUMN e_mail;
SELECT repair FROM wrong \gexec
TABLE wrong;

-- retyped
ALTER TABLE sales.account ALTER name TYPE integer USING 7;
TABLE wrong;
CALL crm.resolve();
TABLE followed;
SELECT name FROM crm.customer;
ALTER TABLE sales.account ALTER "Region" TYPE integer USING 7;
TABLE wrong;
SELECT repair FROM wrong \gexec
TABLE wrong;
ALTER TABLE sales.account ALTER "is Active" TYPE text USING 'yes';
TABLE wrong;
SELECT repair FROM wrong \gexec
ALTER TABLE sales.account ALTER account_id TYPE bigint;
CALL crm.resolve();
TABLE followed;
SELECT source_key, attributes FROM crm_internal.read_source(1, '{1,12345678901}');

-- triggers
ALTER TABLE sales.account DISABLE TRIGGER ALL;
TABLE wrong;
SELECT repair FROM wrong \gexec
ALTER TABLE sales.account ENABLE TRIGGER crm_50_truncate_1;
TABLE wrong;
CALL crm.resolve();
TABLE followed;
SELECT tgname, tgenabled FROM pg_trigger WHERE tgrelid = 'sales.account'::regclass ORDER BY 1;
DROP TRIGGER crm_50_capture_1 ON sales.account;
TABLE wrong;
SELECT repair FROM wrong \gexec
TABLE wrong;

-- a table renamed, moved, swapped, and gone
ALTER TABLE sales.account RENAME TO customer;
CREATE SCHEMA archive;
ALTER TABLE sales.customer SET SCHEMA archive;
CALL crm.resolve();
TABLE followed;
-- its former name is a table's again, that reads alike: one of the two is meant
CREATE TABLE sales.account AS TABLE archive.customer;
ALTER TABLE sales.account ADD PRIMARY KEY (account_id);
TABLE wrong;
SELECT repair FROM wrong \gexec
TABLE wrong;
SELECT count(*) FROM pg_trigger WHERE tgrelid = 'archive.customer'::regclass;
SELECT crm.repair_source('sales.account', read_from => 'archive.customer');
DROP TABLE sales.account;
ALTER TABLE archive.customer RENAME TO old;
CREATE TABLE archive.customer AS TABLE archive.old;
TABLE wrong;
ALTER TABLE archive.customer ADD PRIMARY KEY (account_id);
CALL crm.resolve();
TABLE followed;
SELECT count(*) FROM pg_trigger WHERE tgrelid = 'archive.old'::regclass;
DROP TABLE archive.old;
-- no key any more
ALTER TABLE archive.customer DROP CONSTRAINT customer_pkey;
TABLE wrong;
INSERT INTO archive.customer TABLE archive.customer;
TABLE wrong;
DELETE FROM archive.customer;
SELECT repair FROM wrong \gexec
TABLE wrong;
-- what is mapped gone altogether, then the table
ALTER TABLE archive.customer DROP COLUMN name;
TABLE wrong;
DROP TABLE archive.customer;
TABLE wrong;
SELECT repair FROM wrong \gexec
SELECT count(*) FROM crm_internal.source;
-- names that need quotes: the repairing statement has them, and what crm.source_status shows will do
CREATE TABLE sales."Order.Line's" (id integer PRIMARY KEY, name text);
SELECT crm.add_source('sales."Order.Line''s"', 'sales', '{"name": "name"}');
ALTER TABLE sales."Order.Line's" RENAME name TO "Name";
CALL crm.resolve();
TABLE followed;
ALTER TABLE sales."Order.Line's" DISABLE TRIGGER ALL;
TABLE wrong;
SELECT repair FROM wrong \gexec
TABLE wrong;
SELECT source FROM crm.source_status;
SELECT crm.drop_source(source) FROM crm.source_status;
DROP VIEW wrong, followed;
