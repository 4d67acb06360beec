-- position: jobs and their reporting line, and who holds them. A mandate is held by a position, never by a person.

CREATE TABLE crm_internal.position
(
	name text PRIMARY KEY CHECK (name OPERATOR(pg_catalog.<>) ''),
	department text NOT NULL,
	reports_to text,
	vacancy text NOT NULL DEFAULT 'escalate' CHECK (vacancy IN ('escalate', 'acting')),
	acting_share numeric NOT NULL DEFAULT 1 CHECK (acting_share OPERATOR(pg_catalog.>) 0 AND acting_share OPERATOR(pg_catalog.<=) 1),
	created_at timestamptz NOT NULL DEFAULT pg_catalog.clock_timestamp(),
	closed_at timestamptz
);
COMMENT ON TABLE crm_internal.position IS 'jobs; a vacant one is acted for by whom it reports to (acting), with its amounts times acting_share, or waits (escalate)';
SELECT pg_catalog.pg_extension_config_dump('crm_internal.position', '');

-- What a change replaces, so that questions about another time find the lines of that time. A row is what was so
-- from the change before it (or from the beginning) to before until; what is so now, the position itself says.
CREATE TABLE crm_internal.position_before
(
	name text,
	until timestamptz,
	reports_to text,
	vacancy text NOT NULL,
	acting_share numeric NOT NULL,
	PRIMARY KEY (name, until)
);
COMMENT ON TABLE crm_internal.position_before IS 'what crm.change_position() replaced of a position, and when; read crm_internal.positions_at()';
SELECT pg_catalog.pg_extension_config_dump('crm_internal.position_before', '');

CREATE FUNCTION crm_internal.positions_at(at timestamptz)
RETURNS TABLE (name text, reports_to text, vacancy text, acting_share numeric, created_at timestamptz, closed_at timestamptz)
LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
	SELECT p.name, n.reports_to, n.vacancy, n.acting_share, p.created_at, p.closed_at
	FROM crm_internal.position p
	CROSS JOIN LATERAL (
		SELECT b.reports_to, b.vacancy, b.acting_share, b.until
		FROM crm_internal.position_before b
		WHERE b.name = p.name AND b.until > positions_at.at
		UNION ALL
		SELECT p.reports_to, p.vacancy, p.acting_share, NULL
		ORDER BY until NULLS LAST
		LIMIT 1) n;
END;
COMMENT ON FUNCTION crm_internal.positions_at(timestamptz) IS 'all positions with what was so of them at a time (infinity: as they are now), closed ones and those to come included';
REVOKE ALL ON FUNCTION crm_internal.positions_at(timestamptz) FROM PUBLIC;

CREATE SEQUENCE crm_internal.appointment_appointment_id_seq AS integer;
CREATE TABLE crm_internal.appointment
(
	appointment_id integer PRIMARY KEY DEFAULT crm_internal.take_number('crm_internal.appointment_appointment_id_seq'),
	position text NOT NULL,
	person text NOT NULL CHECK (person OPERATOR(pg_catalog.<>) ''),
	capacity text NOT NULL CHECK (capacity IN ('holder', 'deputy', 'liaison', 'contractor', 'machine')),
	valid_from timestamptz NOT NULL,
	valid_until timestamptz NOT NULL DEFAULT 'infinity',
	recorded_at timestamptz NOT NULL DEFAULT pg_catalog.clock_timestamp(),
	CHECK (valid_from OPERATOR(pg_catalog.<=) valid_until)
);
COMMENT ON TABLE crm_internal.appointment IS 'who holds a position, in which capacity, from and until when; person: a database role, or somebody behind an application''s login';
SELECT pg_catalog.pg_extension_config_dump('crm_internal.appointment', '');
ALTER SEQUENCE crm_internal.appointment_appointment_id_seq OWNED BY crm_internal.appointment.appointment_id;
SELECT pg_catalog.pg_extension_config_dump('crm_internal.appointment_appointment_id_seq', '');
CREATE INDEX appointment_person_idx ON crm_internal.appointment (person);
CREATE INDEX appointment_position_idx ON crm_internal.appointment (position);

-- Changes of the organization come one after the other. A row, not a table lock: at REPEATABLE READ one who waited
-- would check an old picture, and fails (40001) on the row instead.
CREATE TABLE crm_internal.organization
(
	only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
	changes bigint NOT NULL
);
COMMENT ON TABLE crm_internal.organization IS 'one row, once there is a position: how often positions and appointments were changed';
SELECT pg_catalog.pg_extension_config_dump('crm_internal.organization', '');

CREATE FUNCTION crm_internal.lock_organization()
RETURNS void
LANGUAGE sql VOLATILE PARALLEL UNSAFE
BEGIN ATOMIC
	INSERT INTO crm_internal.organization AS o (changes) VALUES (1)
	ON CONFLICT (only_row) DO UPDATE SET changes = o.changes + 1;
