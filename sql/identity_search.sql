-- Who is this? A line as somebody types it while the telephone rings.
\set VERBOSITY terse
SELECT crm.add_department('sales');
CREATE TABLE public.account (id integer PRIMARY KEY, name text, mail text, phone text, born date, city text);
INSERT INTO account VALUES
	(1, 'Jonathan Smithers', 'jonathan@smithers.nl', '06 12345678', '1970-04-05', 'Delft'),
	(2, 'Jane Smithers', 'jane@smithers.nl', '06 87654321', '1982-11-30', 'Delft'),
	(3, 'Willemijn van den Oosterhof', 'w.oosterhof@example.org', '015 2123456', '1990-01-31', 'Breda'),
	(4, 'Jansen & Zonen B.V.', 'info@jansenzonen.nl', '020 6201234', NULL, 'Amsterdam'),
	(5, '100% Pure_Water BV', 'sales@purewater.nl', NULL, NULL, 'Ede'),
	(6, 'Zoë Müller', 'zoe@müller.de', '+49 30 901820', '1975-06-15', 'Köln'),
	(7, '佐藤 健', NULL, NULL, '1989-03-21', '東京');
SELECT crm.add_source('account', 'sales', '{"name": "name", "email": "mail", "phone": "phone", "birth_date": "born", "city": "city"}', region => 'NL');
CALL crm.resolve();

-- the best answer to each line
CREATE FUNCTION found(line text) RETURNS text LANGUAGE sql AS
	'SELECT coalesce((SELECT name FROM crm.search(line) LIMIT 1), ''nobody'')';
SELECT line, found(line) FROM unnest(ARRAY[
	'jon smiht 0031 6 12345678',
	'Jonathan Smithers', 'smithers jonathan', 'Smithers, Jonathan', 'jonatan smiters', 'JONATHAN SMITHERS DELFT',
	'0612345678', '06-123 456 78', '+31612345678', '(0031) 6 1234 5678',
	'jane@smithers.nl', 'JANE@SMITHERS.NL', 'jane+news@smithers.nl',
	'smithers 1982-11-30', 'smithers 30-11-1982', '31.01.1990 oosterhof',
	'willemijn oosterhof', 'van den Oosterhof Willemijn', 'w oosterhof breda',
	'jansen zonen', 'Jansen en Zn. BV Amsterdam', 'info@jansenzonen.nl',
	'oosterhof', 'Willem', 'jans', 'smithers', '100% pure', '100%', 'pure_water',
	'zoe muller', 'Zoe Mueller', 'zoe@müller.de', 'zoe@xn--mller-kva.de',
	'佐藤 健']) WITH ORDINALITY AS l (line, n) ORDER BY n;
-- the rest finds nobody, and nothing breaks
SELECT line, found(line) FROM unnest(ARRAY['', ' ', '%', '_', '%%', '\', '''', '"', 'a', '1', '@', 'x@', '@x', '+', '0000000000', '9999-99-99',
	'quirijn nobody', '(((((((', E'\t\n', '😀', '; DROP TABLE account']) WITH ORDINALITY AS l (line, n) ORDER BY n;
SELECT length(line), found(line) FROM unnest(ARRAY[repeat('x', 100000), repeat('ab cd ', 20000), repeat('a@b.nl ', 10000), repeat('06 ', 50000),
	repeat('1', 100000), repeat('é', 100000), repeat('%', 100000)]) WITH ORDINALITY AS l (line, n) ORDER BY n;
SELECT found(repeat('jane@smithers.nl ', 1000)), found('Jonathan Smithers ' || repeat('x', 600));
-- at most as many as asked for, the best first
SELECT count(*) FROM crm.search('smithers');
SELECT count(*) FROM crm.search('smithers', 1);
SELECT count(*) FROM crm.search('smithers', 0);
SELECT count(*) FROM crm.search('jane smithers delft', 1);
SELECT count(*) FROM crm.search(NULL);
SELECT name, weight > 0 AS likely, source_records FROM crm.search('jane smithers');
-- it reads only
BEGIN READ ONLY;
SELECT found('jane smithers'), found('0612345678');
COMMIT;
-- what is gone is not found
DELETE FROM account WHERE id = 1;
CALL crm.resolve();
SELECT found('0612345678'), found('jonathan smithers 1970-04-05');

-- One typing error in anything, by itself.
INSERT INTO account VALUES (8, 'Hendrik-Jan Zuurendonk', 'zuurendonk@planet.nl', '06 55566677', '1961-07-08', 'Ede'),
	(9, 'Machinefabriek Bolderveld Holding NV', NULL, NULL, NULL, 'Ede');
CALL crm.resolve();
SELECT line, found(line) FROM unnest(ARRAY[
	'zuurendonk', 'Hendrik', 'bolderveld', 'machinefabriek', 'machinefabirek', 'zurendomk', 'zuurendnok', 'hendrik zuurendnok',
	'0655566676', '0655566767', '065556667', '06555666777', 'zuurendonk@planet.nk', 'zuurendnok@planet.nl', 'zuurendon@planet.nl', 'xuurendonk@planet.nl',
	'oostrehof', 'willemijm', 'willemijn oosterkof']) WITH ORDINALITY AS l (line, n) ORDER BY n;
-- by attributes
CREATE FUNCTION found(attributes jsonb) RETURNS text LANGUAGE sql AS
	'SELECT coalesce((SELECT name FROM crm.search(attributes) LIMIT 1), ''nobody'')';
SELECT attributes, found(attributes::jsonb) FROM unnest(ARRAY[
	'{"family_name": "Zuurendonk"}', '{"given_name": "Hendrik Jan", "family_name": "Zuurendonk"}', '{"name": "zuurendnok"}', '{"organization": "Bolderveld"}',
	'{"phone": "0655566677"}', '{"phone": [null, "0611111111", "0655566677"]}', '{"phone": 31655566677}', '{"email": "ZUURENDONK@planet.nl"}',
	'{"birth_date": "1961-07-08", "city": "Ede"}', '{"birth_date": "1990-01-31", "given_name": "Willemijn"}',
	'{}', '{"name": ""}', '{"name": null}', '{"name": "Quirijn Nobody"}']) WITH ORDINALITY AS l (attributes, n) ORDER BY n;
SELECT found('{"shoe_size": 44}'::jsonb);
SELECT found('["Zuurendonk"]'::jsonb);
-- why
SELECT name, reason FROM crm.search('jane smithers 06 87654321', 1);
SELECT name, weight, reason FROM crm.search('zuurend');
SELECT name, reason FROM crm.search('{"family_name": "Zuurendonk", "birth_date": "1961-08-07"}'::jsonb, 1);
