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

CREATE FUNCTION crm.act_as(person text, for_session boolean DEFAULT false)
RETURNS void
LANGUAGE c VOLATILE PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'crm_act_as';
COMMENT ON FUNCTION crm.act_as(text, boolean) IS 'from now to the end of the transaction (for_session: of the session) this person is the actor; only in sessions whose login is a gateway, for persons who are appointed; NULL ends it; errors 42501, and 25P01 where nothing could follow in the same transaction';
-- Asks nothing of the current role but this right: the login decides.
REVOKE ALL ON FUNCTION crm.act_as(text, boolean) FROM PUBLIC;

CREATE FUNCTION crm_internal.whoami_actor()
RETURNS text[]
LANGUAGE c STABLE PARALLEL SAFE
AS 'MODULE_PATHNAME', 'crm_whoami_actor';
COMMENT ON FUNCTION crm_internal.whoami_actor() IS 'person, how known, login';
REVOKE ALL ON FUNCTION crm_internal.whoami_actor() FROM PUBLIC;

-- Runs as the owner: tells the one who asks about himself.
CREATE FUNCTION crm.whoami()
RETURNS TABLE (person text, known_by text, login text, positions jsonb)
LANGUAGE sql STABLE PARALLEL SAFE
SECURITY DEFINER SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
	SELECT a.actor[1], a.actor[2], a.actor[3],
		(SELECT COALESCE(jsonb_object_agg(h."position", h.capacity), '{}')
		FROM crm_internal.hats(a.actor[1], clock_timestamp()) h)
	FROM (SELECT crm_internal.whoami_actor() AS actor OFFSET 0) a;
END;
COMMENT ON FUNCTION crm.whoami() IS 'who the actor is now; known_by: act_as (a gateway said so) or login; login: the role that logged in; positions: those that he acts in, and in which capacity (holder, deputy, contractor, machine, or acting for a vacant one)';
REVOKE ALL ON FUNCTION crm.whoami() FROM PUBLIC;

-- Sessions that act for somebody look again when a gateway or an appointment has changed.
CREATE FUNCTION crm_internal.gateway_changed()
RETURNS trigger
LANGUAGE c VOLATILE PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'crm_gateway_changed';
COMMENT ON FUNCTION crm_internal.gateway_changed() IS 'tells all sessions to look again whether they may act for whom they do';
REVOKE ALL ON FUNCTION crm_internal.gateway_changed() FROM PUBLIC;
CREATE TRIGGER crm_50_gateway_changed AFTER INSERT OR UPDATE OR DELETE ON crm_internal.gateway
	FOR EACH ROW EXECUTE FUNCTION crm_internal.gateway_changed();
ALTER TABLE crm_internal.gateway ENABLE ALWAYS TRIGGER crm_50_gateway_changed;
CREATE TRIGGER crm_50_gateway_truncated AFTER TRUNCATE ON crm_internal.gateway
	FOR EACH STATEMENT EXECUTE FUNCTION crm_internal.gateway_changed();
ALTER TABLE crm_internal.gateway ENABLE ALWAYS TRIGGER crm_50_gateway_truncated;
CREATE TRIGGER crm_50_gateway_changed AFTER INSERT OR UPDATE OR DELETE ON crm_internal.appointment
	FOR EACH ROW EXECUTE FUNCTION crm_internal.gateway_changed();
ALTER TABLE crm_internal.appointment ENABLE ALWAYS TRIGGER crm_50_gateway_changed;
CREATE TRIGGER crm_50_gateway_truncated AFTER TRUNCATE ON crm_internal.appointment
	FOR EACH STATEMENT EXECUTE FUNCTION crm_internal.gateway_changed();
ALTER TABLE crm_internal.appointment ENABLE ALWAYS TRIGGER crm_50_gateway_truncated;

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
	IF NOT EXISTS (SELECT FROM pg_roles r WHERE r.rolname = add_gateway.role) THEN
		RAISE undefined_object USING
			MESSAGE = format('role "%s" does not exist', role),
			HINT = format('CREATE ROLE %I LOGIN;', role);
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
COMMENT ON FUNCTION crm.add_gateway(text, text[], boolean) IS 'lets sessions that logged in as this role say for whom they act (crm.act_as), for persons appointed in these departments (NULL: all); session_allowed: also for a whole session, never behind a pooler that shares connections; again: changes it; errors 22023, 42704; an act under org.model';
REVOKE ALL ON FUNCTION crm.add_gateway(text, text[], boolean) FROM PUBLIC;