END;
COMMENT ON FUNCTION crm_internal.lock_organization() IS 'waits until no other transaction changes positions and appointments';
REVOKE ALL ON FUNCTION crm_internal.lock_organization() FROM PUBLIC;

-- Refuses what is not an open position, naming what to do.
CREATE FUNCTION crm_internal.check_position(name text)
RETURNS void
LANGUAGE plpgsql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	closed timestamptz;
BEGIN
	IF coalesce(name, '') = '' THEN
		RAISE invalid_parameter_value USING
			MESSAGE = 'a position has a name',
			HINT = 'SELECT * FROM crm.positions lists them.';
	END IF;
	SELECT p.closed_at INTO closed FROM crm_internal.position p WHERE p.name = check_position.name;
	IF NOT FOUND THEN
		RAISE undefined_object USING
			MESSAGE = format('position "%s" does not exist', name),
			HINT = crm_internal.did_you_mean(name, ARRAY(SELECT p.name FROM crm_internal.position p WHERE p.closed_at IS NULL ORDER BY p.name))
				|| format('SELECT crm.add_position(%L, department => ...);', name);
	END IF;
	IF closed IS NOT NULL THEN
		RAISE object_not_in_prerequisite_state USING
			MESSAGE = format('position "%s" is closed', name),
			HINT = 'SELECT * FROM crm.positions WHERE closed_at IS NULL lists the open ones.';
	END IF;
END
$$;
COMMENT ON FUNCTION crm_internal.check_position(text) IS 'error 22023, 42704 or 55000 unless there is an open position of that name';
REVOKE ALL ON FUNCTION crm_internal.check_position(text) FROM PUBLIC;

-- What add and change have in common. Two changes at once could close a circle that neither sees: the caller has called lock_organization().
CREATE FUNCTION crm_internal.check_reporting(name text, department text, reports_to text, vacancy text, acting_share numeric)
RETURNS void
LANGUAGE plpgsql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	IF department IS NULL THEN
		RAISE invalid_parameter_value USING
			MESSAGE = 'a position belongs to a department',
			HINT = 'SELECT * FROM crm.departments lists them.';
	END IF;
	IF NOT EXISTS (SELECT FROM crm_internal.department d WHERE d.name = check_reporting.department) THEN
		RAISE undefined_object USING
			MESSAGE = format('department "%s" does not exist', department),
			HINT = crm_internal.did_you_mean(department, ARRAY(SELECT d.name FROM crm_internal.department d ORDER BY d.name))
				|| format('SELECT crm.add_department(%L);', department);
	END IF;
	IF vacancy IS NULL OR vacancy NOT IN ('escalate', 'acting') THEN
		RAISE invalid_parameter_value USING
			MESSAGE = format('vacancy rule %L does not exist', vacancy),
			HINT = 'vacancy is ''escalate'' (a vacant position waits) or ''acting'' (whom it reports to acts for it).';
	END IF;
	IF acting_share IS NULL OR NOT (acting_share > 0 AND acting_share <= 1) THEN
		RAISE invalid_parameter_value USING
			MESSAGE = 'acting_share must be above 0 and at most 1',
			HINT = 'With 0.5 whoever acts for the vacant position has half of its amounts.';
	END IF;
	IF reports_to IS NULL THEN
		RETURN;
	END IF;
	PERFORM crm_internal.check_position(reports_to);
	IF name IN (
			WITH RECURSIVE up AS (
				SELECT check_reporting.reports_to AS name
				UNION
				SELECT p.reports_to FROM up JOIN crm_internal.position p ON p.name = up.name
			)
			SELECT up.name FROM up WHERE up.name IS NOT NULL) THEN
		RAISE invalid_parameter_value USING
			MESSAGE = format('position "%s" would report to itself', name),
			DETAIL = format('"%s" is "%s" or reports to it, directly or through others.', reports_to, name),
			HINT = 'SELECT "position", reports_to FROM crm.positions shows the lines.';
	END IF;
END
$$;
COMMENT ON FUNCTION crm_internal.check_reporting(text, text, text, text, numeric) IS 'refuses a department, a superior, a vacancy rule or a share that is none, and a circle in the reporting line';
REVOKE ALL ON FUNCTION crm_internal.check_reporting(text, text, text, text, numeric) FROM PUBLIC;

