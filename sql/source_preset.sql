-- preset: the tables of a known system become sources by one statement.
\set SHOW_CONTEXT never
\pset format unaligned
SELECT crm.add_department('sales');
SELECT crm.add_preset('desk', '{
	"title": "A service desk",
	"detect": {"tables": {"company": ["id", "legal_name"], "client": ["id", "companyId", "mail"]}},
	"sources": [
		{"table": "company", "key": ["id"], "kind": "organization", "map": {"organization": ["legal_name"], "country": "land"}},
		{"table": ["client", "Client"], "key": ["id"], "kind": "person", "requires": ["id"],
			"map": {"name": ["full name"], "email": ["mail", "\"mail 2\""], "phone": [["mobile_e164", "mobile", "phone"], "fax"]},
			"filter": ["deleted_at IS NULL", ["NOT staff", "staff = 0"]],
			"changed_at": "updated_at", "entered_by": ["lower(\"createdBy\")", "\"createdBy\""],
			"region": "''nl''", "belongs_to": "\"companyId\"", "related": "company", "relation": "contact_of", "since": "since"}]}');
CREATE SCHEMA "Desk 1"
	CREATE TABLE company (id integer PRIMARY KEY, legal_name text, land char(2))
	CREATE TABLE client (id integer PRIMARY KEY, "full name" text, mail text, "mail 2" text, mobile text, phone text, fax text, staff integer,
		deleted_at timestamptz, updated_at timestamptz, "createdBy" text, "companyId" integer, since date);
INSERT INTO "Desk 1".company VALUES (7, 'Acme', 'NL');
INSERT INTO "Desk 1".client VALUES
	(1, 'Ann Lee', 'ann@a.example', 'lee@b.example', '06 12345678', '020 1234567', NULL, 0, NULL, '2024-01-02', 'BOB', 7, '2020-01-01'),
	(2, 'Gone', 'gone@a.example', NULL, NULL, NULL, NULL, 0, '2024-01-01', NULL, NULL, NULL, NULL),
	(3, 'Colleague', 'colleague@a.example', NULL, NULL, NULL, NULL, 1, NULL, NULL, NULL, NULL, NULL);

SELECT name, title, builtin, tables, attributes FROM crm.presets WHERE NOT builtin;
SELECT * FROM crm.detect_preset('Desk 1');
SELECT preset FROM crm.detect_preset() WHERE schema = 'Desk 1';
SELECT * FROM crm.detect_preset('desk 1');

-- what would happen, to be read; nothing happens
SELECT * FROM crm.preset_statements('"Desk 1"', 'desk', department => 'sales');
SELECT step, statement FROM crm.preset_statements('"Desk 1".company', 'desk');
SELECT count(*) FROM crm_internal.source;
-- exactly these statements make the same registry as the preset
BEGIN;
SELECT statement FROM crm.preset_statements('"Desk 1"', 'desk', department => 'sales') \gexec
CREATE TEMPORARY TABLE by_hand AS SELECT (to_jsonb(s) - '{source_id,registered_at,seen}'::text[])::text AS source FROM crm_internal.source s;
SELECT crm.drop_source('"Desk 1".company'), crm.drop_source('"Desk 1".client');
SELECT crm.add_source('"Desk 1"', department => 'sales', preset => 'desk');
(SELECT source FROM by_hand EXCEPT SELECT (to_jsonb(s) - '{source_id,registered_at,seen}'::text[])::text FROM crm_internal.source s);
SELECT count(*) FROM by_hand;
ROLLBACK;

SELECT crm.add_source('"Desk 1"', department => 'sales', preset => 'desk');
SELECT table_name, key_columns, mapping, filter, kind, region, changed_at, entered_by, belongs_to, related_table, relation, since, trust, mode
FROM crm_internal.source ORDER BY source_id;
CALL crm.resolve();
SELECT kind, name, organization, email, phone FROM crm.customer ORDER BY kind, name;
SELECT source, preset, "table", field, expression, reason FROM crm.preset_report;

-- a second time by mistake: nothing changes
SELECT crm.add_source('"Desk 1"', department => 'sales', preset => 'desk');
SELECT crm.add_source('"Desk 1".client', department => 'sales', preset => 'desk', trust => 1);
SELECT crm.add_source('"Desk 1".client', department => 'sales', map => '{"name": "full name"}');
SELECT count(*), count(*) FILTER (WHERE trust = 0.5) FROM crm_internal.source;
SELECT * FROM crm.refresh_preset('"Desk 1".client');

