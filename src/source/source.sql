-- source: the registry of departmental tables and how a row of each is read.

CREATE SEQUENCE crm_internal.source_source_id_seq AS integer;
CREATE TABLE crm_internal.source
(
	source_id integer PRIMARY KEY DEFAULT crm_internal.take_number('crm_internal.source_source_id_seq'),
	role "char" NOT NULL DEFAULT 's' CHECK (role OPERATOR(pg_catalog.=) ANY ('{s,d,l}'::"char"[])),
	root_id integer,
	parent_id integer,
	parent_columns text[],
	department text NOT NULL,
	schema_name text NOT NULL,
	table_name text NOT NULL,
	relation_kind "char" NOT NULL,
	key_columns text[] NOT NULL,
	key_types text[] NOT NULL,
	mapping jsonb NOT NULL,
	columns text[] NOT NULL,
	column_numbers smallint[] NOT NULL DEFAULT '{}',
	column_types text[] NOT NULL DEFAULT '{}',
	filter text,
	kind text,
	region text,
	changed_at text,
	entered_by text,
	preferred text,
	belongs_to text,
	related_schema text,
	related_table text,
	relation text,
	since text,
	until text,
	trust real NOT NULL DEFAULT 0.5 CHECK (trust OPERATOR(pg_catalog.>=) 0 AND trust OPERATOR(pg_catalog.<=) 1),
	attribute_trust jsonb NOT NULL DEFAULT '{}',
	own_duplicates boolean NOT NULL DEFAULT true,
	mode text NOT NULL DEFAULT 'watch' CHECK (mode OPERATOR(pg_catalog.=) ANY ('{watch,inline}'::pg_catalog.text[])),
	registered_at timestamptz NOT NULL DEFAULT pg_catalog.now(),
	resolved_at timestamptz,
	attention text,
	repair text,
	owner_name text,
	seen jsonb,
	former_name text[],
	followed text,
	followed_at timestamptz,
	CHECK ((role OPERATOR(pg_catalog.=) 's') OPERATOR(pg_catalog.=) (parent_id IS NULL)),
	CHECK ((parent_id IS NULL) OPERATOR(pg_catalog.=) (root_id IS NULL)),
	CHECK ((parent_id IS NULL) OPERATOR(pg_catalog.=) (parent_columns IS NULL))
);
CREATE UNIQUE INDEX source_table_idx ON crm_internal.source (schema_name, table_name) WHERE parent_id IS NULL;
CREATE UNIQUE INDEX source_part_idx ON crm_internal.source (parent_id, role, schema_name, table_name, key_columns, parent_columns, pg_catalog.md5(coalesce(filter, '')))
	WHERE parent_id IS NOT NULL;
