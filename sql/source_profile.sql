-- How good the values of a source are: filled, valid, different, shared, by attribute and by who entered them.
\set SHOW_CONTEXT never
CREATE SCHEMA sales
	CREATE TABLE account (id integer PRIMARY KEY, name text, mail text, tel text, zip text, country text, born text, clerk text, gone boolean DEFAULT false);
CREATE SCHEMA service
	CREATE TABLE client (no text PRIMARY KEY, given text, family text, mails text[], tel text, code text)
	CREATE TABLE empty (id integer PRIMARY KEY, mail text);
INSERT INTO sales.account (id, name, mail, tel, zip, country, born, clerk) VALUES
	(1, 'Anna Jansen', 'anna@verf.nl', '06-21111112', '1234 AB', 'NL', '1980-02-29', 'wim'),
	(2, 'Bert Bos', 'info@verf.nl', '+31 6 2111 1113', '1234ab', 'Nederland', '1980-02-30', 'wim'),
	(3, 'Carla Maas', 'INFO@verf.nl ', '0031621111114', '0000', 'XX', '1900-01-01', 'wim'),
	(4, 'test', 'geen', '000-000', NULL, 'NA', '2990-01-01', 'kees'),
	(5, 'N.v.t.', 'info@verf.nl', '0612345678', '12', 'Atlantis', '03/04/1980', 'kees'),
	(6, '-', 'kees@example.com', '12', 'AB', 'nl', '17-5-1981', NULL),
	(7, 'anna@verf.nl', NULL, '', ' ', NULL, NULL, NULL);
INSERT INTO sales.account (id, name, gone) VALUES (8, 'Gone Gijs', true);
INSERT INTO service.client VALUES
	('a', 'N.A.', 'Smit', '{dirk@smit.nl,DIRK@smit.nl,dirk+shop@smit.nl}', '0201234567', '17'),
	('b', 'n/a', 'Smit', '{bad,eva@smit.nl}', '020 123 4567', 'K-0099'),
	('c', 'Eva', 'onbekend', '{dirk@smit.nl}', '12345', 'k0099');
SELECT crm.add_department(name) FROM unnest('{sales,service}'::text[]) name;
SELECT crm.add_source('sales.account', department => 'sales', kind => 'person', region => 'NL', filter => 'NOT gone', entered_by => 'clerk',
	map => '{"name": "name", "email": "mail", "phone": "tel", "postal_code": "zip", "country": "country", "birth_date": "born"}');
-- no region: telephone numbers are compared, and judged, by their digits
SELECT crm.add_source('service.client', department => 'service', map => '{"given_name": "given", "family_name": "family", "email": "mails", "phone": "tel", "tax_number": "code"}');
SELECT crm.add_source('service.empty', department => 'service', map => '{"email": "mail"}');

SELECT attribute, rows, filled, fill_rate, valid, validity, distinct_values, duplicates, worst_values
FROM crm.profile_source('sales.account') WHERE entered_by IS NULL;
SELECT attribute, entered_by, rows, filled, valid, duplicates, worst_values
FROM crm.profile_source('sales.account') WHERE attribute IN ('name', 'email') AND entered_by IS NOT NULL;
SELECT attribute, filled, valid, distinct_values, duplicates, worst_values FROM crm.profile_source('service.client');
-- all, with sources that hold nothing, before anything was resolved
SELECT source, department, count(*), sum(rows) AS rows, round(sum(valid) / NULLIF(sum(filled), 0), 2) AS validity
FROM crm.profile_source() WHERE entered_by IS NULL GROUP BY source, department ORDER BY source;
SELECT attribute, rows, filled, fill_rate, validity, worst_values FROM crm.profile_source('service.empty');

-- a row that cannot be read counts as a row; it changes nothing of the others
ALTER TABLE service.empty ADD code text;
INSERT INTO service.empty VALUES (1, 'one@smit.nl', '1'), (2, 'two@smit.nl', 'x');
SELECT crm.change_source('service.empty', map => '{"email": "mail", "tax_number": "(code::integer + 5000)::text"}');
SELECT attribute, rows, filled, valid, worst_values FROM crm.profile_source('service.empty');
-- long values are cut; more rows than a chunk
TRUNCATE service.empty;
INSERT INTO service.empty SELECT g, CASE g % 3 WHEN 0 THEN repeat('langé', 20) WHEN 1 THEN 'p' || g / 6 || '@smit.nl' END, g FROM generate_series(1, 12000) g;
SELECT attribute, rows, filled, valid, distinct_values, duplicates, worst_values[1:2] FROM crm.profile_source('service.empty');

-- what details say counts with their row, and whoever entered that
CREATE TABLE sales.account_mail (id integer PRIMARY KEY, account_id integer REFERENCES sales.account, mail text, iban text);
CREATE INDEX ON sales.account_mail (account_id);
INSERT INTO sales.account_mail VALUES (1, 7, 'anna@verf.nl', 'NL01'), (2, 7, 'two@verf.nl', NULL), (3, 6, 'bad@', NULL), (4, 1, 'ANNA@verf.nl', 'n/a');
SELECT crm.add_detail('sales.account_mail', of => 'sales.account', key => '{account_id}', map => '{"email": "mail", "tax_number": "iban"}');
SELECT attribute, entered_by, rows, filled, valid, distinct_values, duplicates, worst_values
FROM crm.profile_source('sales.account') WHERE attribute IN ('email', 'tax_number');

-- a source that cannot be read does not hide the others
ALTER TABLE service.client DROP COLUMN code;
SELECT * FROM crm.profile_source('service.client');
SELECT source, count(*) FROM crm.profile_source() GROUP BY source ORDER BY source;
SELECT * FROM crm.profile_source('service.nothing');
SET search_path = service, public;
SELECT count(*) FROM crm.profile_source('empty');
RESET search_path;

-- it shows values: a steward may, a reader may not; neither needs a right to the table
CREATE ROLE crm_test_profile;
SELECT crm.grant_access('crm_test_profile', 'reader');
SET ROLE crm_test_profile;
SELECT count(*) FROM crm.profile_source('sales.account');
RESET ROLE;
SELECT crm.grant_access('crm_test_profile', 'steward');
SET ROLE crm_test_profile;
SELECT count(*) FROM crm.profile_source('sales.account');
SELECT count(*) FROM sales.account;
RESET ROLE;
SELECT crm.revoke_access('crm_test_profile');
DROP ROLE crm_test_profile;
-- nothing was noted by it
SELECT count(*) FROM crm_internal.record;