-- what is given stands before the preset: a filter is one more, a map is laid over, null takes away
SELECT crm.drop_source('"Desk 1".client');
SELECT source FROM crm.preset_report;
SELECT crm.add_source('"Desk 1".client', department => 'sales', preset => 'desk', trust => 0.9, mode => 'inline', region => '', kind => 'organization',
	filter => 'id <> 4 OR mail = ''O''''Hara''', map => '{"phone": null, "email": "lower(mail)", "city": "''Delft''"}', changed_at => 'deleted_at', key => '{id}');
SELECT mapping, filter, kind, region, changed_at, trust, mode FROM crm_internal.source WHERE table_name = 'client';
SELECT given FROM crm_internal.preset_use u JOIN crm_internal.source USING (source_id) WHERE table_name = 'client';
-- and stays so when the preset is applied again
ALTER TABLE "Desk 1".client ADD mobile_e164 text, ADD marker text;
SELECT * FROM crm.refresh_preset('"Desk 1".client');
SELECT crm.drop_source('"Desk 1".client');
SELECT crm.add_source('"Desk 1".client', department => 'sales', preset => 'desk', map => '{"email": "no_column"}');

-- refusals
SELECT crm.add_source('"Desk 1"', department => 'sales', preset => 'odysseus');
SELECT crm.add_source('nowhere', department => 'sales', preset => 'desk');
SELECT crm.add_source('"Desk 1".nowhere', department => 'sales', preset => 'desk');
SELECT crm.add_source('"Desk 1"', department => 'nowhere', preset => 'desk');
SELECT crm.add_source('"Desk 1"', department => NULL, preset => 'desk');
SELECT crm.add_source(NULL, department => 'sales', preset => 'desk');
CREATE TABLE public.other (id integer PRIMARY KEY);
SELECT crm.add_source('public.other', department => 'sales', preset => 'desk');
SELECT crm.refresh_preset('public.other');
SELECT crm.add_source('public.other', department => 'sales', map => '{"external_id": "id"}');
SELECT crm.refresh_preset('public.other');

-- documents of one's own
SELECT crm.add_preset('desk', '{"title": "Again", "detect": {"tables": {"a": []}}, "sources": [{"table": "a", "map": {}}]}');
SELECT crm.add_preset('Desk!', '{}');
SELECT crm.add_preset('bad', '[]');
SELECT crm.add_preset('bad', '{"titel": "x", "sources": {"table": "a"}, "detect": {"tables": {"a": "b"}}}');
SELECT crm.add_preset('bad', '{"title": "x", "detect": [{"tables": {"a": ["id"]}}], "sources": [7,
	{"table": "a", "preferred": "x", "trust": 1, "key": [], "map": {"shoe_size": "a", "name": {"a": "b"}, "email": [["a", "b"], 3]}, "filter": {"a": 1}, "kind": [["a"]],
		"details": [{"table": "b", "map": {}}, {"table": "c", "key": ["x"], "map": {}, "details": [{"key": ["y"], "kind": "person"}]}, {"table": "c", "key": ["z"], "map": {}}]},
	{"table": ["b", "a"], "map": []}]}');
-- one stands before the builtin one of its name, which is there again when it goes
SELECT crm.add_preset('chinook', '{"title": "Ours", "detect": {"tables": {"a": ["id"]}}, "sources": [{"table": "a", "map": {"name": "n"}}]}');
SELECT title, builtin FROM crm.presets WHERE name = 'chinook';
SELECT crm.drop_preset('chinook');
SELECT title, builtin FROM crm.presets WHERE name = 'chinook';
SELECT crm.drop_preset('chinook');

-- every builtin document is well-formed, and says who its system is
SELECT p.name, q FROM crm_internal.preset p, crm_internal.preset_problems(p.definition) q;
SELECT name FROM crm_internal.preset WHERE title !~ '^[A-Z]' AND name <> 'twenty' AND name <> 'pagila' OR definition -> 'detect' IS NULL;
SELECT count(*) >= 7 AS several FROM crm.presets WHERE builtin;
