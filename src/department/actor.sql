-- actor: who is acting now. A person set by crm.act_as() from a gateway, one named in a trusted row, else the login.

CREATE TABLE crm_internal.gateway
(
	role text PRIMARY KEY,
	departments text[],
	session_allowed boolean NOT NULL DEFAULT false
);
COMMENT ON TABLE crm_internal.gateway IS 'logins of applications that may say for whom they act; departments: only for persons appointed there (NULL: all); session_allowed: also for a whole session (never behind a pooler)';
SELECT pg_catalog.pg_extension_config_dump('crm_internal.gateway', '');

CREATE TABLE crm_internal.actor_column
(
	table_name text PRIMARY KEY,
	column_name text NOT NULL
);
COMMENT ON TABLE crm_internal.actor_column IS 'columns of guarded tables whose value names the acting person, where nobody called crm.act_as(); the journal says that it was claimed';
SELECT pg_catalog.pg_extension_config_dump('crm_internal.actor_column', '');

-- What the gateway may act for: anybody with an appointment now, in its departments if it has some.
CREATE FUNCTION crm_internal.is_appointed(person text, departments text[])
RETURNS boolean
LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
	SELECT EXISTS (
		SELECT
		FROM crm_internal.appointment a
		JOIN crm_internal.position p ON p.name = a.position
		WHERE a.person = is_appointed.person
			AND a.valid_from <= pg_catalog.clock_timestamp() AND a.valid_until > pg_catalog.clock_timestamp()
			AND (p.closed_at IS NULL OR p.closed_at > pg_catalog.clock_timestamp())
			AND (is_appointed.departments IS NULL OR p.department = ANY (is_appointed.departments)));
END;
COMMENT ON FUNCTION crm_internal.is_appointed(text, text[]) IS 'whether a person is appointed now, in one of the departments (NULL: anywhere)';
REVOKE ALL ON FUNCTION crm_internal.is_appointed(text, text[]) FROM PUBLIC;

CREATE FUNCTION crm.act_as(person text, for_session boolean DEFAULT false)
RETURNS void
LANGUAGE c VOLATILE PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'crm_act_as';
COMMENT ON FUNCTION crm.act_as(text, boolean) IS 'from now to the end of the transaction (for_session: of the session) this person is the actor; only in sessions whose login is a gateway, for persons who are appointed; NULL ends it; errors 42501, and 25P01 where nothing could follow in the same transaction';
-- Asks nothing of the current role but this right: the login decides.
REVOKE ALL ON FUNCTION crm.act_as(text, boolean) FROM PUBLIC;

CREATE FUNCTION crm_internal.whoami_actor()
RETURNS text[]
LANGUAGE c VOLATILE PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'crm_whoami_actor';
COMMENT ON FUNCTION crm_internal.whoami_actor() IS 'person, how known, login';
REVOKE ALL ON FUNCTION crm_internal.whoami_actor() FROM PUBLIC;

-- Written as the owner of crm's tables; that it is an act under org.model decides who may.
CREATE FUNCTION crm.add_gateway(role text, departments text[] DEFAULT NULL, session_allowed boolean DEFAULT false)
RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	unknown text;
BEGIN
	IF coalesce(role, '') = '' THEN
		RAISE invalid_parameter_value USING
			MESSAGE = 'a gateway needs a role',
			HINT = 'For example SELECT crm.add_gateway(''sales_app'').';
	END IF;
	SELECT n INTO unknown FROM unnest(departments) n
	WHERE NOT EXISTS (SELECT FROM crm_internal.department d WHERE d.name = n) ORDER BY n LIMIT 1;
	IF FOUND THEN
		RAISE undefined_object USING
			MESSAGE = format('department "%s" does not exist', unknown),
			HINT = format('SELECT crm.add_department(%L);', unknown);
	END IF;
	PERFORM crm_internal.take_act('org.model', subject => format('crm.add_gateway(%s)', role));
	INSERT INTO crm_internal.gateway AS g (role, departments, session_allowed)
	VALUES (add_gateway.role, add_gateway.departments, coalesce(add_gateway.session_allowed, false))
	ON CONFLICT ON CONSTRAINT gateway_pkey DO UPDATE
	SET departments = EXCLUDED.departments, session_allowed = EXCLUDED.session_allowed;
END
$$;
COMMENT ON FUNCTION crm.add_gateway(text, text[], boolean) IS 'lets sessions that logged in as this role say for whom they act (crm.act_as), for persons appointed in these departments (NULL: all); session_allowed: also for a whole session, never behind a pooler that shares connections; again: changes it; an act under org.model';
REVOKE ALL ON FUNCTION crm.add_gateway(text, text[], boolean) FROM PUBLIC;
