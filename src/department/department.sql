-- department: the parts of the company whose applications own the tables.

CREATE TABLE crm_internal.department
(
	department_id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	name text NOT NULL UNIQUE CHECK (name OPERATOR(pg_catalog.<>) ''),
	roles text[] NOT NULL DEFAULT '{}',
	created_at timestamptz NOT NULL DEFAULT pg_catalog.now()
);
COMMENT ON TABLE crm_internal.department IS 'departments and the database roles their applications log in with';
SELECT pg_catalog.pg_extension_config_dump('crm_internal.department', '');
SELECT pg_catalog.pg_extension_config_dump('crm_internal.department_department_id_seq', '');

CREATE FUNCTION crm.add_department(name text, roles text[] DEFAULT '{}')
RETURNS text
LANGUAGE c VOLATILE PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'crm_add_department';
COMMENT ON FUNCTION crm.add_department(text, text[]) IS
	'registers a department and the database roles its applications log in with (they need not exist yet); returns its name; a name that is taken is an error (42710). An act under org.model';
-- Written as the owner of crm's tables: who may execute it may add departments, nothing else.
REVOKE ALL ON FUNCTION crm.add_department(text, text[]) FROM PUBLIC;

CREATE VIEW crm.departments AS
	SELECT name, roles
	FROM crm_internal.department
	ORDER BY name;
COMMENT ON VIEW crm.departments IS 'the departments whose applications own the tables';
COMMENT ON COLUMN crm.departments.name IS 'as given to crm.add_department()';
COMMENT ON COLUMN crm.departments.roles IS 'database roles its applications log in with';
