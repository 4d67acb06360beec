-- department: the parts of the company whose applications own the tables.

CREATE SEQUENCE crm_internal.department_department_id_seq AS integer;
CREATE TABLE crm_internal.department
(
	department_id integer PRIMARY KEY DEFAULT crm_internal.take_number('crm_internal.department_department_id_seq'),
	name text NOT NULL UNIQUE CHECK (name OPERATOR(pg_catalog.<>) ''),
	roles text[] NOT NULL DEFAULT '{}',
	created_at timestamptz NOT NULL DEFAULT pg_catalog.now(),
	parent text
);
COMMENT ON TABLE crm_internal.department IS 'departments, the database roles their applications log in with, and the department each is part of';
SELECT pg_catalog.pg_extension_config_dump('crm_internal.department', '');
ALTER SEQUENCE crm_internal.department_department_id_seq OWNED BY crm_internal.department.department_id;
SELECT pg_catalog.pg_extension_config_dump('crm_internal.department_department_id_seq', '');

-- Written as the owner of crm's tables: who may execute it may add departments, nothing else.
CREATE FUNCTION crm.add_department(name text, roles text[] DEFAULT '{}', parent text DEFAULT NULL)
RETURNS text
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
BEGIN
	IF coalesce(btrim(add_department.name, E' \t\r\n'), '') = '' THEN
		RAISE invalid_parameter_value USING
			MESSAGE = 'a department needs a name',
			HINT = 'For example SELECT crm.add_department(''sales'').';
	END IF;
	IF array_ndims(add_department.roles) > 1 OR array_position(add_department.roles, NULL) IS NOT NULL THEN
		RAISE invalid_parameter_value USING
			MESSAGE = 'roles must be a plain array of role names without NULL',
			HINT = 'For example roles => ''{sales_app}''.';
	END IF;
	IF add_department.parent IS NOT NULL
			AND NOT EXISTS (SELECT FROM crm_internal.department d WHERE d.name = add_department.parent) THEN
		RAISE undefined_object USING
			MESSAGE = format('department "%s" does not exist', add_department.parent),
			HINT = crm_internal.did_you_mean(add_department.parent, ARRAY(SELECT d.name FROM crm_internal.department d ORDER BY d.name))
				|| format('SELECT crm.add_department(%L);', add_department.parent);
	END IF;
	PERFORM crm_internal.take_act('org.model', subject => format('crm.add_department(%s)', add_department.name));
	INSERT INTO crm_internal.department (name, roles, parent)
	VALUES (add_department.name, coalesce(add_department.roles, '{}'), add_department.parent)
	ON CONFLICT (name) DO NOTHING;
	IF NOT FOUND THEN
		RAISE duplicate_object USING
			MESSAGE = format('department "%s" already exists', add_department.name),
			HINT = 'SELECT * FROM crm.departments lists them.';
	END IF;
	RETURN add_department.name;
END
$$;
COMMENT ON FUNCTION crm.add_department(text, text[], text) IS
	'registers a department, the database roles its applications log in with (they need not exist yet), and the department it is part of; returns its name; a name that is taken is an error (42710); an act under org.model';
REVOKE ALL ON FUNCTION crm.add_department(text, text[], text) FROM PUBLIC;

CREATE FUNCTION crm_internal.department_ancestors(value text)
RETURNS text[]
LANGUAGE sql STABLE STRICT PARALLEL SAFE
BEGIN ATOMIC
	WITH RECURSIVE up AS (
		SELECT d.name, d.parent FROM crm_internal.department d WHERE d.name = value
		UNION
		SELECT d.name, d.parent FROM up JOIN crm_internal.department d ON d.name = up.parent
	)
	SELECT pg_catalog.array_agg(up.name) FROM up;
END;
COMMENT ON FUNCTION crm_internal.department_ancestors(text) IS 'a department and all that it is part of, itself first; NULL: there is none of that name. The scope dimension department';
REVOKE ALL ON FUNCTION crm_internal.department_ancestors(text) FROM PUBLIC;

CREATE VIEW crm.departments AS
	SELECT name, roles, parent
	FROM crm_internal.department
	ORDER BY name;
COMMENT ON VIEW crm.departments IS 'the departments whose applications own the tables';
COMMENT ON COLUMN crm.departments.name IS 'as given to crm.add_department()';
COMMENT ON COLUMN crm.departments.roles IS 'database roles its applications log in with';
COMMENT ON COLUMN crm.departments.parent IS 'the department it is part of';
