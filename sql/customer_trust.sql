-- How far a source is trusted, as a whole and for an attribute.
\set SHOW_CONTEXT never
CREATE SCHEMA sales
	CREATE TABLE account (id integer PRIMARY KEY, given text, family text, mail text, tel text, street text, city text, zip text, size text);
CREATE SCHEMA service
	CREATE TABLE client (id integer PRIMARY KEY, given text, family text, mail text, tel text, street text, city text, zip text, size text);
INSERT INTO sales.account VALUES (1, 'Ann', 'Lee', 'ann@sales.example', '+31612345678', 'Kade 1', 'Gent', '9000', '40');
INSERT INTO service.client VALUES (1, 'Anne', 'Lee', 'anne@service.example', '+31612345678', 'Dijk 2', 'Brugge', '8000', '41');
INSERT INTO crm_internal.attribute (name, kind, position) VALUES ('shoe_size', 'text', 50);
SELECT crm.add_department(name) FROM unnest('{sales,service}'::text[]) name;
SELECT crm.add_source(t, department => split_part(t, '.', 1), kind => 'person', trust => CASE t WHEN 'sales.account' THEN 0.8 ELSE 0.3 END, map =>
	'{"given_name": "given", "family_name": "family", "email": "mail", "phone": "tel", "street": "street", "city": "city", "postal_code": "zip", "shoe_size": "size"}')
FROM unnest('{sales.account,service.client}'::text[]) t;
CALL crm.resolve();
CREATE VIEW golden AS
SELECT given_name, email, street, city, postal_code, attributes ->> 'shoe_size' AS shoe_size, source_records FROM crm.customer;
CREATE VIEW trusts AS SELECT source, trust, attribute_trust FROM crm.source_status ORDER BY source;
CREATE VIEW explained AS
SELECT attribute, value, source, rule FROM crm.customer_lineage WHERE attribute IN ('email', 'given_name', 'city') ORDER BY attribute, wins DESC;
TABLE golden;
TABLE explained;

-- one attribute: the lineage says that it was that
SELECT crm.set_source_trust('service.client', 0.9, 'email');
TABLE trusts;
TABLE golden;
TABLE explained;
-- a part of an address is the address, a part of a name the name; any attribute will do
SELECT crm.set_source_trust('service.client', 0.9, 'postal_code');
SELECT crm.set_source_trust('service.client', 0.85, 'family_name');
SELECT crm.set_source_trust('service.client', 1, 'shoe_size');
TABLE trusts;
TABLE golden;
TABLE explained;
-- less than the other's whole
SELECT crm.set_source_trust('service.client', 0.79, 'email');
SELECT email FROM crm.customer;
-- taken back
SELECT crm.set_source_trust('service.client', NULL, 'street');
SELECT crm.set_source_trust('service.client', NULL, 'name');
SELECT crm.set_source_trust('service.client', NULL, 'email');
SELECT crm.set_source_trust('service.client', NULL, 'shoe_size');
TABLE trusts;
TABLE golden;
-- the whole source; a name as the search_path has it
SET search_path = service, public;
SELECT crm.set_source_trust('client', 0.95);
RESET search_path;
TABLE trusts;
TABLE golden;
-- a source that is changed keeps what it is trusted with, and what is resolved later goes by it
SELECT crm.set_source_trust('sales.account', 0.99, 'email');
SELECT crm.change_source('sales.account', trust => 0.1);
INSERT INTO sales.account VALUES (2, 'Ann', 'Lee', 'ann2@sales.example', '+31612345678', NULL, NULL, NULL, NULL);
CALL crm.resolve();
TABLE trusts;
TABLE golden;
SELECT * FROM crm.verify();

-- what cannot be meant
SELECT crm.set_source_trust('sales.nothing', 0.5);
SELECT crm.set_source_trust('sales.account', 1.5);
SELECT crm.set_source_trust('sales.account', -0.1, 'email');
SELECT crm.set_source_trust('sales.account', 'NaN', 'email');
SELECT crm.set_source_trust('sales.account', NULL);
SELECT crm.set_source_trust(NULL, 0.5);
SELECT crm.set_source_trust('sales.account', 0.5, 'colour');
TABLE trusts;

-- who may
CREATE ROLE crm_test_trust;
SELECT crm.grant_access('crm_test_trust', 'steward');
SET ROLE crm_test_trust;
SELECT crm.set_source_trust('sales.account', 0.5);
RESET ROLE;
SELECT crm.grant_access('crm_test_trust', 'administrator');
SET ROLE crm_test_trust;
SELECT crm.set_source_trust('sales.account', 0.5);
RESET ROLE;
SELECT crm.revoke_access('crm_test_trust');
DROP ROLE crm_test_trust;
TABLE trusts;
