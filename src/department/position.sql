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

CREATE TABLE crm_internal.appointment
(
	appointment_id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
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
SELECT pg_catalog.pg_extension_config_dump('crm_internal.appointment_appointment_id_seq', '');
CREATE INDEX appointment_person_idx ON crm_internal.appointment (person);
CREATE INDEX appointment_position_idx ON crm_internal.appointment (position);

-- A vacant position: nobody active in a capacity that acts. Acting for it: the holder of the nearest position up its line that is not vacant.
CREATE FUNCTION crm_internal.hats(person text, at timestamptz)
RETURNS TABLE ("position" text, capacity text, share numeric)
LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
	WITH RECURSIVE active AS (
		SELECT p.name, a.person, a.capacity
		FROM crm_internal.appointment a
		JOIN crm_internal.position p ON p.name = a.position
		WHERE a.valid_from <= hats.at AND a.valid_until > hats.at AND a.capacity <> 'liaison'
			AND (p.closed_at IS NULL OR p.closed_at > hats.at)
	), climb AS (
		SELECT p.name, p.acting_share, p.reports_to AS above
		FROM crm_internal.position p
		WHERE p.vacancy = 'acting' AND (p.closed_at IS NULL OR p.closed_at > hats.at)
			AND NOT EXISTS (SELECT FROM active a WHERE a.name = p.name)
		UNION
		SELECT c.name, c.acting_share, p.reports_to
		FROM climb c
		JOIN crm_internal.position p ON p.name = c.above
		WHERE NOT EXISTS (SELECT FROM active a WHERE a.name = c.above)
	), hat AS (
		SELECT a.name, a.capacity, 1 AS share
		FROM active a
		WHERE a.person = hats.person
		UNION ALL
		SELECT c.name, 'acting', c.acting_share
		FROM climb c
		JOIN active a ON a.name = c.above AND a.capacity = 'holder'
		WHERE a.person = hats.person
	)
	SELECT DISTINCT ON (h.name) h.name, h.capacity, h.share
	FROM hat h
	ORDER BY h.name, pg_catalog.array_position('{holder,deputy,contractor,machine,acting}', h.capacity);
END;
COMMENT ON FUNCTION crm_internal.hats(text, timestamptz) IS 'the positions that a person acts in at a time, each in its strongest capacity, acting for vacant ones included; share: of the amounts';
REVOKE ALL ON FUNCTION crm_internal.hats(text, timestamptz) FROM PUBLIC;

-- Refuses what is not an open position, naming what to do.
CREATE FUNCTION crm_internal.check_position(name text)
RETURNS void
LANGUAGE plpgsql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	closed timestamptz;
BEGIN
	SELECT p.closed_at INTO closed FROM crm_internal.position p WHERE p.name = check_position.name;
	IF NOT FOUND THEN
		RAISE undefined_object USING
			MESSAGE = format('position "%s" does not exist', name),
			HINT = format('SELECT crm.add_position(%L, department => ...);', name);
	END IF;
	IF closed IS NOT NULL THEN
		RAISE object_not_in_prerequisite_state USING
			MESSAGE = format('position "%s" is closed', name),
			HINT = 'SELECT * FROM crm.positions WHERE closed_at IS NULL lists the open ones.';
	END IF;
END
$$;
COMMENT ON FUNCTION crm_internal.check_position(text) IS 'error 42704 or 55000 unless there is an open position of that name';
REVOKE ALL ON FUNCTION crm_internal.check_position(text) FROM PUBLIC;

-- What add and change have in common. Two changes at once could close a circle that neither sees: the caller locks the table.
CREATE FUNCTION crm_internal.check_reporting(name text, department text, reports_to text, vacancy text, acting_share numeric)
RETURNS void
LANGUAGE plpgsql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	IF NOT EXISTS (SELECT FROM crm_internal.department d WHERE d.name = check_reporting.department) THEN
		RAISE undefined_object USING
			MESSAGE = format('department "%s" does not exist', department),
			HINT = format('SELECT crm.add_department(%L);', department);
	END IF;
	IF vacancy IS NULL OR vacancy NOT IN ('escalate', 'acting') THEN
		RAISE invalid_parameter_value USING
			MESSAGE = format('vacancy rule "%s" does not exist', vacancy),
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
CREATE FUNCTION crm.add_position("position" text, department text, reports_to text DEFAULT NULL, vacancy text DEFAULT 'escalate', acting_share numeric DEFAULT 1)
RETURNS text
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	IF coalesce(btrim("position", E' \t\r\n'), '') = '' THEN
		RAISE invalid_parameter_value USING
			MESSAGE = 'a position needs a name',
			HINT = 'For example SELECT crm.add_position(''crm_manager'', department => ''crm'', reports_to => ''board'').';
	END IF;
	LOCK TABLE crm_internal.position IN SHARE ROW EXCLUSIVE MODE;
	IF EXISTS (SELECT FROM crm_internal.position p WHERE p.name = "position") THEN
		RAISE duplicate_object USING
			MESSAGE = format('position "%s" already exists', "position"),
			HINT = 'SELECT * FROM crm.positions lists them; a name that was closed is not given again.';
	END IF;
	PERFORM crm_internal.check_reporting("position", department, reports_to, vacancy, acting_share);
	PERFORM crm_internal.take_act('org.model', subject => format('crm.add_position(%s)', "position"));
	INSERT INTO crm_internal.position (name, department, reports_to, vacancy, acting_share)
	VALUES ("position", add_position.department, add_position.reports_to, add_position.vacancy, add_position.acting_share);
	RETURN "position";
END
$$;
COMMENT ON FUNCTION crm.add_position(text, text, text, text, numeric) IS 'adds a job to a department; reports_to: the position above it; vacancy: while nobody holds it, requests go further up (escalate) or the holder of the next position above acts for it, with its amounts times acting_share (acting); returns its name; an act under org.model';
REVOKE ALL ON FUNCTION crm.add_position(text, text, text, text, numeric) FROM PUBLIC;

-- Written as the owner of crm's tables; that it is an act under org.model decides who may.
CREATE FUNCTION crm.appoint("position" text, person text, capacity text DEFAULT 'holder', valid_from timestamptz DEFAULT NULL, valid_until timestamptz DEFAULT 'infinity')
RETURNS integer
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	begins timestamptz := coalesce(valid_from, clock_timestamp());
	id integer;
BEGIN
	IF coalesce(btrim(person, E' \t\r\n'), '') = '' THEN
		RAISE invalid_parameter_value USING
			MESSAGE = 'an appointment needs a person',
			HINT = 'For example SELECT crm.appoint(''crm_manager'', ''carol'').';
	END IF;
	PERFORM crm_internal.check_appointment(capacity, begins, valid_until);
	LOCK TABLE crm_internal.position IN SHARE ROW EXCLUSIVE MODE;
	PERFORM crm_internal.check_position("position");
	PERFORM crm_internal.check_place("position", person, capacity, begins, valid_until);
	PERFORM crm_internal.take_act('org.model', subject => format('crm.appoint(%s)', "position"));
	INSERT INTO crm_internal.appointment ("position", person, capacity, valid_from, valid_until)
	VALUES (appoint."position", appoint.person, appoint.capacity, begins, appoint.valid_until)
	RETURNING appointment_id INTO id;
	RETURN id;
END
$$;
COMMENT ON FUNCTION crm.appoint(text, text, text, timestamptz, timestamptz) IS 'appoints a person (a database role, or somebody behind an application''s login) to a position as holder, deputy, liaison (is told and asked, decides nothing), contractor (acts, approves nothing; needs valid_until) or machine, from valid_from (now) to before valid_until; one holder at a time; returns the appointment''s number; an act under org.model';
REVOKE ALL ON FUNCTION crm.appoint(text, text, text, timestamptz, timestamptz) FROM PUBLIC;

CREATE FUNCTION crm_internal.check_appointment(capacity text, valid_from timestamptz, valid_until timestamptz)
RETURNS void
LANGUAGE plpgsql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	IF capacity IS NULL OR capacity NOT IN ('holder', 'deputy', 'liaison', 'contractor', 'machine') THEN
		RAISE invalid_parameter_value USING
			MESSAGE = format('capacity "%s" does not exist', capacity),
			HINT = 'Capacities are holder, deputy, liaison, contractor and machine.';
	END IF;
	IF valid_until IS NULL OR valid_from >= valid_until THEN
		RAISE invalid_parameter_value USING
			MESSAGE = 'an appointment must begin before it ends';
	END IF;
	IF valid_from < transaction_timestamp() THEN
		RAISE invalid_parameter_value USING
			MESSAGE = 'an appointment cannot begin in the past',
			DETAIL = 'What was decided before now stays as it was.',
			HINT = 'Leave valid_from out: it begins now.';
	END IF;
	IF capacity = 'contractor' AND valid_until = 'infinity' THEN
		RAISE invalid_parameter_value USING
			MESSAGE = 'a contractor is appointed for a limited time',
			HINT = 'Give valid_until.';
	END IF;
END
$$;
COMMENT ON FUNCTION crm_internal.check_appointment(text, timestamptz, timestamptz) IS 'refuses a capacity that is none, and a period that is none, lies in the past or has no end where it needs one';
REVOKE ALL ON FUNCTION crm_internal.check_appointment(text, timestamptz, timestamptz) FROM PUBLIC;

CREATE FUNCTION crm_internal.check_place("position" text, person text, capacity text, valid_from timestamptz, valid_until timestamptz)
RETURNS void
LANGUAGE plpgsql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	taken crm_internal.appointment;
BEGIN
	SELECT a.* INTO taken
	FROM crm_internal.appointment a
	WHERE a."position" = check_place."position" AND a.capacity = check_place.capacity
		AND (a.capacity = 'holder' OR a.person = check_place.person)
		AND a.valid_from < check_place.valid_until AND a.valid_until > check_place.valid_from
		AND a.valid_from < a.valid_until
	ORDER BY a.valid_from
	LIMIT 1;
	IF FOUND THEN
		RAISE duplicate_object USING
			MESSAGE = format('"%s" is already %s of "%s" in that time', taken.person, taken.capacity, "position"),
			HINT = format('SELECT crm.end_appointment(%L, %L);', "position", taken.person);
	END IF;
END
$$;
COMMENT ON FUNCTION crm_internal.check_place(text, text, text, timestamptz, timestamptz) IS 'refuses a second holder, and a second appointment of a person in the same capacity, at the same time';
REVOKE ALL ON FUNCTION crm_internal.check_place(text, text, text, timestamptz, timestamptz) FROM PUBLIC;
