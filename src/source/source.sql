-- source: the registry of departmental tables and how a row of each is read.

CREATE TABLE crm_internal.source
(
	source_id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	department text NOT NULL,
	schema_name text NOT NULL,
	table_name text NOT NULL,
	relation_kind "char" NOT NULL,
	key_columns text[] NOT NULL,
	key_types text[] NOT NULL,
	mapping jsonb NOT NULL,
	columns text[] NOT NULL,
	filter text,
	kind text,
	region text,
	changed_at text,
	trust real NOT NULL DEFAULT 0.5 CHECK (trust BETWEEN 0 AND 1),
	mode text NOT NULL DEFAULT 'watch' CHECK (mode IN ('watch', 'inline')),
	registered_at timestamptz NOT NULL DEFAULT pg_catalog.now(),
	resolved_at timestamptz,
	attention text,
	repair text,
	UNIQUE (schema_name, table_name)
);
COMMENT ON TABLE crm_internal.source IS 'departmental tables that feed the customer record';
COMMENT ON COLUMN crm_internal.source.mapping IS 'attribute -> array of SQL expressions over the row; a plain column stands quoted where it must be';
COMMENT ON COLUMN crm_internal.source.columns IS 'every column that key, mapping, filter, kind, region and changed_at read: an update of others is not captured';
COMMENT ON COLUMN crm_internal.source.kind IS 'person, organization, an SQL expression that gives one of them, or NULL: by the values of the row';
COMMENT ON COLUMN crm_internal.source.region IS 'SQL expression that gives the ISO 3166 code by which national phone numbers are read';
COMMENT ON COLUMN crm_internal.source.changed_at IS 'SQL expression that gives when the row last changed, or NULL: when crm saw it change';
COMMENT ON COLUMN crm_internal.source.attention IS 'what is wrong with the source as a whole; repair is the statement that mends it';
SELECT pg_catalog.pg_extension_config_dump('crm_internal.source', '');
SELECT pg_catalog.pg_extension_config_dump('crm_internal.source_source_id_seq', '');
