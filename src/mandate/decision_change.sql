-- decision_change: a company adds decisions of its own and changes those of crm.

-- Every change of what is delegated takes its turn: the second of two concurrent ones waits and then sees the
-- first, or fails with 40001 where its snapshot is too old to see it. The row never changes its value.
CREATE TABLE crm_internal.mandate_turn
(
	turn boolean PRIMARY KEY CHECK (turn)
);
COMMENT ON TABLE crm_internal.mandate_turn IS 'one row, locked by whoever changes decisions, mandates or the charter';
SELECT pg_catalog.pg_extension_config_dump('crm_internal.mandate_turn', 'WHERE false');
INSERT INTO crm_internal.mandate_turn (turn) VALUES (true);

CREATE FUNCTION crm_internal.take_turn()
RETURNS void
LANGUAGE sql VOLATILE PARALLEL UNSAFE
BEGIN ATOMIC
	UPDATE crm_internal.mandate_turn SET turn = true;
END;
COMMENT ON FUNCTION crm_internal.take_turn() IS 'until the end of the transaction nobody else changes decisions, mandates or the charter';
REVOKE ALL ON FUNCTION crm_internal.take_turn() FROM PUBLIC;

CREATE FUNCTION crm_internal.check_decision_times(escalate_after interval, expires_after interval)
RETURNS void
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	IF escalate_after <= '0' OR expires_after <= '0' THEN
		RAISE invalid_parameter_value USING
			MESSAGE = 'times after which a request escalates or expires must be longer than nothing',
			HINT = 'Give an interval such as ''2 days''.';
	END IF;
END
$$;
COMMENT ON FUNCTION crm_internal.check_decision_times(interval, interval) IS 'raises 22023 for a time that is not positive';
REVOKE ALL ON FUNCTION crm_internal.check_decision_times(interval, interval) FROM PUBLIC;

-- Written as the owner of crm's tables: who may execute it changes decisions if it may act on org.model, nothing else.
CREATE FUNCTION crm.add_decision(code text, title text DEFAULT '', reserved boolean DEFAULT false,
	escalate_after interval DEFAULT '2 days', expires_after interval DEFAULT '14 days')
RETURNS text
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	parent text := substring(code FROM '^(.*)\.[^.]*$');
BEGIN
	IF code IS NULL OR code !~ '^[A-Za-z0-9_]+(\.[A-Za-z0-9_]+)*$' THEN
		RAISE invalid_parameter_value USING
			MESSAGE = format('"%s" cannot be the code of a decision', code),
			HINT = 'A code is words of letters, digits and _ with dots between them, such as campaign.design.';
	END IF;
	PERFORM crm_internal.check_decision_times(escalate_after, expires_after);
	PERFORM crm_internal.take_turn();
	IF EXISTS (SELECT FROM crm_internal.decision d WHERE d.code::text = add_decision.code) THEN
		RAISE duplicate_object USING
			MESSAGE = format('decision "%s" exists already', code),
			HINT = format('SELECT crm.change_decision(%L, …) changes it.', code);
	END IF;
	IF parent IS NOT NULL AND NOT EXISTS (SELECT FROM crm_internal.decision d WHERE d.code::text = parent) THEN
		RAISE undefined_object USING
			MESSAGE = format('decision "%s" does not exist, so nothing can be below it', parent),
			HINT = format('SELECT crm.add_decision(%L, title => ''…'');', parent);
	END IF;
	PERFORM crm_internal.take_act('org.model', subject => format('crm.add_decision(%s)', code));
	INSERT INTO crm_internal.decision (code, title, reserved, escalate_after, expires_after)
	VALUES (add_decision.code::crm_internal.decision_code, coalesce(add_decision.title, ''), coalesce(add_decision.reserved, false),
		coalesce(add_decision.escalate_after, '2 days'), coalesce(add_decision.expires_after, '14 days'));
	RETURN code;
END
$$;
COMMENT ON FUNCTION crm.add_decision(text, text, boolean, interval, interval) IS 'adds a decision of the company''s own, below an existing one (code "goodwill.travel") or beside (code "sponsoring"); a mandate for the one above covers it. reserved: cannot be delegated. Returns the code. Errors: 22023 for a code that is none, 42710 if it exists, 42704 if the one above does not, 42501 without the decision org.model';
REVOKE ALL ON FUNCTION crm.add_decision(text, text, boolean, interval, interval) FROM PUBLIC;

CREATE FUNCTION crm_internal.check_reservable(decision text)
RETURNS void
LANGUAGE plpgsql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	ids integer[];
BEGIN
	SELECT array_agg(m.mandate_id ORDER BY m.mandate_id) INTO ids
	FROM crm_internal.mandate m
	WHERE m.kind IN ('hand_over', 'share', 'joint')
		AND least(m.revoked_at, m.valid_until) > clock_timestamp()
		AND crm_internal.is_within(m.decision, check_reservable.decision);
	IF ids IS NOT NULL THEN
		RAISE object_in_use USING
			MESSAGE = format('decision "%s" cannot be reserved: it is delegated', decision),
			DETAIL = format('Mandates: %s.', array_to_string(ids, ', ')),
			HINT = (SELECT string_agg(format('SELECT * FROM crm.revoke(%s);', i), ' ') FROM unnest(ids) i);
	END IF;
