-- decide: confirm, reject, merge, split. They run as the owner: who may call them changes who is one customer, if customer.merge is his.

CREATE FUNCTION crm.merge(customer bigint, other bigint, reason text DEFAULT NULL)
RETURNS bigint
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	mine bigint[];
	others bigint[];
BEGIN
	PERFORM crm_internal.take_act('customer.merge', subject => format('crm.merge(%s, %s)', customer, other), customer => customer);
	PERFORM crm_internal.hold_identities();
	mine := crm_internal.records_of(customer);
	others := crm_internal.records_of(other);
	RETURN crm_internal.decide('confirmed', crm.current_customer(customer), crm.current_customer(other), 'merge',
		ARRAY(SELECT (o.verdict, o.a, o.b)::crm_internal.said FROM crm_internal.all_one(mine || others) o), reason);
END
$$;
COMMENT ON FUNCTION crm.merge(bigint, bigint, text) IS 'all rows of both customers are one customer from now on, whatever crm makes of their values: in this transaction and for all time, also when rows go and come back. Returns the number of its event, which crm.undo() takes. An act under customer.merge';
REVOKE ALL ON FUNCTION crm.merge(bigint, bigint, text) FROM PUBLIC;

CREATE FUNCTION crm.confirm_match(customer bigint, other bigint, reason text DEFAULT NULL)
RETURNS bigint
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	mine bigint[];
	others bigint[];
BEGIN
	PERFORM crm_internal.take_act('customer.merge', subject => format('crm.confirm_match(%s, %s)', customer, other), customer => customer);
	PERFORM crm_internal.hold_identities();
	mine := crm_internal.records_of(customer);
	others := crm_internal.records_of(other);
	RETURN crm_internal.decide('confirmed', crm.current_customer(customer), crm.current_customer(other), 'confirm',
		ARRAY(SELECT (o.verdict, o.a, o.b)::crm_internal.said FROM crm_internal.all_one(mine || others) o), reason);
END
$$;
COMMENT ON FUNCTION crm.confirm_match(bigint, bigint, text) IS 'answers crm.review: the two are one customer, as by crm.merge(). Given one customer twice: all its rows are one. Returns the number of its event. An act under customer.merge';
REVOKE ALL ON FUNCTION crm.confirm_match(bigint, bigint, text) FROM PUBLIC;

CREATE FUNCTION crm.reject_match(customer bigint, other bigint, reason text DEFAULT NULL)
RETURNS bigint
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	mine bigint[];
	others bigint[];
BEGIN
	PERFORM crm_internal.take_act('customer.merge', subject => format('crm.reject_match(%s, %s)', customer, other), customer => customer);
	PERFORM crm_internal.hold_identities();
	mine := crm_internal.records_of(customer);
	others := crm_internal.records_of(other);
	IF mine = others THEN
		RAISE invalid_parameter_value USING
			MESSAGE = format('%s and %s are one customer', customer, other),
			HINT = 'SELECT crm.split(customer, records => ''{...}'') takes rows out of it; crm.reject_match() takes two rows as well.';
	END IF;
	RETURN crm_internal.decide('rejected', crm.current_customer(customer), crm.current_customer(other), 'reject',
		ARRAY(SELECT (o.verdict, o.a, o.b)::crm_internal.said FROM crm_internal.each_apart(mine, others) o), reason);
END
$$;
COMMENT ON FUNCTION crm.reject_match(bigint, bigint, text) IS 'answers crm.review: the two are not one customer; no row of the one is ever again one customer with a row of the other. Returns the number of its event. An act under customer.merge';
REVOKE ALL ON FUNCTION crm.reject_match(bigint, bigint, text) FROM PUBLIC;

-- The same of two rows. What becomes of other rows is for crm to find.
CREATE FUNCTION crm_internal.decide_rows(kind text, verdict text, source text, source_key text, other_source text, other_key text, cause text, reason text)
RETURNS bigint
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	a bigint;
	b bigint;