-- Written as the owner of crm's tables; that it is an act under org.model decides who may.
CREATE FUNCTION crm.drop_gateway(role text)
RETURNS void
LANGUAGE plpgsql VOLATILE STRICT PARALLEL UNSAFE
SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	PERFORM crm_internal.take_act('org.model', subject => format('crm.drop_gateway(%s)', role));
	DELETE FROM crm_internal.gateway g WHERE g.role = drop_gateway.role;
	IF NOT FOUND THEN
		RAISE undefined_object USING
			MESSAGE = format('role "%s" is not a gateway', role),
			HINT = 'SELECT * FROM crm.gateways lists them.';
	END IF;
END
$$;
COMMENT ON FUNCTION crm.drop_gateway(text) IS 'ends that a role may say for whom it acts, for what it does at this moment too; an act under org.model';
REVOKE ALL ON FUNCTION crm.drop_gateway(text) FROM PUBLIC;

CREATE VIEW crm.gateways AS
	SELECT role, departments, session_allowed
	FROM crm_internal.gateway
	ORDER BY role;
COMMENT ON VIEW crm.gateways IS 'logins of applications that may say for whom they act';
COMMENT ON COLUMN crm.gateways.role IS 'the role that logs in';
COMMENT ON COLUMN crm.gateways.departments IS 'for persons with a position in these only; NULL: all';
COMMENT ON COLUMN crm.gateways.session_allowed IS 'also for a whole session';

-- The caller's rights do not matter, the table only has to be there: its name is kept, never an OID.
CREATE FUNCTION crm_internal.table_name(name text)
RETURNS text
LANGUAGE sql STABLE STRICT PARALLEL SAFE
BEGIN ATOMIC
	SELECT pg_catalog.format('%I.%I', n.nspname, c.relname)
	FROM pg_catalog.pg_class c
	JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
	WHERE c.oid = pg_catalog.to_regclass(name) AND c.relkind IN ('r', 'p');
END;
COMMENT ON FUNCTION crm_internal.table_name(text) IS 'the qualified and quoted name of a table; NULL: there is none of that name';
REVOKE ALL ON FUNCTION crm_internal.table_name(text) FROM PUBLIC;

-- Written as the owner of crm's tables; that it is an act under org.model decides who may.
CREATE FUNCTION crm.add_actor_column("table" text, "column" text)
RETURNS void
LANGUAGE plpgsql VOLATILE STRICT PARALLEL UNSAFE
SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	qualified text := crm_internal.table_name("table");
BEGIN
	IF qualified IS NULL THEN
		RAISE undefined_table USING
			MESSAGE = format('table %s does not exist', "table"),
			HINT = 'Name it with its schema, as in ''service.voucher''.';
	END IF;
	IF NOT EXISTS (SELECT FROM pg_attribute a
			WHERE a.attrelid = to_regclass("table") AND a.attname = "column" AND a.attnum > 0 AND NOT a.attisdropped) THEN
		RAISE undefined_column USING
			MESSAGE = format('column "%s" of table %s does not exist', "column", qualified);
	END IF;
	PERFORM crm_internal.take_act('org.model', subject => format('crm.add_actor_column(%s)', qualified));
	INSERT INTO crm_internal.actor_column (table_name, column_name)
	VALUES (qualified, "column")
	ON CONFLICT (table_name) DO UPDATE SET column_name = EXCLUDED.column_name;
END
$$;
COMMENT ON FUNCTION crm.add_actor_column(text, text) IS 'trusts a column of a guarded table: it names the acting person where nobody called crm.act_as(), and the journal says that it was claimed so; whoever may write the column may act for anybody; again: another column; an act under org.model';
REVOKE ALL ON FUNCTION crm.add_actor_column(text, text) FROM PUBLIC;

-- Written as the owner of crm's tables; that it is an act under org.model decides who may.
CREATE FUNCTION crm.drop_actor_column("table" text)
RETURNS void
LANGUAGE plpgsql VOLATILE STRICT PARALLEL UNSAFE
SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	-- a table that is gone is named as crm.actor_columns shows it
	qualified text := coalesce(crm_internal.table_name("table"), "table");
