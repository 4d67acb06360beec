-- Link tables that say who belongs to whom: belongs_to of a detail, and of a detail of a detail.
SET client_min_messages = warning;
\set SHOW_CONTEXT never
CREATE SCHEMA app
	CREATE TABLE account (id text PRIMARY KEY, name text)
	CREATE TABLE contact (id text PRIMARY KEY, name text, email text)
	CREATE TABLE account_contact (contact_id text, account_id text, role text, deleted boolean NOT NULL DEFAULT false, since date, PRIMARY KEY (contact_id, account_id))
	CREATE TABLE project (id integer PRIMARY KEY, account_id text)
	CREATE TABLE project_member (project integer, contact_id text, PRIMARY KEY (project, contact_id));
INSERT INTO app.account VALUES ('a1', 'Acme Ltd'), ('a2', 'Bolt Inc');
INSERT INTO app.contact VALUES ('c1', 'Ann Lee', 'ann@x.nl'), ('c2', 'Bob Day', 'bob@x.nl'), ('c3', 'Ann Lee', 'ann@x.nl');
INSERT INTO app.account_contact VALUES ('c1', 'a1', 'director', false, '2020-01-01'), ('c2', 'a1', NULL, false, NULL), ('c2', 'a2', NULL, true, NULL), ('c3', 'a2', 'adviser', false, NULL);
SELECT crm.add_department('app');
SELECT crm.add_source('app.account', department => 'app', map => '{"organization": "name"}', kind => 'organization');
SELECT crm.add_source('app.contact', department => 'app', map => '{"name": "name", "email": "email"}', kind => 'person');
SELECT crm.add_detail('app.account_contact', of => 'app.contact', key => '{contact_id}', filter => 'NOT deleted',
	belongs_to => 'account_id', related => 'app.account', relation => 'coalesce(role, ''contact_of'')', since => 'since');
CALL crm.resolve();
CREATE VIEW shown AS
SELECT c.name AS customer, r.relation, d.organization AS related, r.since, r.source, r.source_key
FROM crm.relation r JOIN crm.customer c USING (customer_id) JOIN crm.customer d ON d.customer_id = r.related_customer_id
ORDER BY r.source_key, related;
TABLE shown;
-- the link's row changes, goes, leaves and enters the filter
UPDATE app.account_contact SET role = 'owner' WHERE contact_id = 'c1';
UPDATE app.account_contact SET deleted = NOT deleted WHERE contact_id = 'c2';
DELETE FROM app.account_contact WHERE contact_id = 'c3';
SELECT source_key FROM crm.pending ORDER BY 1;
CALL crm.resolve();
TABLE shown;
-- behind a link
SELECT crm.add_detail('app.project_member', of => 'app.contact', key => '{contact_id}');
SELECT crm.add_detail('app.project', of => 'app.project_member', key => '{id = project}', belongs_to => 'account_id', related => 'app.account', relation => 'works_for');
INSERT INTO app.project VALUES (1, 'a1'), (2, 'a2');
INSERT INTO app.project_member VALUES (1, 'c2'), (2, 'c3');
CALL crm.resolve();
TABLE shown;
UPDATE app.project SET account_id = 'a1';
CALL crm.resolve();
TABLE shown;
-- a full look finds nothing more
CALL crm.sync();
SELECT count(*) FROM crm.pending;
SELECT crm.drop_detail('app.project_member', of => 'app.contact');
TRUNCATE app.account_contact;
CALL crm.resolve();
SELECT count(*) FROM shown;
