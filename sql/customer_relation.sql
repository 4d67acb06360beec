-- Who belongs to whom: read from the departments' rows, shown between the customers that they are now.
\set SHOW_CONTEXT never
CREATE SCHEMA sales
	CREATE TABLE partner (id integer PRIMARY KEY, is_company boolean NOT NULL, name text, email text,
		parent_id integer REFERENCES partner, since date, until timestamp);
CREATE SCHEMA service
	CREATE TABLE client (region text, no integer, full_name text, mail text, company integer, role text, PRIMARY KEY (region, no))
	CREATE TABLE member (id integer PRIMARY KEY, name text, mail text, region text, no integer);
INSERT INTO sales.partner (id, is_company, name, email, parent_id) VALUES
	(1, true, 'Acme Holding BV', 'info@acme.example', NULL),
	(2, true, 'Acme Paint BV', 'paint@acme.example', 1),
	(3, true, 'Acme Wood BV', 'wood@acme.example', 1),
	(4, false, 'Anna Jansen', 'anna@acme.example', 2),
	(5, false, 'Piet de Vries', 'piet@home.example', NULL),
	(6, false, 'Truus de Vries', 'truus@home.example', 5),
	(7, true, 'Handel Zomer', 'handel@home.example', 5),
	(8, true, 'Alleen NV', 'alleen@x.example', 8),
	(9, false, 'Carla Brandt', 'carla@brandt.example', 3);
INSERT INTO service.client VALUES
	('eu', 1, 'Anna Jansen', 'anna@acme.example', 3, 'adviser_of'),
	('eu', 2, 'Dirk Maas', 'dirk@maas.example', 3, ' '),
	('us', 2, 'Emil Kok', 'emil@kok.example', NULL, 'adviser_of');
INSERT INTO service.member VALUES (1, 'Fien Maas', 'fien@maas.example', 'eu', 2), (2, 'Gijs Bos', 'gijs@bos.example', 'eu', NULL);
SELECT crm.add_department(name) FROM unnest('{sales,service}'::text[]) name;
SELECT crm.add_source('sales.partner', department => 'sales', map => '{"name": "name", "email": "email"}',
	kind => $$CASE WHEN is_company THEN 'organization' ELSE 'person' END$$, belongs_to => 'parent_id', since => 'since', until => 'until');
-- an expression for the relation; a key of several columns
SELECT crm.add_source('service.client', department => 'service', map => '{"name": "full_name", "email": "mail"}',
	kind => 'person', belongs_to => 'company', related => 'sales.partner', relation => 'role');
SELECT crm.add_source('service.member', department => 'service', map => '{"name": "name", "email": "mail"}',
	kind => 'person', belongs_to => '(region, no)', related => 'service.client', relation => 'household');
CALL crm.resolve();

CREATE VIEW shown AS
SELECT c.name AS customer, r.relation, d.name AS related, r.since, r.until, r.source, r.source_key
FROM crm.relation r JOIN crm.customer c USING (customer_id) JOIN crm.customer d ON d.customer_id = r.related_customer_id
ORDER BY r.source, r.source_key, related;
CREATE FUNCTION near(name text, kind text DEFAULT NULL, max_depth integer DEFAULT 1, at date DEFAULT CURRENT_DATE)
RETURNS TABLE (depth integer, direction text, relation text, related text, since date, until date)
LANGUAGE sql BEGIN ATOMIC
	SELECT r.depth, r.direction, r.relation, d.name, r.since, r.until
	FROM crm.customer c CROSS JOIN LATERAL crm.related(c.customer_id, near.kind, near.max_depth, near.at) r
	JOIN crm.customer d ON d.customer_id = r.customer_id
	WHERE c.name = near.name ORDER BY 1, 4, 3;
END;

TABLE shown;
-- an organization its contacts, a contact their organizations, a company tree its depth
SELECT * FROM near('Acme Wood BV');
SELECT * FROM near('Anna Jansen');
SELECT * FROM near('Acme Holding BV', 'parent_company', 3);
SELECT * FROM near('Acme Holding BV', max_depth => 2);
SELECT * FROM near('Anna Jansen', max_depth => 3);

