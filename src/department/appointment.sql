-- appointment: who holds a position, in which capacity, from and until when.

-- A vacant position: nobody active in a capacity that acts. Acting for it: the holders of the nearest position up its line that is not vacant.
-- Runs as the owner: those who may read crm.positions reach it through that view only.
CREATE FUNCTION crm_internal.hats_at(at timestamptz)
RETURNS TABLE (person text, "position" text, capacity text, share numeric)
LANGUAGE sql STABLE PARALLEL SAFE
SECURITY DEFINER SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
	WITH RECURSIVE then_there AS MATERIALIZED (
		SELECT p.* FROM crm_internal.positions_at(hats_at.at) p
	), active AS (
		SELECT p.name, a.person, a.capacity
		FROM crm_internal.appointment a
		JOIN then_there p ON p.name = a.position
		WHERE a.valid_from <= hats_at.at AND a.valid_until > hats_at.at AND a.capacity <> 'liaison'
			AND (p.closed_at IS NULL OR p.closed_at > hats_at.at)
	), climb AS (
		SELECT p.name, p.acting_share, p.reports_to AS above
		FROM then_there p
		WHERE p.vacancy = 'acting' AND (p.closed_at IS NULL OR p.closed_at > hats_at.at)
			AND NOT EXISTS (SELECT FROM active a WHERE a.name = p.name)
		UNION
		SELECT c.name, c.acting_share, p.reports_to
		FROM climb c
		JOIN then_there p ON p.name = c.above
		WHERE NOT EXISTS (SELECT FROM active a WHERE a.name = c.above)
	), hat AS (
		SELECT a.person, a.name, a.capacity, 1 AS share
		FROM active a
		UNION ALL
		SELECT a.person, c.name, 'acting', c.acting_share
		FROM climb c
		JOIN active a ON a.name = c.above AND a.capacity = 'holder'
	)
	SELECT DISTINCT ON (h.person, h.name) h.person, h.name, h.capacity, h.share
	FROM hat h
	ORDER BY h.person, h.name, pg_catalog.array_position('{holder,deputy,contractor,machine,acting}', h.capacity);
END;
COMMENT ON FUNCTION crm_internal.hats_at(timestamptz) IS 'the positions that each person acts in at a time, each in the strongest capacity, acting for vacant ones included; share: of the amounts';
REVOKE ALL ON FUNCTION crm_internal.hats_at(timestamptz) FROM PUBLIC;

CREATE FUNCTION crm_internal.hats(person text, at timestamptz)
RETURNS TABLE ("position" text, capacity text, share numeric)
LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
	SELECT h."position", h.capacity, h.share FROM crm_internal.hats_at(hats.at) h WHERE h.person = hats.person;
END;
COMMENT ON FUNCTION crm_internal.hats(text, timestamptz) IS 'the positions that a person acts in at a time';
REVOKE ALL ON FUNCTION crm_internal.hats(text, timestamptz) FROM PUBLIC;

-- Written as the owner of crm's tables; that it is an act under org.model decides who may.
CREATE FUNCTION crm.appoint(position_name text, person text, capacity text DEFAULT 'holder', valid_from timestamptz DEFAULT NULL, valid_until timestamptz DEFAULT 'infinity')
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
	PERFORM crm_internal.lock_organization();
	PERFORM crm_internal.check_position(position_name);
	PERFORM crm_internal.check_place(position_name, person, capacity, begins, valid_until);
	PERFORM crm_internal.take_act('org.model', subject => format('crm.appoint(%s, %s)', position_name, person));
	INSERT INTO crm_internal.appointment ("position", person, capacity, valid_from, valid_until)
	VALUES (position_name, appoint.person, appoint.capacity, begins, appoint.valid_until)
	RETURNING appointment_id INTO id;
	RETURN id;
END
$$;
COMMENT ON FUNCTION crm.appoint(text, text, text, timestamptz, timestamptz) IS 'appoints a person (a database role, or somebody behind an application''s login) to a position as holder, deputy, liaison (is told and asked, decides nothing), contractor (acts, approves nothing; needs valid_until) or machine, from valid_from (now) to before valid_until; several persons may hold one position; returns the appointment''s number; an act under org.model';
REVOKE ALL ON FUNCTION crm.appoint(text, text, text, timestamptz, timestamptz) FROM PUBLIC;

CREATE FUNCTION crm_internal.check_appointment(capacity text, valid_from timestamptz, valid_until timestamptz)
RETURNS void
LANGUAGE plpgsql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	IF capacity IS NULL OR capacity NOT IN ('holder', 'deputy', 'liaison', 'contractor', 'machine') THEN
		RAISE invalid_parameter_value USING
			MESSAGE = format('capacity %L does not exist', capacity),
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
		AND a.person = check_place.person
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
COMMENT ON FUNCTION crm_internal.check_place(text, text, text, timestamptz, timestamptz) IS 'refuses a second appointment of a person in the same capacity at the same time; several persons may hold one position, as agents do';
REVOKE ALL ON FUNCTION crm_internal.check_place(text, text, text, timestamptz, timestamptz) FROM PUBLIC;