CREATE INDEX source_root_idx ON crm_internal.source (root_id) WHERE parent_id IS NOT NULL;
COMMENT ON TABLE crm_internal.source IS 'departmental tables that feed the customer record: sources, whose rows are customers, and the details and lookups that hang on them';
COMMENT ON COLUMN crm_internal.source.role IS 's source, d detail (child table whose rows add values to those of its parent), l lookup (table in which expressions of its parent look a value up)';
COMMENT ON COLUMN crm_internal.source.root_id IS 'the source to which a detail or lookup belongs; NULL for a source';
COMMENT ON COLUMN crm_internal.source.parent_id IS 'the source, detail or lookup that a detail or lookup hangs on';
COMMENT ON COLUMN crm_internal.source.parent_columns IS 'columns of the parent''s table that key_columns equal, in the same order';
COMMENT ON COLUMN crm_internal.source.entered_by IS 'SQL expression for who entered the row';
COMMENT ON COLUMN crm_internal.source.preferred IS 'of a detail: SQL condition; the values of rows for which it holds come first';
COMMENT ON COLUMN crm_internal.source.belongs_to IS 'SQL expression that gives the key of the row of the related source to which this row''s customer stands in relation';
COMMENT ON COLUMN crm_internal.source.related_table IS 'the source to which belongs_to refers, with related_schema; by name, so that it may be dropped and made again';
COMMENT ON COLUMN crm_internal.source.relation IS 'kind of the relation: a word, an SQL expression that gives one, or NULL: by the kinds of the two customers';
COMMENT ON COLUMN crm_internal.source.since IS 'SQL expression for the day from which the relation holds; until for the last one';
COMMENT ON COLUMN crm_internal.source.attribute_trust IS 'attribute -> trust from 0 to 1, where it is not that of the source';
COMMENT ON COLUMN crm_internal.source.own_duplicates IS 'false: no two of its rows are one customer, unless somebody said so';
COMMENT ON COLUMN crm_internal.source.mapping IS 'attribute -> array of SQL expressions over the row; a plain column stands quoted where it must be';
COMMENT ON COLUMN crm_internal.source.columns IS 'every column that key, mapping, filter, kind, region and changed_at read: an update of others is not captured';
COMMENT ON COLUMN crm_internal.source.column_numbers IS 'attribute number of each of columns when it was registered: by it a renamed column is found';
COMMENT ON COLUMN crm_internal.source.column_types IS 'type of each of columns when it was registered: a retyped column may hold other values, which no trigger saw';
COMMENT ON COLUMN crm_internal.source.kind IS 'person, organization, an SQL expression that gives one of them, or NULL: by the values of the row';
COMMENT ON COLUMN crm_internal.source.region IS 'SQL expression that gives the ISO 3166 code by which national phone numbers are read';
COMMENT ON COLUMN crm_internal.source.changed_at IS 'SQL expression that gives when the row last changed, or NULL: when crm saw it change';
COMMENT ON COLUMN crm_internal.source.attention IS 'what is wrong with the source as a whole; repair is the statement that mends it';
COMMENT ON COLUMN crm_internal.source.owner_name IS 'owner of the table, as whom it is read: while another one owns it, it is not read before the expressions were checked again';
COMMENT ON COLUMN crm_internal.source.seen IS 'what the catalogs said of the table when it was last dealt with; what differs is followed or needs attention';
COMMENT ON COLUMN crm_internal.source.former_name IS 'schema and name from which the table was last followed: if they are a table''s again, it may be the one that is meant';
COMMENT ON COLUMN crm_internal.source.followed IS 'the change of the table that was last followed, at followed_at';
SELECT pg_catalog.pg_extension_config_dump('crm_internal.source', '');
ALTER SEQUENCE crm_internal.source_source_id_seq OWNED BY crm_internal.source.source_id;
SELECT pg_catalog.pg_extension_config_dump('crm_internal.source_source_id_seq', '');

CREATE TABLE crm_internal.source_departure
(
	forget_function text PRIMARY KEY,
	turn integer NOT NULL UNIQUE
);
COMMENT ON TABLE crm_internal.source_departure IS 'who is told when a source or detail is dropped: each function(source_id integer) takes out what its room keeps of it, in turn, before the registry does; filled by the install scripts of those rooms, the same in every database';
SELECT pg_catalog.pg_extension_config_dump('crm_internal.source_departure', 'WHERE false');

-- The functions below act as whoever calls them where the department's table is checked, and switch
-- to the owner of crm's tables inside C to write the registry and to make or remove triggers named
-- crm_50_*. Whoever may execute them gains exactly that.

CREATE FUNCTION crm.add_source(
	source text,
	department text,
	map jsonb DEFAULT NULL,
	key text[] DEFAULT NULL,
	filter text DEFAULT NULL,
	kind text DEFAULT NULL,
	region text DEFAULT NULL,
	changed_at text DEFAULT NULL,
	trust real DEFAULT 0.5,
	mode text DEFAULT 'watch',
	entered_by text DEFAULT NULL,
	belongs_to text DEFAULT NULL,
	related text DEFAULT NULL,
	relation text DEFAULT NULL,
	since text DEFAULT NULL,
	until text DEFAULT NULL,
	preset text DEFAULT NULL)
