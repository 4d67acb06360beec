#!/usr/bin/env perl
# Every way in which rows are written meets the guard.
use strict;
use warnings;
use lib "$ENV{TREE}/test/lib";
use Guarded;
use Test::More;

guarded_begin('write', <<'SQL');
SET ROLE bypass_owner;
CREATE TABLE desk.account (id integer PRIMARY KEY);
CREATE TABLE desk.line (id integer PRIMARY KEY, account_id integer REFERENCES desk.account ON DELETE CASCADE, value numeric);
CREATE FUNCTION desk.give(id integer, value numeric) RETURNS void LANGUAGE sql SECURITY DEFINER
	AS 'INSERT INTO desk.voucher VALUES (id, value)';
RESET ROLE;
GRANT SELECT, INSERT, UPDATE, DELETE, TRUNCATE ON ALL TABLES IN SCHEMA desk TO bypass_app;
INSERT INTO desk.account VALUES (1), (2);
INSERT INTO desk.line VALUES (1, 1, 400), (2, 2, 40);
SELECT crm.add_guard('desk.voucher', decision => 'goodwill', amount => 'value', operations => '{INSERT,UPDATE,DELETE}');
SELECT crm.add_guard('desk.line', decision => 'goodwill', amount => 'value', operations => '{INSERT,UPDATE,DELETE}');
SQL
is(by('bypass_app', 'INSERT INTO desk.voucher VALUES (10, 50)'), '', 'what is within the mandate passes');

closed_to('INSERT INTO desk.voucher SELECT g, 400 FROM generate_series(1, 3) g', 'INSERT … SELECT');
closed_to("COPY desk.voucher FROM stdin;\n1\t400\tx\n\\.\n", 'COPY');
closed_to('INSERT INTO desk.voucher VALUES (10, 1) ON CONFLICT (id) DO UPDATE SET value = 400', 'ON CONFLICT DO UPDATE');
closed_to('INSERT INTO desk.voucher VALUES (1, 400) ON CONFLICT DO NOTHING', 'ON CONFLICT DO NOTHING');
closed_to('MERGE INTO desk.voucher v USING (VALUES (10, 400), (11, 1)) n (id, value) ON v.id = n.id WHEN MATCHED THEN UPDATE SET value = n.value WHEN NOT MATCHED THEN INSERT VALUES (n.id, n.value)',
	'MERGE, the part that updates');
closed_to('MERGE INTO desk.voucher v USING (VALUES (10, 1), (11, 400)) n (id, value) ON v.id = n.id WHEN MATCHED THEN DO NOTHING WHEN NOT MATCHED THEN INSERT VALUES (n.id, n.value)',
	'MERGE, the part that inserts');
closed_to('WITH w AS (INSERT INTO desk.voucher VALUES (1, 400) RETURNING id) SELECT * FROM w', 'a WITH that writes');
closed_to('UPDATE desk.voucher SET value = 400', 'UPDATE');
closed_to('PREPARE p AS INSERT INTO desk.voucher VALUES ($1, $2); EXECUTE p (21, 40); EXECUTE p (22, 400)', 'a prepared statement');
closed_to('DO $$BEGIN INSERT INTO desk.voucher VALUES (1, 400); END$$', 'a DO block');
closed_to('SELECT desk.give(1, 400)', 'a function with the rights of the owner');
closed_to("BEGIN;\nSAVEPOINT s;\nINSERT INTO desk.voucher VALUES (1, 400);", 'a savepoint');
is(by('bypass_app', 'SELECT desk.give(1, 40)'), '', 'the same function within the mandate');

# the clerk empties a parent: the rows that hang on it are his doing, though the owner deletes them
closed_to('DELETE FROM desk.account WHERE id = 1', 'ON DELETE CASCADE');
is(by('bypass_app', 'DELETE FROM desk.account WHERE id = 2'), '', 'a cascade within the mandate');
is(sql(q{SELECT person || ' ' || amount FROM crm.journal WHERE subject LIKE 'desk.line%'}), 'bypass_app 40', 'is his act');
closed_to('TRUNCATE desk.account CASCADE', 'TRUNCATE CASCADE');
closed_to('TRUNCATE desk.voucher', 'TRUNCATE');
like(by('postgres', "BEGIN;\nSET LOCAL crm.guards_enabled = off;\nTRUNCATE desk.voucher;\nSET LOCAL crm.guards_enabled = on;\nCOPY desk.voucher FROM stdin (FREEZE);\n1\t400\tx\n\\.\n"),
	qr/ERROR:  decision "goodwill" for 400 is refused/, 'COPY FREEZE');
is(sql('SELECT string_agg(concat(id, $$ $$, value), $$, $$ ORDER BY id) FROM desk.voucher'), '1 40, 10 50, 21 40', 'nothing else was written');
clean('after all that');
guarded_end();