BEGIN
	PERFORM crm_internal.hold_identities();
	a := crm_internal.record_of(source, source_key);
	b := crm_internal.record_of(other_source, other_key);
	RETURN crm_internal.decide(kind,
		(SELECT r.customer_id FROM crm_internal.record r WHERE r.record_id = a),
		(SELECT r.customer_id FROM crm_internal.record r WHERE r.record_id = b), cause,
		CASE WHEN a = b THEN '{}' ELSE ARRAY[(verdict, a, b)::crm_internal.said] END, reason);
END
$$;
COMMENT ON FUNCTION crm_internal.decide_rows(text, text, text, text, text, text, text, text) IS 'one verdict about two rows; the act was taken';
REVOKE ALL ON FUNCTION crm_internal.decide_rows(text, text, text, text, text, text, text, text) FROM PUBLIC;

CREATE FUNCTION crm.confirm_match(source text, source_key text, other_source text, other_key text, reason text DEFAULT NULL)
RETURNS bigint
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	PERFORM crm_internal.take_act('customer.merge',
		subject => format('crm.confirm_match(%s %s, %s %s)', source, source_key, other_source, other_key),
		customer => crm.customer_of(source, source_key));
	RETURN crm_internal.decide_rows('confirmed', 'same', source, source_key, other_source, other_key, 'confirm', reason);
END
$$;
COMMENT ON FUNCTION crm.confirm_match(text, text, text, text, text) IS 'these two departmental rows (source as schema.table, key as text, a JSON array where it has several columns) are one customer, for all time. Returns the number of its event. Errors: 42704 for a row that is not known. An act under customer.merge';
REVOKE ALL ON FUNCTION crm.confirm_match(text, text, text, text, text) FROM PUBLIC;

CREATE FUNCTION crm.reject_match(source text, source_key text, other_source text, other_key text, reason text DEFAULT NULL)
RETURNS bigint
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	PERFORM crm_internal.take_act('customer.merge',
		subject => format('crm.reject_match(%s %s, %s %s)', source, source_key, other_source, other_key),
		customer => crm.customer_of(source, source_key));
	RETURN crm_internal.decide_rows('rejected', 'different', source, source_key, other_source, other_key, 'reject', reason);
END
$$;
COMMENT ON FUNCTION crm.reject_match(text, text, text, text, text) IS 'these two departmental rows are never one customer, also not through others. Returns the number of its event. Errors: 42704 for a row that is not known. An act under customer.merge';
REVOKE ALL ON FUNCTION crm.reject_match(text, text, text, text, text) FROM PUBLIC;

CREATE FUNCTION crm_internal.split_off(customer bigint, records bigint[], reason text)
RETURNS bigint
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	members CONSTANT bigint[] := crm_internal.records_of(customer);
	gone CONSTANT bigint[] := ARRAY(SELECT DISTINCT r FROM unnest(records) r ORDER BY r);
	rest CONSTANT bigint[] := ARRAY(SELECT m FROM unnest(members) m WHERE m <> ALL (gone) ORDER BY m);
BEGIN
	IF cardinality(gone) = 0 OR cardinality(rest) = 0 OR NOT gone <@ members THEN
		RAISE invalid_parameter_value USING
			MESSAGE = format('customer %s cannot be split so', customer),
			DETAIL = CASE WHEN gone <@ members THEN 'None of its rows was given, or all of them.' ELSE 'Some of the rows do not belong to it.' END,
			HINT = format('SELECT record_id, source, source_key FROM crm.customer_source WHERE customer_id = %s lists its rows.', customer);
	END IF;
	RETURN crm_internal.decide('rejected', crm.current_customer(customer), NULL, 'split',
		ARRAY(SELECT (o.verdict, o.a, o.b)::crm_internal.said FROM (
			SELECT * FROM crm_internal.each_apart(gone, rest)
			UNION ALL SELECT * FROM crm_internal.all_one(gone)
			UNION ALL SELECT * FROM crm_internal.all_one(rest)) o), reason);
