-- When a departmental row goes, no value of it is left anywhere in crm; ids and events stay.
\set SHOW_CONTEXT never
CREATE SCHEMA sales
	CREATE TABLE account (id integer PRIMARY KEY, name text, mail text, town text, active boolean DEFAULT true);
CREATE SCHEMA service
	CREATE TABLE client (no text PRIMARY KEY, name text, mail text, born text);
-- every table of crm that holds the text, whatever the column
CREATE FUNCTION traces(needle text) RETURNS TABLE (held_by text, n bigint) LANGUAGE plpgsql AS $$
BEGIN
	FOR held_by IN SELECT c.oid::regclass FROM pg_class c
		WHERE c.relnamespace = 'crm_internal'::regnamespace AND c.relkind = 'r' ORDER BY c.relname LOOP
		EXECUTE format('SELECT count(*) FROM %s t WHERE t::text ILIKE %L OR t::text ILIKE %L', held_by,
			'%' || needle || '%', '%' || encode(needle::bytea, 'hex') || '%') INTO n;
		IF n > 0 THEN
			RETURN NEXT;
		END IF;
	END LOOP;
END $$;
SELECT crm.add_department(name) FROM unnest('{sales,service}'::text[]) name;
SELECT crm.add_source('sales.account', department => 'sales', filter => 'active', map => '{"name": "name", "email": "mail", "city": "town"}');
SELECT crm.add_source('service.client', department => 'service', map => '{"name": "name", "email": "mail", "birth_date": "born"}');
INSERT INTO sales.account VALUES (1, 'Xanthippe Quux', 'xq@example.org', 'Zwolle'), (2, 'Ann Lee', 'ann@example.org', 'Gent');
INSERT INTO service.client VALUES ('k1', 'Xanthippe Quux', 'xq@example.org', '1980-04-03');
CALL crm.resolve();
SELECT customer_id, name, email, city, birth_date, source_records FROM crm.customer ORDER BY customer_id;
SELECT DISTINCT held_by FROM traces('xanthippe') ORDER BY 1;

-- former values too
UPDATE sales.account SET town = 'Harlingen' WHERE id = 1;
CALL crm.resolve();
SELECT attribute, value, valid_to IS NULL AS now FROM crm.customer_history WHERE attribute = 'city' ORDER BY valid_from, value;
SELECT held_by FROM traces('zwolle');

-- one of two rows goes: what only it said is gone, what the other says is there
DELETE FROM sales.account WHERE id = 1;
CALL crm.resolve();
SELECT customer_id, name, email, city, birth_date, source_records FROM crm.customer ORDER BY customer_id;
SELECT * FROM traces('zwolle');
SELECT * FROM traces('harlingen');
SELECT attribute, value, source FROM crm.customer_lineage WHERE customer_id = 1;

-- the last one goes, by update of its key and by the filter
UPDATE service.client SET no = 'k2', name = 'Yolande Queux', mail = 'yq@example.org', born = '1990-09-09' WHERE no = 'k1';
UPDATE sales.account SET active = false WHERE id = 2;
CALL crm.resolve();
SELECT * FROM traces('xanthippe');
SELECT * FROM traces('xq@');
SELECT * FROM traces('1980-04-03');
SELECT * FROM traces('ann lee');
SELECT * FROM traces('gent');
SELECT name, email FROM crm.customer;

-- the source goes
SELECT crm.drop_source('service.client');
SELECT * FROM traces('queux');
SELECT * FROM traces('yq@');
SELECT count(*) FROM crm.customer;
SELECT customer_id, ended_at IS NOT NULL AS ended FROM crm_internal.customer_identity ORDER BY 1;
SELECT kind, customer_id FROM crm.customer_event ORDER BY event_no;
SELECT crm.current_customer(1) IS NULL AS nobody;
SELECT * FROM crm.verify();
