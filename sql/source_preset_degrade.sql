-- preset: versions and modules of a system differ; what its tables lack is left out and told.
\set SHOW_CONTEXT never
\pset format unaligned
SELECT crm.add_department('sales');
SELECT crm.add_preset('partners', '{
	"title": "Partners",
	"detect": [{"tables": {"partner": ["id", "name", "active", "vat"], "country": ["id", "code"]}}, {"tables": {"Partner": ["Id"]}}],
	"sources": [
		{"table": "partner", "key": ["id"], "requires": ["id", ["name", "complete_name"]],
			"map": {"name": [["name", "complete_name"]], "email": [["email_normalized", "email"]], "phone": ["phone", "mobile"], "tax_number": "vat", "birth_date": "born"},
			"filter": ["active", "type = ''contact''"],
			"kind": ["CASE WHEN is_company THEN ''organization'' ELSE ''person'' END", "person"],
			"region": "country_code", "changed_at": ["write_date", "create_date"], "entered_by": "write_uid",
			"belongs_to": "parent_id", "related": "partner", "since": "member_since"},
		{"table": "lead", "key": ["id"], "map": {"name": ["contact_name"], "email": ["email_from"]},
			"belongs_to": "partner_id", "related": ["partner_of_old", "partner"]},
		{"table": "note", "map": {"email": ["author"]}}]}');
CREATE SCHEMA app
	CREATE TABLE partner (id integer PRIMARY KEY, name text, complete_name text, email text, email_normalized text, phone text, mobile text, vat text,
		born date, active boolean, type text, is_company boolean, country_code text, write_date timestamp, create_date timestamp, write_uid integer,
		parent_id integer, member_since date)
	CREATE TABLE lead (id integer PRIMARY KEY, contact_name text, email_from text, partner_id integer)
	CREATE TABLE note (author text);

-- all is there but a key of the last
SELECT * FROM crm.preset_statements('app', 'partners');
-- one column after the other is not there: what can be read still is, and what is said can be done
CREATE FUNCTION without(gone text) RETURNS TABLE (step integer, report text) LANGUAGE plpgsql AS $$
BEGIN
	CREATE TABLE app.before (LIKE app.partner INCLUDING ALL);
	EXECUTE format('ALTER TABLE app.partner DROP %I', gone);
	RETURN QUERY SELECT p.step, concat_ws(E'\n', p.statement, p.left_out) FROM crm.preset_statements('app.partner', 'partners') p;
	IF EXISTS (SELECT FROM crm.preset_statements('app.partner', 'partners') p WHERE p.statement IS NOT NULL) THEN
		PERFORM crm.add_source('app.partner', department => 'sales', preset => 'partners');
		PERFORM crm.drop_source('app.partner');
	END IF;
	DROP TABLE app.partner;
	ALTER TABLE app.before RENAME TO partner;
END
$$;
SET client_min_messages = warning;
SELECT gone, w.report FROM unnest((SELECT array_agg(attname ORDER BY attnum) FROM pg_attribute WHERE attrelid = 'app.partner'::regclass AND attnum > 0)) gone,
	without(gone) w ORDER BY array_position('{id,name}', gone::text), w.report;
RESET client_min_messages;

-- types differ too
INSERT INTO app.partner (id, name, email_normalized, phone, mobile, active, type) VALUES (1, 'Ann Lee', 'ann@a.example', '+31612345678', '+31612345679', true, 'contact');
ALTER TABLE app.partner ALTER active TYPE text USING 'yes', ALTER is_company TYPE integer USING 1, ALTER write_date TYPE text, ALTER parent_id TYPE text;
SELECT crm.add_source('app.partner', department => 'sales', preset => 'partners');
SELECT mapping, filter, kind, changed_at FROM crm_internal.source;
SELECT "table", field, expression, reason FROM crm.preset_report;
CALL crm.resolve();
SELECT name, email, phone FROM crm.customer;

-- a schema: what has no table or no key is left out, the rest is there
SELECT crm.drop_source('app.partner');
SELECT crm.add_source('app', department => 'sales', preset => 'partners');
SELECT source, field, expression FROM crm.preset_report;
SELECT crm.drop_source('app.partner'), crm.drop_source('app.lead');
DROP TABLE app.partner, app.note;
SELECT crm.add_source('app', department => 'sales', preset => 'partners');
SELECT crm.drop_source('app.lead');
ALTER TABLE app.lead DROP contact_name, DROP email_from;
SELECT crm.add_source('app', department => 'sales', preset => 'partners');
SELECT crm.add_source('app.lead', department => 'sales', preset => 'partners');
-- an attribute that is given is one that remains
ALTER TABLE app.lead ADD who text;
SELECT crm.add_source('app.lead', department => 'sales', preset => 'partners', map => '{"name": "who"}');

-- an upgrade brings columns and takes some, somebody changed the source by hand meanwhile
SELECT crm.change_source('app.lead', map => '{"name": "upper(who)", "external_id": "id"}', trust => 0.7);
ALTER TABLE app.lead ADD email_from text, ADD partner_of_old integer;
CREATE TABLE app.partner_of_old (id integer PRIMARY KEY);
SELECT * FROM crm.refresh_preset('app.lead');
SELECT mapping, belongs_to, related_table, trust FROM crm_internal.source;
SELECT * FROM crm.refresh_preset('app.lead');
-- a renamed column the source follows, though the preset no longer knows it
ALTER TABLE app.lead RENAME email_from TO email;
SELECT * FROM crm.refresh_preset('app.lead');
SELECT mapping FROM crm_internal.source;
-- one that is dropped
ALTER TABLE app.lead DROP email;
SELECT * FROM crm.refresh_preset('app.lead');
SELECT repair, followed FROM crm.source_status;
SELECT field, expression, reason FROM crm.preset_report;
-- the whole table is no longer what the preset knows
ALTER TABLE app.lead DROP id CASCADE;
SELECT * FROM crm.refresh_preset('app.lead');
SELECT needs_attention FROM crm.source_status;
SELECT crm.drop_source('app.lead');
SELECT count(*) FROM crm_internal.preset_use;

-- recognised by most of its tables and columns; the other spelling is as good
SELECT * FROM crm.detect_preset('app');
CREATE TABLE app.country (id integer, code text, name text);
CREATE TABLE app.partner (id integer, name text, active boolean);
SELECT * FROM crm.detect_preset('app');
CREATE SCHEMA app2 CREATE TABLE "Partner" ("Id" integer);
SELECT * FROM crm.detect_preset('app2');
SELECT * FROM crm.detect_preset('nowhere');
-- whoever asks for a mapping hears of it
INSERT INTO app.partner VALUES (1, 'Ann Lee', true);
SELECT attribute, "column" FROM crm.suggest_mapping('app.partner');