END
$$;
COMMENT ON FUNCTION crm_internal.split_off(bigint, bigint[], text) IS 'crm.split() once the act was taken';
REVOKE ALL ON FUNCTION crm_internal.split_off(bigint, bigint[], text) FROM PUBLIC;

-- One function for both: two of this name could not be told apart by untyped literals.
CREATE FUNCTION crm.split(customer bigint, records bigint[] DEFAULT NULL, reason text DEFAULT NULL, source text DEFAULT NULL, keys text[] DEFAULT NULL)
RETURNS bigint
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	PERFORM crm_internal.take_act('customer.merge', subject => format('crm.split(%s)', customer), customer => customer);
	PERFORM crm_internal.hold_identities();
	RETURN crm_internal.split_off(customer,
		COALESCE(records, '{}') || ARRAY(SELECT crm_internal.record_of(source, k) FROM unnest(keys) k), reason);
END
$$;
COMMENT ON FUNCTION crm.split(bigint, bigint[], text, text, text[]) IS 'takes rows out of a customer, by record_id of crm.customer_source, or keys => rows of one source by their keys: they are one customer from now on and the rest another, for all time. The larger part keeps the id. Returns the number of its event. Errors: 22023 where none of its rows is given, or all, or others; 42704 for a row that is not known. An act under customer.merge';
REVOKE ALL ON FUNCTION crm.split(bigint, bigint[], text, text, text[]) FROM PUBLIC;

-- Takes back what an act decided, or decides it again if the event is itself of an undo.
CREATE FUNCTION crm_internal.undo_act(event crm_internal.customer_event, reason text)
RETURNS bigint
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	who CONSTANT text := (crm_internal.whoami_actor())[1];
	act bigint := event.act_no;
	number bigint;
BEGIN
	IF event.cause = 'undo' THEN
		act := crm_internal.take_number('crm_internal.match_verdict_verdict_no_seq');
		INSERT INTO crm_internal.match_verdict (verdict_no, act_no, verdict, source_a, key_a, source_b, key_b, person, "position", reason)
		SELECT CASE row_number() OVER (ORDER BY v.verdict_no) WHEN 1 THEN act
				ELSE crm_internal.take_number('crm_internal.match_verdict_verdict_no_seq') END,
			act, v.verdict, v.source_a, v.key_a, v.source_b, v.key_b, who,
			crm_internal.steward_position(who, event.customer_id), undo_act.reason
		FROM crm_internal.match_verdict v
		WHERE v.act_no = event.act_no
		ORDER BY v.verdict_no;
	ELSE
		UPDATE crm_internal.match_verdict v
		SET withdrawn_at = clock_timestamp(), withdrawn_by = who, withdrawn_because = undo_act.reason
		WHERE v.act_no = act AND v.withdrawn_at IS NULL;
		IF NOT FOUND THEN
			RAISE object_not_in_prerequisite_state USING
				MESSAGE = format('event %s has been undone', event.event_no),
				HINT = format('SELECT event_no FROM crm.customer_event WHERE kind = ''undone'' AND act_no = %s names the event that takes that back.', act);
		END IF;
	END IF;
	number := crm_internal.note_verdict('undone', event.customer_id, event.other_customer_id,
		CASE event.cause WHEN 'undo' THEN 'redo' ELSE 'undo' END, act, who, reason);
	PERFORM crm_internal.apply_verdicts(crm_internal.records_about(act),
		CASE event.cause WHEN 'undo' THEN 'redo' ELSE 'undo' END, act, who, reason);
	RETURN number;
END
$$;
COMMENT ON FUNCTION crm_internal.undo_act(crm_internal.customer_event, text) IS 'crm.undo() of what somebody decided';
REVOKE ALL ON FUNCTION crm_internal.undo_act(crm_internal.customer_event, text) FROM PUBLIC;