BEGIN
	PERFORM crm_internal.take_act('org.model', subject => format('crm.drop_actor_column(%s)', qualified));
	DELETE FROM crm_internal.actor_column c WHERE c.table_name = qualified;
	IF NOT FOUND THEN
		RAISE undefined_object USING
			MESSAGE = format('table %s has no actor column', qualified),
			HINT = 'SELECT * FROM crm.actor_columns lists them.';
	END IF;
END
$$;
COMMENT ON FUNCTION crm.drop_actor_column(text) IS 'ends that a column of the table names the acting person; an act under org.model';
REVOKE ALL ON FUNCTION crm.drop_actor_column(text) FROM PUBLIC;

CREATE VIEW crm.actor_columns AS
	SELECT table_name, column_name
	FROM crm_internal.actor_column
	ORDER BY table_name;
COMMENT ON VIEW crm.actor_columns IS 'columns of guarded tables whose value names the acting person';
COMMENT ON COLUMN crm.actor_columns.table_name IS 'the table, with its schema';
COMMENT ON COLUMN crm.actor_columns.column_name IS 'the column';

CREATE FUNCTION crm_internal.broken_organization()
RETURNS TABLE (check_name text, problem text, repair text)
LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
	SELECT 'organization', pg_catalog.format('department "%s" is part of "%s", which does not exist', d.name, d.parent),
		pg_catalog.format('SELECT crm.add_department(%L)', d.parent)
	FROM crm_internal.department d
	WHERE d.parent IS NOT NULL AND NOT EXISTS (SELECT FROM crm_internal.department o WHERE o.name = d.parent)
	UNION ALL
	SELECT 'organization', pg_catalog.format('position "%s" belongs to department "%s", which does not exist', p.name, p.department),
		pg_catalog.format('SELECT crm.add_department(%L)', p.department)
	FROM crm_internal.position p
	WHERE NOT EXISTS (SELECT FROM crm_internal.department d WHERE d.name = p.department)
	UNION ALL
	SELECT 'organization', pg_catalog.format('position "%s" reports to "%s", which is not an open position', p.name, p.reports_to),
		pg_catalog.format('SELECT crm.change_position(%L, reports_to => '''')', p.name)
	FROM crm_internal.position p
	WHERE p.closed_at IS NULL AND p.reports_to IS NOT NULL
		AND NOT EXISTS (SELECT FROM crm_internal.position o WHERE o.name = p.reports_to AND o.closed_at IS NULL)
	UNION ALL
	SELECT 'organization', pg_catalog.format('%s appointments are to a position "%s", which does not exist', pg_catalog.count(*), a."position"),
		pg_catalog.format('SELECT crm.add_position(%L, department => ...)', a."position")
	FROM crm_internal.appointment a
	WHERE NOT EXISTS (SELECT FROM crm_internal.position p WHERE p.name = a."position")
	GROUP BY a."position"
	UNION ALL
	SELECT 'organization', pg_catalog.format('role "%s", which is a gateway, does not exist', g.role),
		pg_catalog.format('SELECT crm.drop_gateway(%L)', g.role)
	FROM crm_internal.gateway g
	WHERE NOT EXISTS (SELECT FROM pg_catalog.pg_roles r WHERE r.rolname = g.role)
	UNION ALL
	SELECT 'organization', pg_catalog.format('column %s of table %s, which names the actor, does not exist', c.column_name, c.table_name),
		pg_catalog.format('SELECT crm.drop_actor_column(%L)', c.table_name)
	FROM crm_internal.actor_column c
	WHERE NOT EXISTS (SELECT FROM pg_catalog.pg_attribute a
		WHERE a.attrelid = pg_catalog.to_regclass(c.table_name) AND a.attname = c.column_name
			AND a.attnum > 0 AND NOT a.attisdropped);
END;
COMMENT ON FUNCTION crm_internal.broken_organization() IS 'references of departments, positions, appointments, gateways and actor columns that lead nowhere';
REVOKE ALL ON FUNCTION crm_internal.broken_organization() FROM PUBLIC;