-- another parent: seen by the change of that column alone; what did not change is not written again
SELECT l.xmin AS before FROM crm_internal.record_link l JOIN crm_internal.record r USING (record_id)
WHERE r.source_id = 1 AND r.source_key = '2' \gset
UPDATE sales.partner SET parent_id = 3 WHERE id = 4;
UPDATE sales.partner SET email = 'colour@acme.example' WHERE id = 2;
DELETE FROM sales.partner WHERE id = 6;
CALL crm.resolve();
SELECT * FROM shown WHERE source = 'sales.partner';
SELECT l.xmin = :'before'::xid AS untouched FROM crm_internal.record_link l JOIN crm_internal.record r USING (record_id)
WHERE r.source_id = 1 AND r.source_key = '2';

-- a cycle ends
UPDATE sales.partner SET parent_id = 2 WHERE id = 1;
CALL crm.resolve();
SELECT * FROM near('Acme Paint BV', 'parent_company', 10);
UPDATE sales.partner SET parent_id = NULL WHERE id = 1;

-- days: what has ended or not begun is left out unless asked for
UPDATE sales.partner SET since = '2020-01-01', until = '2021-12-31 23:00' WHERE id = 3;
UPDATE sales.partner SET since = '2019-05-01', until = 'infinity' WHERE id = 2;
CALL crm.resolve();
SELECT * FROM near('Acme Holding BV', at => '2025-01-01');
SELECT * FROM near('Acme Holding BV', at => '2021-12-31');
SELECT * FROM near('Acme Holding BV', at => '2022-01-01');
SELECT * FROM near('Acme Holding BV', at => '2019-12-31');
SELECT * FROM near('Acme Holding BV', at => NULL);
UPDATE sales.partner SET since = NULL, until = NULL;

-- two become one: what belonged to either belongs to it, nothing to itself, and the old id answers
CALL crm.resolve();
SELECT crm.customer_of('sales.partner', '2') AS paint, crm.customer_of('sales.partner', '3') AS wood \gset
UPDATE sales.partner SET name = 'Acme Wood BV', email = 'wood@acme.example' WHERE id = 2;
UPDATE sales.partner SET parent_id = 2 WHERE id = 3;
CALL crm.resolve();
SELECT crm.current_customer(:paint) = crm.current_customer(:wood) AS one;
SELECT * FROM shown WHERE 'Acme Wood BV' IN (customer, related);
SELECT count(*) AS by_old_id FROM crm.related(:paint) r JOIN crm.related(:wood) USING (customer_id, relation, direction);

-- and two again
UPDATE sales.partner SET name = 'Bolt Paint BV', email = 'bolt@paint.example' WHERE id = 2;
CALL crm.resolve();
SELECT * FROM near('Acme Wood BV');
SELECT * FROM near('Bolt Paint BV');

-- several keys at once, and a source whose rows a relation names is dropped, renamed, added again
ALTER TABLE service.client ADD employers integer[];
UPDATE service.client SET employers = '{1,2,NULL,1}' WHERE no = 1;
SELECT crm.change_source('service.client', belongs_to => 'employers', relation => 'employee_of');
CALL crm.resolve();
SELECT * FROM shown WHERE source = 'service.client';
SELECT crm.drop_source('sales.partner');
TABLE shown;
SELECT crm.add_source('sales.partner', department => 'sales', map => '{"name": "name"}');
CALL crm.resolve();
TABLE shown;
ALTER TABLE sales.partner RENAME TO account;
SELECT crm.repair_source('sales.partner');
CALL crm.resolve();
TABLE shown;
SELECT crm.change_source('service.client', belongs_to => '');
CALL crm.resolve();
TABLE shown;
SELECT * FROM crm.verify();

-- references to records that are gone are found
INSERT INTO crm_internal.record_link (record_id, number, related_schema, related_table, related_key) VALUES (-1, 1, 'a', 'b', '1');
SELECT * FROM crm.verify();
SELECT repair FROM crm.verify() \gexec
SELECT count(*) FROM crm_internal.record_link WHERE record_id < 0;

-- what cannot be meant
SELECT * FROM crm.related(1, max_depth => 11);
SELECT * FROM crm.related(1, max_depth => NULL);
SELECT * FROM crm.related(NULL);
SELECT * FROM crm.related(987654321);
SELECT crm.change_source('service.member', belongs_to => 'region', related => 'service.nobody');
SELECT crm.change_source('service.member', since => 'name');