END
$$;
COMMENT ON FUNCTION crm_internal.check_reservable(text) IS 'raises 55006 while a decision, or one below it, is delegated';
REVOKE ALL ON FUNCTION crm_internal.check_reservable(text) FROM PUBLIC;

-- Written as the owner of crm's tables: who may execute it changes decisions if it may act on org.model, nothing else.
CREATE FUNCTION crm.change_decision(code text, title text DEFAULT NULL, reserved boolean DEFAULT NULL,
	escalate_after interval DEFAULT NULL, expires_after interval DEFAULT NULL)
RETURNS text
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	PERFORM crm_internal.check_decision(code);
	PERFORM crm_internal.check_decision_times(escalate_after, expires_after);
	PERFORM crm_internal.take_turn();
	IF reserved THEN
		PERFORM crm_internal.check_reservable(code);
	END IF;
	PERFORM crm_internal.take_act('org.model', subject => format('crm.change_decision(%s)', code));
	INSERT INTO crm_internal.decision (code, title, reserved, escalate_after, expires_after)
	SELECT d.code, d.title, d.reserved, d.escalate_after, d.expires_after
	FROM crm_internal.decision_now d
	WHERE d.code::text = change_decision.code AND d.builtin AND NOT d.changed;
	INSERT INTO crm_internal.decision_before (code, until, reserved)
	SELECT change_decision.code, clock_timestamp(), d.reserved
	FROM crm_internal.decision d
	WHERE d.code::text = change_decision.code AND NOT d.builtin AND d.reserved <> change_decision.reserved;
	UPDATE crm_internal.decision d SET
		title = coalesce(change_decision.title, d.title),
		reserved = coalesce(change_decision.reserved, d.reserved),
		escalate_after = coalesce(change_decision.escalate_after, d.escalate_after),
		expires_after = coalesce(change_decision.expires_after, d.expires_after)
	WHERE d.code::text = change_decision.code AND NOT d.builtin;
	RETURN code;
END
$$;
COMMENT ON FUNCTION crm.change_decision(text, text, boolean, interval, interval) IS 'changes a decision, its own or one that crm brings; what is NULL stays. Requests that wait follow the new times. Returns the code. Errors: 42704 if it does not exist, 55006 to reserve one that is delegated, 22023 for a time that is not positive, 42501 without the decision org.model';
REVOKE ALL ON FUNCTION crm.change_decision(text, text, boolean, interval, interval) FROM PUBLIC;

-- Written as the owner of crm's tables: who may execute it changes decisions if it may act on org.model, nothing else.
CREATE FUNCTION crm.drop_decision(code text)
RETURNS text
LANGUAGE plpgsql VOLATILE STRICT PARALLEL UNSAFE
SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	used crm_internal.decision_use;
	is_used boolean;
	below text;
BEGIN
	PERFORM crm_internal.check_decision(code);
	PERFORM crm_internal.take_turn();
	IF EXISTS (SELECT FROM crm_internal.decision d WHERE d.code::text = drop_decision.code AND d.builtin) THEN
		RAISE object_in_use USING
			MESSAGE = format('decision "%s" is one of crm''s own and cannot be dropped', code),
			HINT = format('Without a mandate nobody takes it; SELECT crm.change_decision(%L, …) changes it.', code);
	END IF;
	SELECT string_agg(d.code::text, ', ' ORDER BY d.code::text) INTO below
	FROM crm_internal.decision d
	WHERE starts_with(d.code::text, drop_decision.code || '.');
	IF below IS NOT NULL THEN
		RAISE dependent_objects_still_exist USING
			MESSAGE = format('decision "%s" has others below it', code),
			DETAIL = format('Below it: %s.', below),
			HINT = 'Drop those first.';
	END IF;
	FOR used IN SELECT * FROM crm_internal.decision_use u ORDER BY u.table_name, u.column_name LOOP
		EXECUTE format('SELECT EXISTS (SELECT FROM %s WHERE %I = $1)', used.table_name, used.column_name) INTO is_used USING code;
		IF is_used THEN
			RAISE dependent_objects_still_exist USING
				MESSAGE = format('decision "%s" is in use', code),
				DETAIL = format('It is named by %s, now or in the past.', used.what);
		END IF;
	END LOOP;
	PERFORM crm_internal.take_act('org.model', subject => format('crm.drop_decision(%s)', code));
	DELETE FROM crm_internal.decision_before b WHERE b.code = drop_decision.code;
	DELETE FROM crm_internal.decision d WHERE d.code::text = drop_decision.code;
	RETURN code;
END
$$;
COMMENT ON FUNCTION crm.drop_decision(text) IS 'drops a decision of the company''s own that nothing names: no mandate, guard, request or act, past ones included. Returns the code. Errors: 42704 if it does not exist, 55006 for one that crm brings, 2BP01 if it is in use or has others below it, 42501 without the decision org.model';
REVOKE ALL ON FUNCTION crm.drop_decision(text) FROM PUBLIC;
