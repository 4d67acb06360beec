-- department: the parts of the company whose applications own the tables.

CREATE TABLE crm_internal.department
(
	department_id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	name text NOT NULL UNIQUE CHECK (name <> ''),
	roles text[] NOT NULL DEFAULT '{}',
	created_at timestamptz NOT NULL DEFAULT pg_catalog.now()
);
COMMENT ON TABLE crm_internal.department IS 'departments and the database roles their applications log in with';
SELECT pg_catalog.pg_extension_config_dump('crm_internal.department', '');
SELECT pg_catalog.pg_extension_config_dump('crm_internal.department_department_id_seq', '');
