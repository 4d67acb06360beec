-- telephone numbers written nationally by departments that name no region still bring rows together
CREATE TABLE account (id int PRIMARY KEY, name text, phone text);
CREATE TABLE client (id int PRIMARY KEY, name text, phone text);
INSERT INTO account VALUES
	(1, 'John Smith', '(212) 555-0147'),
	(2, 'Mary Jones', '001-415-555-0199x332'),
	(3, 'Ann Lee', '555-0101');
INSERT INTO client VALUES
	(1, 'Jon Smith', '+1 212 555 0147'),
	(2, 'M. Jones', '415.555.0199'),
	(3, 'Bob Ray', '555-0101');
SELECT crm.add_department('sales');
SELECT crm.add_source('account', 'sales', '{"name": "name", "phone": "phone"}');
SELECT crm.add_source('client', 'sales', '{"name": "name", "phone": "phone"}');
CALL crm.resolve();

-- a local number of seven digits is no proof where the names differ
SELECT dense_rank() OVER (ORDER BY min(a.id)) AS customer, string_agg(a.source || ': ' || a.name || ', ' || a.phone, '; ' ORDER BY a.source)
FROM (SELECT customer_id, source, name, phone, source_key::int + CASE source WHEN 'public.client' THEN 10 ELSE 0 END AS id
	FROM crm.customer_source) a
GROUP BY a.customer_id ORDER BY min(a.id);

SELECT name FROM crm.search('212-555-0147');
SELECT name FROM crm.search('jones 415 555 0199');
