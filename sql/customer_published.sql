-- With every table of the database published, rows still become customers, change and go.
SET client_min_messages = error; -- wal_level may be too low for subscribers, which the server says
CREATE PUBLICATION everything FOR ALL TABLES;
CREATE SCHEMA sales
	CREATE TABLE account (id integer PRIMARY KEY, name text, mail text);
SELECT crm.add_department('sales');
SELECT crm.add_source('sales.account', department => 'sales', map => '{"name": "name", "email": "mail"}');
INSERT INTO sales.account VALUES (1, 'Ann Lee', 'ann@a.example'), (2, 'Bob Ray', 'bob@b.example');
CALL crm.resolve();
UPDATE sales.account SET name = 'Ann Li' WHERE id = 1;
CALL crm.resolve();
SELECT crm.change_source('sales.account', mode => 'inline');
CALL crm.resolve();
UPDATE sales.account SET name = 'Ann Leigh' WHERE id = 1;
SELECT name, email FROM crm.customer ORDER BY email;
SELECT value, valid_to IS NULL AS now FROM crm.customer_history WHERE attribute = 'name' ORDER BY value;
DELETE FROM sales.account WHERE id = 1;
SELECT name, email FROM crm.customer;
SELECT count(*) AS pending FROM crm.pending;
DROP PUBLICATION everything;