-- Written as the owner of crm's tables; that it is an act under org.model decides who may.
CREATE FUNCTION crm.end_appointment(position_name text, person text, capacity text DEFAULT NULL, valid_until timestamptz DEFAULT NULL)
RETURNS integer
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	until timestamptz := coalesce(valid_until, clock_timestamp());
	ended integer;
BEGIN
	IF until < transaction_timestamp() THEN
		RAISE invalid_parameter_value USING
			MESSAGE = 'an appointment cannot end in the past',
			DETAIL = 'What was decided before now stays as it was.',
			HINT = 'Leave valid_until out: it ends now.';
	END IF;
	PERFORM crm_internal.lock_organization();
	PERFORM crm_internal.take_act('org.model', subject => format('crm.end_appointment(%s, %s)', position_name, person));
	UPDATE crm_internal.appointment a
	SET valid_until = greatest(a.valid_from, until)
	WHERE a."position" = position_name AND a.person = end_appointment.person
		AND (end_appointment.capacity IS NULL OR a.capacity = end_appointment.capacity)
		AND a.valid_until > until AND a.valid_from < a.valid_until;
	GET DIAGNOSTICS ended = ROW_COUNT;
	IF ended = 0 THEN
		RAISE undefined_object USING
			MESSAGE = format('"%s" has no such appointment to "%s"', person, position_name),
			HINT = format('SELECT * FROM crm.appointments WHERE "position" = %L;', position_name);
	END IF;
	RETURN ended;
END
$$;
COMMENT ON FUNCTION crm.end_appointment(text, text, text, timestamptz) IS 'ends what a person was appointed to in a position (capacity NULL: in all capacities) from now or a later time on, which is never moved back; appointments that would begin later never do; returns how many ended; an act under org.model';
REVOKE ALL ON FUNCTION crm.end_appointment(text, text, text, timestamptz) FROM PUBLIC;

CREATE VIEW crm.positions AS
	SELECT p.name AS "position", p.department, p.reports_to, COALESCE(h.holders, '{}') AS holders, COALESCE(h.vacant, p.closed_at IS NULL) AS vacant, COALESCE(h.acting, '{}') AS acting, p.vacancy, p.acting_share, p.closed_at
	FROM crm_internal.position p
	LEFT JOIN (
		SELECT a."position",
			pg_catalog.array_agg(a.person ORDER BY a.person) FILTER (WHERE a.capacity = 'holder') AS holders,
			pg_catalog.bool_and(a.capacity = 'acting') AS vacant,
			pg_catalog.array_agg(a.person ORDER BY a.person) FILTER (WHERE a.capacity = 'acting') AS acting
		FROM crm_internal.hats_at(pg_catalog.clock_timestamp()) a
		GROUP BY a."position") h ON h."position" = p.name
	ORDER BY p.name;
COMMENT ON VIEW crm.positions IS 'jobs, their reporting line and who holds them now';
COMMENT ON COLUMN crm.positions."position" IS 'as given to crm.add_position()';
COMMENT ON COLUMN crm.positions.department IS 'the department it belongs to';
COMMENT ON COLUMN crm.positions.reports_to IS 'the position above it; NULL: none';
COMMENT ON COLUMN crm.positions.holders IS 'who hold it now';
COMMENT ON COLUMN crm.positions.vacant IS 'nobody holds it or stands in as deputy, contractor or machine; false for a closed one';
COMMENT ON COLUMN crm.positions.acting IS 'who act for it while it is vacant, by its vacancy rule';
COMMENT ON COLUMN crm.positions.vacancy IS 'while it is vacant: escalate (what needs it goes further up) or acting (the holder of the next position above acts for it)';
COMMENT ON COLUMN crm.positions.acting_share IS 'whoever acts for it has its amounts times this';
COMMENT ON COLUMN crm.positions.closed_at IS 'since when there is no such job any more; NULL: it is open';

CREATE VIEW crm.appointments AS
	SELECT a.appointment_id, a."position", a.person, a.capacity, a.valid_from, a.valid_until,
		a.valid_from <= pg_catalog.clock_timestamp() AND a.valid_until > pg_catalog.clock_timestamp() AS active
	FROM crm_internal.appointment a
	ORDER BY a."position", a.valid_from, a.appointment_id;
COMMENT ON VIEW crm.appointments IS 'who held, holds and will hold which position; nothing is ever deleted';
COMMENT ON COLUMN crm.appointments.appointment_id IS 'its number, as crm.appoint() returned it';
COMMENT ON COLUMN crm.appointments."position" IS 'the position';
COMMENT ON COLUMN crm.appointments.person IS 'a database role, or somebody behind an application''s login';
COMMENT ON COLUMN crm.appointments.capacity IS 'holder, deputy, liaison, contractor or machine';
COMMENT ON COLUMN crm.appointments.valid_from IS 'begins';
COMMENT ON COLUMN crm.appointments.valid_until IS 'ends just before; infinity: open';
COMMENT ON COLUMN crm.appointments.active IS 'whether it is in force now';