RETURNS text
LANGUAGE c VOLATILE PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'crm_add_source';
COMMENT ON FUNCTION crm.add_source(text, text, jsonb, text[], text, text, text, text, real, text, text, text, text, text, text, text, text) IS
	'makes a departmental table, view or foreign table a source of customers and returns its name as schema.table. map: {"attribute": "column or SQL expression over the row" | [several]}; key: what identifies a row, by default the primary key or a unique index over NOT NULL columns; filter: SQL condition over the row; kind: person, organization, an SQL expression that gives one of them, or NULL for by the values; region: two-letter country by which national phone numbers are read, or an expression that gives its code or name; changed_at: expression for when the row last changed; trust: 0 to 1; mode: watch (resolved in the background) or inline (in the writing transaction); entered_by: expression for who entered the row, see crm.profile_source(); belongs_to: column or expression that gives the key of a row of the source related (by default the table that the column''s foreign key references, else the same table), to whose customer this row''s stands in relation: contact_of, household, parent_company, another word, an expression, or NULL for by the kinds of the two; since and until: expressions for the days from and to which it does. preset: one of crm.presets, which says how the tables of a known system are read; source may then be a schema, of which all tables that the preset knows become sources with their details, filter is one more condition, map is laid over that of the preset ({"attribute": null} takes one away), the others stand instead of what it says, and the names of all sources are returned; what the tables cannot serve is left out with a notice, see crm.preset_statements() and crm.preset_report. The caller must be able to read the table and own it or hold TRIGGER on it; expressions run as the table''s owner. The first CALL crm.resolve() loads the rows. An act under process.policy';
REVOKE ALL ON FUNCTION crm.add_source(text, text, jsonb, text[], text, text, text, text, real, text, text, text, text, text, text, text, text) FROM PUBLIC;

CREATE FUNCTION crm.change_source(
	source text,
	map jsonb DEFAULT NULL,
	key text[] DEFAULT NULL,
	filter text DEFAULT NULL,
	kind text DEFAULT NULL,
	region text DEFAULT NULL,
	changed_at text DEFAULT NULL,
	trust real DEFAULT NULL,
	mode text DEFAULT NULL,
	entered_by text DEFAULT NULL,
	belongs_to text DEFAULT NULL,
	related text DEFAULT NULL,
	relation text DEFAULT NULL,
	since text DEFAULT NULL,
	until text DEFAULT NULL)
RETURNS text
LANGUAGE c VOLATILE PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'crm_change_source';
COMMENT ON FUNCTION crm.change_source(text, jsonb, text[], text, text, text, text, real, text, text, text, text, text, text, text) IS
	'changes how a source is read: NULL keeps, an empty text removes filter, kind, region, changed_at, entered_by, belongs_to, relation, since or until. Everything is checked as by crm.add_source(), and the next crm.resolve() compares the whole source. An act under process.policy';
REVOKE ALL ON FUNCTION crm.change_source(text, jsonb, text[], text, text, text, text, real, text, text, text, text, text, text, text) FROM PUBLIC;

CREATE FUNCTION crm.drop_source(source text)
RETURNS void
LANGUAGE c VOLATILE STRICT PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'crm_drop_source';
COMMENT ON FUNCTION crm.drop_source(text) IS
	'forgets a source: its triggers, its pending changes and all that its rows assert go; customer ids and events stay. Works when the table is gone. An act under process.policy';
REVOKE ALL ON FUNCTION crm.drop_source(text) FROM PUBLIC;

CREATE FUNCTION crm.repair_source(source text, read_from text DEFAULT NULL)
RETURNS text
LANGUAGE c VOLATILE PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'crm_repair_source';
COMMENT ON FUNCTION crm.repair_source(text, text) IS
	'follows a renamed table, attaches missing, disabled or replica-blind triggers again, also on new partitions and inheritance children, and has the next crm.resolve() compare the whole source; returns the source''s name. read_from: the table from which it is read from now on, where another one has taken its place; the caller needs the rights that crm.add_source() asks for. With read_from an act under process.policy';
REVOKE ALL ON FUNCTION crm.repair_source(text, text) FROM PUBLIC;
