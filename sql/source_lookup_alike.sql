-- Keys that are equal without being written alike: a change in the looked-up row reaches who looks there.
\set SHOW_CONTEXT never
CREATE EXTENSION citext;
SELECT crm.add_department('sales');
CREATE SCHEMA app;
CREATE TABLE app.country (code citext PRIMARY KEY, name text);
CREATE TABLE app.language (id integer PRIMARY KEY, name text);
CREATE TABLE app.company (id uuid PRIMARY KEY, name text);
CREATE TABLE app.client (id integer PRIMARY KEY, name text, country text, language text, company text);
INSERT INTO app.country VALUES ('nl', 'Netherlands');
INSERT INTO app.language VALUES (5, 'Dutch');
INSERT INTO app.company VALUES ('aaaaaaaa-0000-0000-0000-000000000001', 'Acme');
INSERT INTO app.client VALUES (1, 'Ann Abel', 'NL', '05', 'AAAAAAAA-0000-0000-0000-000000000001');
SELECT crm.add_source('app.client', 'sales', map => '{"name": "name", "country": "lookup(country, ''country.name'')",
	"street": "lookup(language, ''language.name'')", "organization": "lookup(company, ''company.name'')"}');
CALL crm.resolve();
SELECT attributes FROM crm.customer_source;
UPDATE app.country SET name = 'Holland';
CALL crm.resolve();
SELECT attributes ->> 'country' AS country FROM crm.customer_source;
UPDATE app.language SET name = 'Frisian';
CALL crm.resolve();
SELECT attributes ->> 'street' AS street FROM crm.customer_source;
UPDATE app.company SET name = 'Acme Ltd';
CALL crm.resolve();
SELECT attributes ->> 'organization' AS organization FROM crm.customer_source;
