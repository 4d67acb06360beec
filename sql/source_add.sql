-- add_source: what is registered, which triggers stand on the table, what is read.
\set SHOW_CONTEXT never
SELECT crm.add_department('sales');
CREATE SCHEMA sales;
CREATE TYPE sales.tier AS ENUM ('gold', 'silver');
CREATE FUNCTION sales.tidy(text) RETURNS text LANGUAGE sql IMMUTABLE RETURN upper($1);
CREATE TABLE sales.account (id integer PRIMARY KEY, account_name text, mail text, "Mail 2" text, born date, tags text[],
	active boolean, is_company boolean, country varchar(3), changed timestamp, tier sales.tier, note text);
INSERT INTO sales.account VALUES
	(1, '  Ann Lee ', 'ann@a.example', NULL, '1980-02-03', '{x,NULL,y}', true, false, 'nl', '2024-01-02 03:04:05', 'gold', 'n'),
	(2, 'Acme', 'info@acme.example', 'sales@acme.example', NULL, '{}', true, true, 'xyz', NULL, 'silver', 'n'),
	(3, '   ', '', NULL, NULL, NULL, true, NULL, NULL, NULL, NULL, 'n'),
	(4, 'Gone', 'gone@a.example', NULL, NULL, NULL, false, NULL, NULL, NULL, NULL, 'n');

-- columns by their exact names, expressions qualified for good, whatever the search_path
SET search_path = sales, public;
SELECT crm.add_source('account', department => 'sales', map => '{"name": "account_name", "email": ["mail", "Mail 2"], "birth_date": "born",
	"external_id": "tags", "city": "tidy(account.mail)", "region": "tier"}', filter => 'active AND tier IS DISTINCT FROM ''silver''::tier OR is_company',
	kind => 'CASE WHEN is_company THEN ''organization'' WHEN NOT is_company THEN ''P'' END', region => 'country', changed_at => 'changed');
RESET search_path;
SELECT department, schema_name, table_name, relation_kind, key_columns, key_types, mapping, columns, column_numbers, filter, kind, region, changed_at, trust, mode
FROM crm_internal.source \gx
SELECT tgname, tgenabled, pg_get_triggerdef(oid) FROM pg_trigger WHERE tgrelid = 'sales.account'::regclass ORDER BY tgname;
SELECT source, source_key, op FROM crm.pending;
SELECT * FROM crm_internal.read_source(1, '{1,2,3,4,5,1}') ORDER BY source_key;

-- the same text for every session
SET DateStyle = 'SQL, DMY';
SET TimeZone = 'Asia/Tokyo';
SELECT source_key, changed_at AT TIME ZONE 'UTC' AS changed_at, attributes->'birth_date' AS birth_date FROM crm_internal.read_source(1, '{1}');
RESET DateStyle;
RESET TimeZone;
SELECT source, kind, mode, trust, rows, pending, errors, needs_attention FROM crm.source_status;

-- a composite key and one out of a unique index; nothing about names is taken for granted
CREATE TABLE sales."Order ""x""" (country text, "No" integer, mail varchar(50), UNIQUE (country, "No"));
ALTER TABLE sales."Order ""x""" ALTER country SET NOT NULL, ALTER "No" SET NOT NULL;
INSERT INTO sales."Order ""x""" VALUES ('NL', 42, 'a@b.example'), ('D"E', 42, 'c@d.example'), ('NL', 43, 'e@f.example');
SELECT crm.add_source('sales."Order ""x"""', 'sales', '{"email": "mail"}', region => 'nl', kind => 'organisation', trust => 1, mode => 'inline');
SELECT key_columns, key_types, kind, region, trust, mode FROM crm_internal.source WHERE source_id = 2;
SELECT source_key, kind, region, attributes FROM crm_internal.read_source(2, ARRAY['["NL", "42"]', '["D\"E", "42"]', '["NL", "44"]', '["DE", "43"]']) ORDER BY source_key;
SELECT source_key = jsonb_build_array('D"E', 42::text)::text AS canonical FROM crm_internal.read_source(2, ARRAY['["D\"E", "42"]']);

-- keys of other types
CREATE TABLE sales.by_uuid (id uuid PRIMARY KEY, code char(4) UNIQUE NOT NULL, at timestamptz UNIQUE NOT NULL, ok boolean UNIQUE NOT NULL, mail text);
INSERT INTO sales.by_uuid VALUES ('00000000-0000-0000-0000-000000000001', 'ab', '2024-05-06 07:08:09+02', true, 'u@v.example');
SELECT crm.add_source('sales.by_uuid', 'sales', '{"email": "mail"}');
SELECT source_key FROM crm_internal.read_source(3, '{00000000-0000-0000-0000-000000000001}');
SELECT crm.change_source('sales.by_uuid', key => '{code}');
SELECT '>' || source_key || '<' AS key FROM crm_internal.scan_source(3);
SELECT attributes FROM crm_internal.read_source(3, '{ab}');
SELECT crm.change_source('sales.by_uuid', key => '{at}');
SELECT attributes FROM crm_internal.read_source(3, ARRAY(SELECT source_key FROM crm_internal.scan_source(3)));
SELECT crm.change_source('sales.by_uuid', key => '{ok}');
SELECT source_key, attributes FROM crm_internal.read_source(3, '{true,false}');

-- change: NULL keeps, an empty text removes
SELECT crm.change_source('sales.account', filter => '', trust => 0.9);
SELECT filter, kind IS NOT NULL AS kind_kept, mapping->'email' AS email, trust FROM crm_internal.source WHERE source_id = 1;
-- a department and its source by one statement
SELECT crm.add_department('back office'), crm.drop_source('sales.by_uuid'), crm.add_source('sales.by_uuid', 'back office', '{"email": "mail"}', key => '{ok}');
-- drop: nothing is left on the tables
SELECT crm.drop_source('sales.account'), crm.drop_source('sales."Order ""x"""'), crm.drop_source('sales.by_uuid');
SELECT count(*) FROM pg_trigger WHERE tgname LIKE 'crm%' AND tgrelid::regclass::text LIKE 'sales.%';
SELECT (SELECT count(*) FROM crm_internal.source) AS sources, (SELECT count(*) FROM crm_internal.pending) AS pending;
