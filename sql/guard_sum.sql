-- A statement's act holds the sum of its rows' amounts, as exact and as long as the server's own.
SET client_min_messages = warning;
CREATE SCHEMA sums;
CREATE TABLE sums.amount (id integer, set text, value numeric);
SELECT crm.add_guard('sums.amount', decision => 'goodwill', amount => 'value', journal => 'statement');
CREATE FUNCTION sums.values_of(form text) RETURNS SETOF numeric LANGUAGE sql AS $$
	SELECT CASE form
		WHEN 'whole' THEN i::numeric
		WHEN 'cents' THEN round(i / 7.0, 2)
		WHEN 'signs' THEN round((i - 500) * 1.3, i % 4)
		WHEN 'zeros' THEN 0.00
		WHEN 'long scales' THEN ('0.5' || repeat('0', i % 9))::numeric
		WHEN 'many places' THEN 1 / i::numeric
		WHEN 'large' THEN 999999999999.9999
		WHEN 'huge' THEN 10::numeric ^ (i % 30)
		WHEN 'large and small' THEN CASE i % 3 WHEN 0 THEN 1e15 WHEN 1 THEN 0.01 ELSE -1e-7 END
		WHEN 'near the end of 64 bits' THEN (CASE WHEN i % 2 = 0 THEN -1 ELSE 1 END) * 922337203685.4775
		WHEN 'not a number' THEN CASE WHEN i = 500 THEN 'NaN' ELSE i::numeric END
		WHEN 'infinite' THEN CASE WHEN i = 500 THEN 'Infinity' ELSE i::numeric END
	END FROM generate_series(1, 1000) i
$$;
DO $$
DECLARE form text;
BEGIN
	FOREACH form IN ARRAY '{whole,cents,signs,zeros,long scales,many places,large,huge,large and small,near the end of 64 bits,not a number,infinite}'::text[] LOOP
		INSERT INTO sums.amount SELECT row_number() OVER (), form, value FROM sums.values_of(form) value;
	END LOOP;
	-- so many that 64 bits are not enough: 20,000 of nearly 10^12
	INSERT INTO sums.amount SELECT i, 'beyond 64 bits', 999999999999.99 FROM generate_series(1, 20000) i;
END
$$;
WITH act AS (SELECT amount, entries, row_number() OVER (ORDER BY act_id) AS n FROM crm.journal WHERE decision = 'goodwill'),
	wanted AS (SELECT set, sum(value) AS amount, count(*) AS entries, row_number() OVER (ORDER BY min(ctid)) AS n FROM sums.amount GROUP BY set)
SELECT set, act.amount::text = wanted.amount::text AS same, act.entries = wanted.entries AS all_rows, length(act.amount::text) AS length
FROM wanted JOIN act USING (n) ORDER BY n;
