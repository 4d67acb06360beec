-- Random writes to a partitioned table, against the rule told a second time, in SQL, over the rows before and after.
\set VERBOSITY terse
SET client_min_messages = warning;
SELECT crm.add_department('d');
CREATE TABLE voucher (id integer, value numeric, client bigint, state text, note text, junk text, year integer, PRIMARY KEY (id, year)) PARTITION BY LIST (year);
CREATE TABLE voucher_1 PARTITION OF voucher FOR VALUES IN (1);
CREATE TABLE voucher_2 (junk text, note text, year integer NOT NULL, gone text, client bigint, state text, value numeric, id integer NOT NULL);
ALTER TABLE voucher_2 DROP COLUMN gone;
ALTER TABLE voucher ATTACH PARTITION voucher_2 FOR VALUES IN (2);
-- which operations, by which facts
CREATE TABLE expected (n integer GENERATED ALWAYS AS IDENTITY, guard_id integer, operation text, subject text, amount numeric, booked numeric, customer bigint);
CREATE TABLE guarded AS
SELECT crm.add_guard('voucher', d, amount => a, customer => c, "when" => w, columns => k, operations => o, mode => 'observe') AS guard_id,
	a IS NOT NULL AS by_amount, c IS NOT NULL AS by_customer, w IS NOT NULL AS by_state, k IS NOT NULL AS by_note, o
FROM (VALUES
	('goodwill', 'value', 'client', $$state = 'on'$$, '{note}'::text[], '{INSERT,UPDATE,DELETE}'::text[]),
	('goodwill', 'value', NULL, NULL, NULL, '{UPDATE}'),
	('pricing', NULL, 'client', $$state = 'on'$$, NULL, '{UPDATE,DELETE}'),
	('product', NULL, NULL, NULL, NULL, '{INSERT,UPDATE}'),
	('product', NULL, NULL, NULL, '{note}', '{UPDATE}'),
	('care.solution', 'value', NULL, NULL, '{state}', '{INSERT}')) g (d, a, c, w, k, o);

CREATE FUNCTION expect(was voucher, "is" voucher) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
	g guarded;
	op text := CASE WHEN was.id IS NULL THEN 'INSERT' WHEN "is".id IS NULL THEN 'DELETE' ELSE 'UPDATE' END;
	row voucher;
	is_one boolean;
	booked numeric;
BEGIN
	row := CASE op WHEN 'DELETE' THEN was ELSE "is" END;
	FOR g IN SELECT * FROM guarded ORDER BY guard_id LOOP
		CONTINUE WHEN NOT op = ANY (g.o);
		is_one := NOT g.by_state OR row.state IS NOT DISTINCT FROM 'on';
		booked := row.value;
		IF op = 'DELETE' THEN
			booked := 0;
		ELSIF op = 'UPDATE' AND is_one AND (NOT g.by_state OR was.state IS NOT DISTINCT FROM 'on') THEN
			is_one := (g.by_amount AND was.value IS DISTINCT FROM row.value) OR (g.by_customer AND was.client IS DISTINCT FROM row.client)
				OR (g.by_note AND was.note IS DISTINCT FROM row.note)
				OR (NOT g.by_amount AND NOT g.by_state AND NOT g.by_note AND was *<> row);
			IF NOT g.by_customer OR was.client IS NOT DISTINCT FROM row.client THEN
				booked := row.value - coalesce(was.value, 0);
			END IF;
		END IF;
		IF is_one THEN
			INSERT INTO expected (guard_id, operation, subject, amount, booked, customer)
			VALUES (g.guard_id, op, format('public.voucher(["%s", "%s"])', row.id, row.year), CASE WHEN g.by_amount THEN row.value END,
				CASE WHEN g.by_amount THEN greatest(booked, CASE WHEN booked IS NOT NULL THEN 0 END) END, CASE WHEN g.by_customer THEN row.client END);
		END IF;
	END LOOP;
END $$;

-- One row at a time; what is drawn is often what was there already.
CREATE FUNCTION play(times integer) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
	was voucher;
	drawn voucher;
	now_is voucher;
	pick integer;
BEGIN
	FOR i IN 1 .. times LOOP
		pick := 1 + floor(random() * 12);
		was := NULL;
		SELECT * INTO was FROM voucher v WHERE v.id = pick;
		drawn := was;
		drawn.id := pick;
		drawn.year := coalesce(was.year, 1);
		IF random() < 0.4 THEN drawn.value := (ARRAY[0, 1, 2.5, 10, 10.0, -3, NULL])[1 + floor(random() * 7)]; END IF;
		IF random() < 0.3 THEN drawn.client := (ARRAY[1, 2, NULL])[1 + floor(random() * 3)]; END IF;
		IF random() < 0.3 OR was.id IS NULL THEN drawn.state := (ARRAY['on', 'on', 'off', NULL])[1 + floor(random() * 4)]; END IF;
		IF random() < 0.2 THEN drawn.note := (ARRAY['a', 'b', NULL])[1 + floor(random() * 3)]; END IF;
		IF random() < 0.2 THEN drawn.junk := (ARRAY['a', 'b'])[1 + floor(random() * 2)]; END IF;
		IF random() < 0.3 THEN drawn.year := 1 + floor(random() * 2); END IF;
		IF was.id IS NULL THEN
			INSERT INTO voucher SELECT drawn.*;
		ELSIF random() < 0.15 THEN
			DELETE FROM voucher v WHERE v.id = was.id;
		ELSE
			UPDATE voucher v SET value = drawn.value, client = drawn.client, state = drawn.state, note = drawn.note, junk = drawn.junk, year = drawn.year
			WHERE v.id = was.id;
		END IF;
		now_is := NULL;
		SELECT * INTO now_is FROM voucher v WHERE v.id = drawn.id;
		PERFORM expect(was, now_is);
	END LOOP;
END $$;
SELECT setseed(0.4);
SELECT play(3000);
CREATE VIEW got AS SELECT guard_id, operation, subject, amount, counted AS booked, customer_id AS customer FROM crm_internal.act WHERE guard_id IS NOT NULL;
CREATE VIEW wanted AS SELECT guard_id, operation, subject, amount, nullif(booked, amount) AS booked, customer FROM expected;
SELECT guard_id, operation, count(*) > 50 AS often FROM got GROUP BY 1, 2 ORDER BY 1, 2;
(SELECT 'too many' AS what, * FROM got EXCEPT ALL SELECT 'too many', * FROM wanted) UNION ALL (SELECT 'lacking', * FROM wanted EXCEPT ALL SELECT 'lacking', * FROM got) LIMIT 10;
