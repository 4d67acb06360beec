-- steward: people decide who is one customer. Each call is an act under customer.merge, effective in the transaction that makes it.

-- The row that somebody names, as crm.customer_of() finds it.
CREATE FUNCTION crm_internal.record_of(source text, source_key text)
RETURNS bigint
LANGUAGE plpgsql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	found bigint;
	number integer;
	columns integer;
	key text := source_key;
BEGIN
	SELECT s.source_id, cardinality(s.key_columns) INTO number, columns
	FROM crm_internal.source s
	WHERE record_of.source IN (concat(s.schema_name, '.', s.table_name), format('%I.%I', s.schema_name, s.table_name)) AND s.parent_id IS NULL;
	-- As crm writes a key of several columns.
	IF columns > 1 THEN
		SELECT jsonb_agg(part.value ORDER BY part.ordinality)::text INTO key
		FROM jsonb_array_elements_text(record_of.source_key::jsonb) WITH ORDINALITY part (value, ordinality);
	END IF;
	SELECT r.record_id INTO found FROM crm_internal.record r WHERE r.source_id = number AND r.source_key = key;
	IF found IS NULL THEN
		RAISE undefined_object USING
			MESSAGE = format('row %s of source "%s" is not known', source_key, source),
			HINT = 'SELECT source, source_key FROM crm.customer_source lists the rows; a new one is there after CALL crm.resolve().';
	END IF;
	RETURN found;
END
$$;
COMMENT ON FUNCTION crm_internal.record_of(text, text) IS 'the record of a departmental row, or error 42704';
REVOKE ALL ON FUNCTION crm_internal.record_of(text, text) FROM PUBLIC;

CREATE FUNCTION crm_internal.records_of(customer bigint)
RETURNS bigint[]
LANGUAGE plpgsql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	found CONSTANT bigint[] := ARRAY(
		SELECT r.record_id FROM crm_internal.record r
		WHERE r.customer_id = crm.current_customer(customer) ORDER BY r.record_id);
BEGIN
	IF cardinality(found) = 0 THEN
		RAISE undefined_object USING
			MESSAGE = format('customer %s does not exist', COALESCE(customer::text, 'NULL')),
			HINT = 'SELECT crm.customer_of(''sales.account'', ''4711'') tells the id of the customer that a row belongs to.';
	END IF;
	RETURN found;
END
$$;
COMMENT ON FUNCTION crm_internal.records_of(bigint) IS 'the records of the customer that answers for this id today, the oldest first, or error 42704';
REVOKE ALL ON FUNCTION crm_internal.records_of(bigint) FROM PUBLIC;

-- Of n records as one customer the first stands for all, so n - 1 verdicts say it.
CREATE FUNCTION crm_internal.all_one(records bigint[])
RETURNS TABLE (verdict text, a bigint, b bigint)
LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
	SELECT 'same'::text, all_one.records[1], r.id
	FROM pg_catalog.unnest(all_one.records) WITH ORDINALITY r (id, place)
	WHERE r.place > 1 AND r.id <> all_one.records[1]
	-- What was said before of two of them does not hold any more.
	UNION
	SELECT 'same'::text, p.record_a, p.record_b
	FROM crm_internal.verdict_pair p
	WHERE p.verdict = 'different' AND p.record_a = ANY (all_one.records) AND p.record_b = ANY (all_one.records);
END;
COMMENT ON FUNCTION crm_internal.all_one(bigint[]) IS 'the verdicts by which these records are one customer';
REVOKE ALL ON FUNCTION crm_internal.all_one(bigint[]) FROM PUBLIC;

CREATE FUNCTION crm_internal.each_apart(records bigint[], others bigint[])
RETURNS TABLE (verdict text, a bigint, b bigint)
LANGUAGE plpgsql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	IF cardinality(records)::bigint * cardinality(others) > 100000 THEN
		RAISE program_limit_exceeded USING
			MESSAGE = format('%s records and %s others are too many to tell apart', cardinality(records), cardinality(others)),
			HINT = 'Take a value from the map of the source that so many rows share: crm.change_source().';
	END IF;
	RETURN QUERY SELECT 'different'::text, x.id, y.id FROM unnest(records) x(id), unnest(others) y(id);
END
$$;
COMMENT ON FUNCTION crm_internal.each_apart(bigint[], bigint[]) IS 'the verdicts by which none of these records is one customer with any of the others';
REVOKE ALL ON FUNCTION crm_internal.each_apart(bigint[], bigint[]) FROM PUBLIC;

CREATE TYPE crm_internal.said AS
(
	verdict text,
	a bigint,
	b bigint
);
COMMENT ON TYPE crm_internal.said IS 'a verdict to be: same or different, and the records of which it is said';

-- Number of an act: that of its first verdict.
CREATE FUNCTION crm_internal.add_verdicts(said crm_internal.said[], person text, "position" text, reason text)
RETURNS bigint
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	act CONSTANT bigint := crm_internal.take_number('crm_internal.match_verdict_verdict_no_seq');
BEGIN
	INSERT INTO crm_internal.match_verdict (verdict_no, act_no, verdict, source_a, key_a, source_b, key_b, person, "position", reason)
	SELECT CASE row_number() OVER (ORDER BY v.place) WHEN 1 THEN act
			ELSE crm_internal.take_number('crm_internal.match_verdict_verdict_no_seq') END,
		act, v.verdict, a.source, a.source_key, b.source, b.source_key, add_verdicts.person, add_verdicts."position", add_verdicts.reason
	FROM unnest(said) WITH ORDINALITY v (verdict, a, b, place)
	JOIN crm_internal.record_name a ON a.record_id = v.a
	JOIN crm_internal.record_name b ON b.record_id = v.b
	ORDER BY v.place;
	RETURN act;
