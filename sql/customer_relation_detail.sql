-- Who belongs to whom, where a table between two sources says it: each of its rows is a relation.
\set SHOW_CONTEXT never
CREATE SCHEMA crmapp
	CREATE TABLE account (id text PRIMARY KEY, name text, deleted boolean NOT NULL DEFAULT false)
	CREATE TABLE contact (id text PRIMARY KEY, name text, mail text, account_id text, deleted boolean NOT NULL DEFAULT false)
	CREATE TABLE account_contact (id integer PRIMARY KEY, contact_id text NOT NULL, account_id text NOT NULL, role text,
		first_day date, deleted boolean NOT NULL DEFAULT false)
	CREATE TABLE party (id integer PRIMARY KEY, name text, kind text)
	CREATE TABLE party_relation (id integer PRIMARY KEY, from_id integer REFERENCES party, to_id integer REFERENCES party, type integer)
	CREATE TABLE relation_type (id integer PRIMARY KEY, word text);
INSERT INTO crmapp.account VALUES ('a1', 'Acme Paint BV'), ('a2', 'Acme Wood BV'), ('a3', 'Zomer Handel BV');
INSERT INTO crmapp.contact VALUES ('c1', 'Anna Jansen', 'anna@acme.example', 'a1'), ('c2', 'Bert Bos', 'bert@bos.example', NULL);
INSERT INTO crmapp.account_contact VALUES (1, 'c1', 'a1', NULL, NULL, false), (2, 'c1', 'a2', 'adviser_of', '2024-05-01', false),
	(3, 'c2', 'a3', 'adviser_of', NULL, true);
CREATE INDEX ON crmapp.account_contact (contact_id);
CREATE INDEX ON crmapp.party_relation (from_id);
SELECT crm.add_department('crmapp');
SELECT crm.add_source('crmapp.account', department => 'crmapp', map => '{"organization": "name"}', kind => 'organization', filter => 'NOT deleted');
SELECT crm.add_source('crmapp.contact', department => 'crmapp', map => '{"name": "name", "email": "mail"}', kind => 'person', filter => 'NOT deleted',
	belongs_to => 'account_id', related => 'crmapp.account');
SELECT crm.add_detail('crmapp.account_contact', of => 'crmapp.contact', key => '{contact_id}', map => '{}', filter => 'NOT deleted',
	belongs_to => 'account_id', related => 'crmapp.account', relation => 'role', since => 'first_day');
CALL crm.resolve();
CREATE VIEW shown AS
SELECT c.name AS customer, r.relation, d.name AS related, r.since, r.source, r.source_key
FROM crm.relation r JOIN crm.customer c USING (customer_id) JOIN crm.customer d ON d.customer_id = r.related_customer_id
ORDER BY r.source, r.source_key, related, relation;
TABLE shown;
SELECT d.name, r.relation, r.since FROM crm.customer c CROSS JOIN crm.related(c.customer_id) r JOIN crm.customer d ON d.customer_id = r.customer_id
WHERE c.name = 'Anna Jansen' ORDER BY 1;

-- what happens in the table between is seen
INSERT INTO crmapp.account_contact VALUES (4, 'c2', 'a1', 'owner_of', NULL);
UPDATE crmapp.account_contact SET deleted = false WHERE id = 3;
UPDATE crmapp.account_contact SET role = 'employee_of' WHERE id = 2;
CALL crm.resolve();
TABLE shown;
UPDATE crmapp.account_contact SET contact_id = 'c2', first_day = NULL WHERE id = 2;
UPDATE crmapp.account_contact SET deleted = true WHERE id = 4;
DELETE FROM crmapp.account_contact WHERE id = 1;
CALL crm.resolve();
TABLE shown;
UPDATE crmapp.account SET deleted = true WHERE id = 'a3';
UPDATE crmapp.contact SET account_id = NULL;
CALL crm.resolve();
TABLE shown;
SELECT count(*) AS said FROM crm_internal.record_link;
TRUNCATE crmapp.account_contact;
CALL crm.resolve();
TABLE shown;
SELECT count(*) AS said FROM crm_internal.record_link;

-- parties that stand in relation to each other, the kind of it in a table of its own
INSERT INTO crmapp.party VALUES (1, 'Carla Maas', 'person'), (2, 'Dirk Maas', 'person'), (3, 'Maas Verf BV', 'organization'), (4, 'Maas Groep NV', 'organization');
INSERT INTO crmapp.relation_type VALUES (1, 'married_to'), (2, 'director_of'), (3, NULL);
INSERT INTO crmapp.party_relation VALUES (1, 1, 2, 1), (2, 2, 3, 2), (3, 3, 4, 3), (4, 4, 4, 3);
SELECT crm.add_source('crmapp.party', department => 'crmapp', map => '{"name": "name"}', kind => 'kind');
ALTER TABLE crmapp.party_relation ADD FOREIGN KEY (type) REFERENCES crmapp.relation_type;
SELECT crm.add_detail('crmapp.party_relation', of => 'crmapp.party', key => '{from_id}', map => '{}', belongs_to => 'to_id', relation => $$lookup('relation_type.word')$$);
CALL crm.resolve();
TABLE shown;
SELECT r.depth, r.direction, r.relation, d.name FROM crm.customer c CROSS JOIN crm.related(c.customer_id, max_depth => 3) r
JOIN crm.customer d ON d.customer_id = r.customer_id WHERE c.name = 'Maas Groep NV' ORDER BY 1, 4;
SELECT crm.drop_detail('crmapp.party_relation', of => 'crmapp.party');
CALL crm.resolve();
TABLE shown;
SELECT * FROM crm.verify();