-- What crm found by itself is answered: who went is said to be different from, or the same as, who was there.
CREATE FUNCTION crm_internal.undo_finding(event crm_internal.customer_event, reason text)
RETURNS bigint
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	went CONSTANT bigint[] := ARRAY(
		SELECT r.record_id FROM crm_internal.record r WHERE r.record_id = ANY (event.records) ORDER BY r.record_id);
	back_to CONSTANT bigint := CASE event.kind WHEN 'split' THEN event.customer_id WHEN 'moved' THEN event.other_customer_id END;
	now_with CONSTANT bigint[] := ARRAY(
		SELECT r.record_id FROM crm_internal.record r
		WHERE event.kind IN ('merged', 'moved') AND r.customer_id = crm.current_customer(event.customer_id) AND r.record_id <> ALL (went)
		ORDER BY r.record_id);
	before_with CONSTANT bigint[] := ARRAY(
		SELECT r.record_id FROM crm_internal.record r
		WHERE r.customer_id = crm.current_customer(back_to) AND r.record_id <> ALL (went) AND r.record_id <> ALL (now_with)
		ORDER BY r.record_id);
BEGIN
	IF event.kind NOT IN ('merged', 'split', 'moved') THEN
		RAISE feature_not_supported USING
			MESSAGE = format('event %s cannot be undone', event.event_no),
			DETAIL = format('It is of kind "%s": a customer comes and goes with its rows.', event.kind);
	END IF;
	IF cardinality(went) = 0 THEN
		RAISE object_not_in_prerequisite_state USING
			MESSAGE = format('none of the rows that event %s is about is there any more', event.event_no);
	END IF;
	RETURN crm_internal.decide(CASE event.kind WHEN 'merged' THEN 'rejected' ELSE 'confirmed' END,
		event.customer_id, event.other_customer_id, 'counter',
		ARRAY(SELECT (o.verdict, o.a, o.b)::crm_internal.said FROM (
			SELECT * FROM crm_internal.each_apart(went, now_with)
			UNION ALL SELECT * FROM crm_internal.all_one(went || before_with) WHERE cardinality(before_with) > 0) o), reason);
END
$$;
COMMENT ON FUNCTION crm_internal.undo_finding(crm_internal.customer_event, text) IS 'crm.undo() of what crm found by itself';
REVOKE ALL ON FUNCTION crm_internal.undo_finding(crm_internal.customer_event, text) FROM PUBLIC;

CREATE FUNCTION crm.undo(event bigint, reason text DEFAULT NULL)
RETURNS bigint
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	past crm_internal.customer_event;
BEGIN
	SELECT e.* INTO past FROM crm_internal.customer_event e WHERE e.event_no = event;
	IF past.event_no IS NULL THEN
		RAISE undefined_object USING
			MESSAGE = format('event %s does not exist', COALESCE(event::text, 'NULL')),
			HINT = 'SELECT event_no, kind, customer_id FROM crm.customer_event lists the events.';
	END IF;
	PERFORM crm_internal.take_act('customer.merge', subject => format('crm.undo(%s)', event), customer => past.customer_id);
	PERFORM crm_internal.hold_identities();
	RETURN CASE WHEN past.act_no IS NULL THEN crm_internal.undo_finding(past, reason) ELSE crm_internal.undo_act(past, reason) END;
END
$$;
COMMENT ON FUNCTION crm.undo(bigint, text) IS 'takes an event of crm.customer_event back. If somebody decided it, all that this act decided is withdrawn, and customers are as if it had never been said; the event of an undo decides it again. If crm found it by itself, the contrary is decided: of a merge that the two are different, of a split that they are one. Returns the number of its own event. Errors: 42704 for an event that never was, 0A000 for the coming and going of customers, 55000 where it has been undone or its rows are gone. An act under customer.merge';
REVOKE ALL ON FUNCTION crm.undo(bigint, text) FROM PUBLIC;