END
$$;
COMMENT ON FUNCTION crm_internal.add_verdicts(crm_internal.said[], text, text, text) IS 'stores the verdicts of an act and returns its number';
REVOKE ALL ON FUNCTION crm_internal.add_verdicts(crm_internal.said[], text, text, text) FROM PUBLIC;

-- A verdict that was taken back leads on here as well: who hung on it may fall apart.
CREATE FUNCTION crm_internal.records_about(act bigint)
RETURNS bigint[]
LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
	WITH RECURSIVE node (source, key) AS (
		(SELECT v.source_a, v.key_a FROM crm_internal.match_verdict v WHERE v.act_no = records_about.act
		UNION
		SELECT v.source_b, v.key_b FROM crm_internal.match_verdict v WHERE v.act_no = records_about.act)
		UNION
		SELECT o.source, o.key
		FROM node n
		CROSS JOIN LATERAL (
			SELECT v.source_b, v.key_b FROM crm_internal.match_verdict v
			WHERE v.source_a = n.source AND v.key_a = n.key AND v.verdict = 'same' AND v.withdrawn_at IS NULL
			UNION ALL
			SELECT v.source_a, v.key_a FROM crm_internal.match_verdict v
			WHERE v.source_b = n.source AND v.key_b = n.key AND v.verdict = 'same' AND v.withdrawn_at IS NULL
		) o (source, key)
	)
	SELECT ARRAY(
		SELECT r.record_id
		FROM node n
		JOIN crm_internal.source s ON pg_catalog.concat(s.schema_name, '.', s.table_name) = n.source AND s.parent_id IS NULL
		JOIN crm_internal.record r ON r.source_id = s.source_id AND r.source_key = n.key
		ORDER BY r.record_id);
END;
COMMENT ON FUNCTION crm_internal.records_about(bigint) IS 'the records whose customers may change with the verdicts of an act';
REVOKE ALL ON FUNCTION crm_internal.records_about(bigint) FROM PUBLIC;

-- The person who acts, and the position that lets him.
CREATE FUNCTION crm_internal.steward_position(person text, customer bigint)
RETURNS text
LANGUAGE sql VOLATILE PARALLEL UNSAFE
BEGIN ATOMIC
	SELECT r."position"
	FROM crm_internal.rulings(steward_position.person, 'customer.merge', NULL, '{}', steward_position.customer) r
	LIMIT 1;
END;
COMMENT ON FUNCTION crm_internal.steward_position(text, bigint) IS 'in which position a person decides under customer.merge; NULL before a board is named';
REVOKE ALL ON FUNCTION crm_internal.steward_position(text, bigint) FROM PUBLIC;

CREATE FUNCTION crm_internal.note_verdict(kind text, customer bigint, other bigint, cause text, act bigint, person text, reason text)
RETURNS bigint
LANGUAGE sql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
	INSERT INTO crm_internal.customer_event AS e (kind, customer_id, other_customer_id, cause, actor, person, reason, act_no)
	VALUES (note_verdict.kind, note_verdict.customer, NULLIF(note_verdict.other, note_verdict.customer), note_verdict.cause, SESSION_USER,
		note_verdict.person, note_verdict.reason, note_verdict.act)
	RETURNING e.event_no;
END;
COMMENT ON FUNCTION crm_internal.note_verdict(text, bigint, bigint, text, bigint, text, text) IS 'the event of an act itself; what it did to ids are others';
REVOKE ALL ON FUNCTION crm_internal.note_verdict(text, bigint, bigint, text, bigint, text, text) FROM PUBLIC;

-- The one way in which a decision becomes clusters. The act was taken, identities are held.
CREATE FUNCTION crm_internal.decide(kind text, customer bigint, other bigint, cause text, said crm_internal.said[], reason text)
RETURNS bigint
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	person CONSTANT text := (crm_internal.whoami_actor())[1];
	act bigint;
	event bigint;
	apart bigint;
BEGIN
	IF cardinality(said) = 0 THEN
		RAISE invalid_parameter_value USING
			MESSAGE = 'there is nothing to decide',
			DETAIL = 'The same row was given twice, or a customer of one row.';
	END IF;
	act := crm_internal.add_verdicts(said, person, crm_internal.steward_position(person, customer), reason);
	event := crm_internal.note_verdict(kind, customer, other, cause, act, person, reason);
	PERFORM crm_internal.apply_verdicts(crm_internal.records_about(act), cause, act, person, reason);
	SELECT count(*) INTO apart
	FROM unnest(said) v
	JOIN crm_internal.record a ON a.record_id = v.a
	JOIN crm_internal.record b ON b.record_id = v.b
	WHERE v.verdict = 'same' AND a.customer_id <> b.customer_id;
	IF apart > 0 THEN
		RAISE WARNING USING
			MESSAGE = format('%s of these records stay apart', apart),
			DETAIL = 'Somebody said of others that they are different, and with them these cannot be one customer.',
			HINT = 'SELECT * FROM crm.verify() names the verdicts that contradict each other.';
	END IF;
	RETURN event;
END
$$;
COMMENT ON FUNCTION crm_internal.decide(text, bigint, bigint, text, crm_internal.said[], text) IS 'stores verdicts, clusters what they touch, and returns the number of the event';
REVOKE ALL ON FUNCTION crm_internal.decide(text, bigint, bigint, text, crm_internal.said[], text) FROM PUBLIC;