-- Written as the owner of crm's tables; that it is an act under org.model decides who may.
CREATE FUNCTION crm.add_position(position_name text, department text, reports_to text DEFAULT NULL, vacancy text DEFAULT 'escalate', acting_share numeric DEFAULT 1)
RETURNS text
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	IF coalesce(btrim(position_name, E' \t\r\n'), '') = '' THEN
		RAISE invalid_parameter_value USING
			MESSAGE = 'a position needs a name',
			HINT = 'For example SELECT crm.add_position(''crm_manager'', department => ''crm'', reports_to => ''board'').';
	END IF;
	PERFORM crm_internal.lock_organization();
	IF EXISTS (SELECT FROM crm_internal.position p WHERE p.name = position_name) THEN
		RAISE duplicate_object USING
			MESSAGE = format('position "%s" already exists', position_name),
			HINT = 'SELECT * FROM crm.positions lists them; a name that was closed is not given again.';
	END IF;
	PERFORM crm_internal.check_reporting(position_name, department, reports_to, vacancy, acting_share);
	PERFORM crm_internal.take_act('org.model', subject => format('crm.add_position(%s)', position_name));
	INSERT INTO crm_internal.position (name, department, reports_to, vacancy, acting_share)
	VALUES (position_name, add_position.department, add_position.reports_to, add_position.vacancy, add_position.acting_share);
	RETURN position_name;
END
$$;
COMMENT ON FUNCTION crm.add_position(text, text, text, text, numeric) IS 'adds a job to a department; reports_to: the position above it; vacancy: while nobody holds it, requests go further up (escalate) or the holder of the next position above acts for it, with its amounts times acting_share (acting); returns its name; an act under org.model';
REVOKE ALL ON FUNCTION crm.add_position(text, text, text, text, numeric) FROM PUBLIC;

-- Written as the owner of crm's tables; that it is an act under org.model decides who may.
CREATE FUNCTION crm.change_position(position_name text, department text DEFAULT NULL, reports_to text DEFAULT NULL, vacancy text DEFAULT NULL, acting_share numeric DEFAULT NULL)
RETURNS text
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	new crm_internal.position;
BEGIN
	PERFORM crm_internal.lock_organization();
	PERFORM crm_internal.check_position(position_name);
	SELECT p.* INTO new FROM crm_internal.position p WHERE p.name = position_name;
	new.department := coalesce(change_position.department, new.department);
	new.reports_to := nullif(coalesce(change_position.reports_to, new.reports_to), '');
	new.vacancy := coalesce(change_position.vacancy, new.vacancy);
	new.acting_share := coalesce(change_position.acting_share, new.acting_share);
	PERFORM crm_internal.check_reporting(new.name, new.department, new.reports_to, new.vacancy, new.acting_share);
	PERFORM crm_internal.take_act('org.model', subject => format('crm.change_position(%s)', position_name));
	INSERT INTO crm_internal.position_before (name, until, reports_to, vacancy, acting_share)
	SELECT p.name, clock_timestamp(), p.reports_to, p.vacancy, p.acting_share
	FROM crm_internal.position p
	WHERE p.name = position_name
		AND (p.reports_to, p.vacancy, p.acting_share) IS DISTINCT FROM (new.reports_to, new.vacancy, new.acting_share);
	UPDATE crm_internal.position p
	SET department = new.department, reports_to = new.reports_to, vacancy = new.vacancy, acting_share = new.acting_share
	WHERE p.name = position_name;
	RETURN position_name;
END
$$;
COMMENT ON FUNCTION crm.change_position(text, text, text, text, numeric) IS 'changes what is given of a position, as in crm.add_position(); reports_to => '''': to nobody; takes effect at once, questions about an earlier time (as_of) still find what was so; returns its name; an act under org.model';
REVOKE ALL ON FUNCTION crm.change_position(text, text, text, text, numeric) FROM PUBLIC;

-- Written as the owner of crm's tables; that it is an act under org.model decides who may.
CREATE FUNCTION crm.close_position(position_name text)
RETURNS integer
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	at timestamptz := clock_timestamp();
	below text;
	ended integer;
BEGIN
	PERFORM crm_internal.lock_organization();
	PERFORM crm_internal.check_position(position_name);
	SELECT p.name INTO below FROM crm_internal.position p
	WHERE p.reports_to = position_name AND p.closed_at IS NULL ORDER BY p.name LIMIT 1;
	IF FOUND THEN
		RAISE object_in_use USING
			MESSAGE = format('position "%s" still has positions that report to it', position_name),
			DETAIL = format('One of them is "%s".', below),
			HINT = format('SELECT crm.change_position(%L, reports_to => ...);', below);
	END IF;
	PERFORM crm_internal.take_act('org.model', subject => format('crm.close_position(%s)', position_name));
	UPDATE crm_internal.appointment a
	SET valid_until = greatest(a.valid_from, at)
	WHERE a."position" = position_name AND a.valid_until > at AND a.valid_from < a.valid_until;
	GET DIAGNOSTICS ended = ROW_COUNT;
	UPDATE crm_internal.position p SET closed_at = at WHERE p.name = position_name;
	RETURN ended;
END
$$;
COMMENT ON FUNCTION crm.close_position(text) IS 'closes a position for good and ends its appointments, the ones that are still to begin too; returns how many; its mandates stay, and nobody can use them; refused while open positions report to it (55006); an act under org.model';
REVOKE ALL ON FUNCTION crm.close_position(text) FROM PUBLIC;
