-- plan: who sets how much money there is. Each change is an act under the decision investment.

CREATE FUNCTION crm_internal.budget_of(name text)
RETURNS crm_internal.budget
LANGUAGE plpgsql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	found_budget crm_internal.budget;
BEGIN
	IF coalesce(name, '') = '' THEN
		RAISE invalid_parameter_value USING
			MESSAGE = 'a budget has a name',
			HINT = 'SELECT * FROM crm.budgets lists them.';
	END IF;
	SELECT * INTO found_budget FROM crm_internal.budget b WHERE b.name = budget_of.name;
	IF NOT FOUND THEN
		RAISE undefined_object USING
			MESSAGE = format('budget "%s" does not exist', name),
			HINT = crm_internal.did_you_mean(name, ARRAY(SELECT b.name FROM crm_internal.budget b WHERE b.closed_at IS NULL ORDER BY b.name))
				|| format('SELECT crm.add_budget(%L, amount => ...);', name);
	END IF;
	IF found_budget.closed_at IS NOT NULL THEN
		RAISE object_not_in_prerequisite_state USING
			MESSAGE = format('budget "%s" is closed', name),
			HINT = 'SELECT * FROM crm.budgets WHERE closed_at IS NULL lists the open ones.';
	END IF;
	RETURN found_budget;
END
$$;
COMMENT ON FUNCTION crm_internal.budget_of(text) IS 'the open budget of that name, or error 22023, 42704 or 55000';
REVOKE ALL ON FUNCTION crm_internal.budget_of(text) FROM PUBLIC;

CREATE FUNCTION crm_internal.check_amount(amount numeric)
RETURNS void
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	IF amount IS NULL OR amount < 0 OR amount IN ('NaN', 'Infinity') THEN
		RAISE invalid_parameter_value USING
			MESSAGE = format('amount %s is not an amount of money', coalesce(amount::text, 'NULL')),
			HINT = 'An amount is a number, 0 or more.';
	END IF;
END
$$;
COMMENT ON FUNCTION crm_internal.check_amount(numeric) IS 'error 22023 unless it is a number that is not negative';
REVOKE ALL ON FUNCTION crm_internal.check_amount(numeric) FROM PUBLIC;

-- Moves an amount (negative: back) from a budget into a sub-budget.
CREATE FUNCTION crm_internal.carve_budget(parent_id integer, amount numeric, reason text)
RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	IF amount = 0 OR parent_id IS NULL THEN
		RETURN;
	END IF;
	PERFORM crm_internal.change_budget_row(parent_id, carved => amount);
	INSERT INTO crm_internal.ledger (budget_id, at, kind, amount, person, reason)
	VALUES (parent_id, clock_timestamp(), CASE WHEN amount > 0 THEN 'carve' ELSE 'return' END, abs(amount),
		(crm_internal.whoami_actor())[1], carve_budget.reason);
END
$$;
COMMENT ON FUNCTION crm_internal.carve_budget(integer, numeric, text) IS 'carved of the parent grows by the amount, with its ledger entry';
REVOKE ALL ON FUNCTION crm_internal.carve_budget(integer, numeric, text) FROM PUBLIC;

-- Written as the owner of crm's tables; that it is an act under investment decides who may.
CREATE FUNCTION crm.add_budget(name text, amount numeric, parent text DEFAULT NULL, currency text DEFAULT NULL,
	valid_from timestamptz DEFAULT NULL, valid_until timestamptz DEFAULT NULL, owner text DEFAULT NULL)
RETURNS text
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	above crm_internal.budget;
	starts timestamptz := valid_from;
	ends timestamptz := valid_until;
BEGIN
	PERFORM crm_internal.check_amount(amount);
	IF coalesce(name, '') = '' THEN
		RAISE invalid_parameter_value USING
			MESSAGE = 'a budget needs a name',
			HINT = 'For example SELECT crm.add_budget(''goodwill'', amount => 5000).';
	END IF;
	IF EXISTS (SELECT FROM crm_internal.budget b WHERE b.name = add_budget.name) THEN
		RAISE duplicate_object USING
			MESSAGE = format('budget "%s" already exists', name),
			HINT = format('SELECT crm.change_budget(%L, amount => %s);', name, amount);
	END IF;
	IF parent IS NOT NULL THEN
		above := crm_internal.budget_of(parent);
		starts := coalesce(starts, greatest(above.valid_from, now()));
		ends := coalesce(ends, above.valid_until);
		IF starts < above.valid_from OR ends > above.valid_until THEN
			RAISE invalid_parameter_value USING
				MESSAGE = format('budget "%s" would last longer than "%s", from which it is carved', name, parent),
				DETAIL = format('"%s" is valid from %s until %s.', parent, above.valid_from, above.valid_until);
		END IF;
		IF currency <> above.currency THEN
			RAISE invalid_parameter_value USING
				MESSAGE = format('a sub-budget of "%s" is in its currency, %s', parent, above.currency);
		END IF;
	END IF;
	IF owner IS NOT NULL THEN
		PERFORM crm_internal.check_position(owner);
	END IF;
	starts := coalesce(starts, now());
	ends := coalesce(ends, 'infinity');
	IF starts >= ends THEN
		RAISE invalid_parameter_value USING MESSAGE = format('budget "%s" would end before it begins', name);
	END IF;
	PERFORM crm_internal.take_act('investment', subject => format('crm.add_budget(%s)', name), amount => amount);
	PERFORM crm_internal.carve_budget(above.budget_id, amount, format('for %s', name));
	INSERT INTO crm_internal.budget (name, parent_id, amount, currency, valid_from, valid_until, owner)
	VALUES (add_budget.name, above.budget_id, add_budget.amount, coalesce(add_budget.currency, above.currency), starts, ends, add_budget.owner);
	RETURN name;
END
$$;
COMMENT ON FUNCTION crm.add_budget(text, numeric, text, text, timestamptz, timestamptz, text) IS 'money that mandates may spend; parent: carved from that budget, within its period and in its currency; valid_from: from now; valid_until: for ever, or as the parent; owner: the position that may let others spend it by mandates of its own (NULL: that of the parent; without one only whoever decides investment); an act under investment, of that amount; errors 22023, 42710, 42704, and 23514 if the parent has less left';
REVOKE ALL ON FUNCTION crm.add_budget(text, numeric, text, text, timestamptz, timestamptz, text) FROM PUBLIC;

-- Written as the owner of crm's tables; that it is an act under investment decides who may.
CREATE FUNCTION crm.change_budget(name text, amount numeric DEFAULT NULL, owner text DEFAULT NULL)
RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	before crm_internal.budget := crm_internal.budget_of(name);
	new_owner text := nullif(coalesce(owner, before.owner), '');
	was numeric;
BEGIN
	IF amount IS NOT NULL OR owner IS NULL THEN
		PERFORM crm_internal.check_amount(amount);
	END IF;
	IF new_owner <> coalesce(before.owner, '') THEN
		PERFORM crm_internal.check_position(new_owner);
	END IF;
	PERFORM crm_internal.take_act('investment', subject => format('crm.change_budget(%s)', name),
		amount => CASE WHEN new_owner IS DISTINCT FROM before.owner THEN coalesce(amount, before.amount) ELSE greatest(amount - before.amount, 0) END);
	PERFORM crm_internal.lock_budgets(before.budget_id, before.parent_id);
	UPDATE crm_internal.budget b SET owner = new_owner WHERE b.budget_id = before.budget_id AND b.owner IS DISTINCT FROM new_owner;
	IF amount IS NULL THEN
		RETURN;
	END IF;
	was := (crm_internal.budget_now(before.budget_id)).amount;
	PERFORM crm_internal.carve_budget(before.parent_id, amount - was, format('%s %s', CASE WHEN amount > was THEN 'for' ELSE 'from' END, name));
	PERFORM crm_internal.change_budget_row(before.budget_id, amount => change_budget.amount - was);
END
$$;
COMMENT ON FUNCTION crm.change_budget(text, numeric, text) IS 'sets the amount of a budget (NULL: it stays); of a sub-budget the difference comes from the parent or goes back; owner: its new owner ('''': none of its own; NULL: as it is); an act under investment, of what is added, with a new owner of the whole; error 23514 if more is spent, reserved and carved already, or the parent has less left';
REVOKE ALL ON FUNCTION crm.change_budget(text, numeric, text) FROM PUBLIC;

-- Written as the owner of crm's tables; that it is an act under investment decides who may.
CREATE FUNCTION crm.close_budget(name text)
RETURNS numeric
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	closing crm_internal.budget := crm_internal.budget_of(name);
	open_child text;
	state record;
	rest numeric;
BEGIN
	PERFORM crm_internal.take_act('investment', subject => format('crm.close_budget(%s)', name));
	PERFORM crm_internal.lock_budgets(closing.budget_id, closing.parent_id);
	SELECT b.name INTO open_child FROM crm_internal.budget b
	WHERE b.parent_id = closing.budget_id AND b.closed_at IS NULL ORDER BY b.name LIMIT 1;
	IF FOUND THEN
		RAISE dependent_objects_still_exist USING
			MESSAGE = format('budget "%s" has open sub-budgets', name),
			HINT = format('SELECT crm.close_budget(%L);', open_child);
	END IF;
	state := crm_internal.budget_now(closing.budget_id);
	IF state.reserved > 0 THEN
		RAISE object_in_use USING
			MESSAGE = format('of budget "%s", %s is promised to approved requests', name, state.reserved),
			HINT = 'Wait until they are used or lapse, or set the amount to what is spent and reserved by crm.change_budget().';
	END IF;
	rest := state.amount - state.spent - state.carved;
	PERFORM crm_internal.carve_budget(closing.parent_id, -rest, format('%s is closed', name));
	PERFORM crm_internal.change_budget_row(closing.budget_id, amount => -rest);
	UPDATE crm_internal.budget b SET closed_at = clock_timestamp() WHERE b.budget_id = closing.budget_id;
	RETURN rest;
END
$$;
COMMENT ON FUNCTION crm.close_budget(text) IS 'nothing is taken from it any more; what is left goes back to the parent and is returned; an act under investment; errors 2BP01 while it has open sub-budgets, 55006 while something of it is reserved';
REVOKE ALL ON FUNCTION crm.close_budget(text) FROM PUBLIC;

-- Of acts of one transaction the ledger has one entry a budget; an act names its budget if it took from one.
CREATE FUNCTION crm_internal.budget_of_act(act crm_internal.act)
RETURNS crm_internal.budget
LANGUAGE plpgsql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	taken_from crm_internal.budget;
BEGIN
	SELECT * INTO taken_from FROM crm_internal.budget b WHERE b.name = act.budget;
	IF NOT FOUND OR act.verdict <> 'allowed' THEN
		RAISE invalid_parameter_value USING
			MESSAGE = format('act %s took nothing from a budget', act.act_id),
			HINT = 'SELECT act_id, budget, amount FROM crm.journal WHERE budget IS NOT NULL lists those that did.';
	END IF;
	RETURN taken_from;
END
$$;
COMMENT ON FUNCTION crm_internal.budget_of_act(crm_internal.act) IS 'the budget that an act took its amount from, or error 22023';
REVOKE ALL ON FUNCTION crm_internal.budget_of_act(crm_internal.act) FROM PUBLIC;

-- What comes back to a closed budget goes on to the one that it was carved from, up to one that is open.
CREATE FUNCTION crm_internal.return_from_closed(budget_id integer, amount numeric)
RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	closed crm_internal.budget;
	line integer[];
BEGIN
	WITH RECURSIVE up AS (
		SELECT b.budget_id, b.parent_id, b.closed_at FROM crm_internal.budget b WHERE b.budget_id = return_from_closed.budget_id
		UNION ALL
		SELECT b.budget_id, b.parent_id, b.closed_at FROM crm_internal.budget b JOIN up u ON u.parent_id = b.budget_id WHERE u.closed_at IS NOT NULL
	)
	SELECT array_agg(u.budget_id) INTO line FROM up u;
	PERFORM crm_internal.lock_budgets(VARIADIC line);
	FOR closed IN SELECT b.* FROM crm_internal.budget b
		WHERE b.budget_id = ANY (line) AND b.closed_at IS NOT NULL AND b.parent_id IS NOT NULL
		ORDER BY array_position(line, b.budget_id)
	LOOP
		PERFORM crm_internal.change_budget_row(closed.budget_id, amount => -return_from_closed.amount);
		PERFORM crm_internal.carve_budget(closed.parent_id, -return_from_closed.amount, format('%s is closed', closed.name));
	END LOOP;
END
$$;
COMMENT ON FUNCTION crm_internal.return_from_closed(integer, numeric) IS 'moves an amount that a closed budget has left up to the first open one; nothing if it is open itself';
REVOKE ALL ON FUNCTION crm_internal.return_from_closed(integer, numeric) FROM PUBLIC;

-- Written as the owner of crm's tables; that it is an act under investment decides who may.
CREATE FUNCTION crm.compensate(act_id bigint, amount numeric, reason text)
RETURNS numeric
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	act crm_internal.act;
	taken_from crm_internal.budget;
	rest numeric;
BEGIN
	SELECT * INTO act FROM crm_internal.act a WHERE a.act_id = compensate.act_id;
	IF NOT FOUND THEN
		RAISE undefined_object USING
			MESSAGE = format('act %s does not exist', coalesce(act_id::text, 'NULL')),
			HINT = 'SELECT act_id, budget, amount FROM crm.journal WHERE budget IS NOT NULL lists what can be given back.';
	END IF;
	PERFORM crm_internal.check_amount(amount);
	taken_from := crm_internal.budget_of_act(act);
	PERFORM crm_internal.take_act('investment', subject => format('crm.compensate(%s)', act_id), customer => act.customer_id,
		amount => compensate.amount);
	PERFORM crm_internal.lock_budgets(taken_from.budget_id, taken_from.parent_id);
	rest := coalesce(act.counted, act.amount) - crm_internal.compensated(act_id);
	IF amount > rest THEN
		RAISE check_violation USING
			MESSAGE = format('act %s cannot give back %s', act_id, amount),
			DETAIL = format('It took %s from "%s", and %s of that is not given back yet.', coalesce(act.counted, act.amount), act.budget, rest);
	END IF;
	PERFORM crm_internal.change_budget_row(taken_from.budget_id, spent => -amount);
	INSERT INTO crm_internal.ledger (budget_id, at, kind, amount, act_id, person, reason)
	VALUES (taken_from.budget_id, clock_timestamp(), 'compensate', compensate.amount, compensate.act_id,
		(crm_internal.whoami_actor())[1], compensate.reason);
	PERFORM crm_internal.return_from_closed(taken_from.budget_id, amount);
	RETURN rest - amount;
END
$$;
COMMENT ON FUNCTION crm.compensate(bigint, numeric, text) IS 'gives an amount that an act took back to its budget, in sum never more than it took; the act stays on record and still counts within its window of time; returns what could still be given back; an act under investment, of that amount; errors 22023, 23514, 42704';
REVOKE ALL ON FUNCTION crm.compensate(bigint, numeric, text) FROM PUBLIC;

CREATE FUNCTION crm_internal.budget_problems()
RETURNS TABLE (check_name text, problem text, repair text)
LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
	WITH booked AS (
		SELECT b.budget_id, b.name, b.spent, b.reserved, b.carved,
			coalesce(l.spent, 0) AS ledger_spent, coalesce(l.reserved, 0) AS ledger_reserved, coalesce(l.carved, 0) AS ledger_carved
		FROM crm_internal.budget b
		LEFT JOIN (
			SELECT e.budget_id,
				pg_catalog.sum(CASE e.kind WHEN 'spend' THEN e.amount WHEN 'compensate' THEN -e.amount END) AS spent,
				pg_catalog.sum(CASE e.kind WHEN 'reserve' THEN e.amount WHEN 'release' THEN -e.amount END) AS reserved,
				pg_catalog.sum(CASE e.kind WHEN 'carve' THEN e.amount WHEN 'return' THEN -e.amount END) AS carved
			FROM crm_internal.ledger e
			GROUP BY e.budget_id) l ON l.budget_id = b.budget_id
	)
	SELECT 'ledger', pg_catalog.format('budget "%s" is not what its ledger says: spent %s (%s), reserved %s (%s), carved %s (%s)',
			k.name, k.spent, k.ledger_spent, k.reserved, k.ledger_reserved, k.carved, k.ledger_carved),
		pg_catalog.format('UPDATE crm_internal.budget SET spent = %s, reserved = %s, carved = %s WHERE budget_id = %s',
			k.ledger_spent, k.ledger_reserved, k.ledger_carved, k.budget_id)
	FROM booked k
	WHERE k.spent <> k.ledger_spent OR k.reserved <> k.ledger_reserved OR k.carved <> k.ledger_carved
	UNION ALL
	SELECT 'budget', pg_catalog.format('budget "%s" has carved %s, but its sub-budgets hold %s', b.name, b.carved, coalesce(pg_catalog.sum(c.amount), 0)),
		'set the amount of each sub-budget by crm.change_budget()'
	FROM crm_internal.budget b
	LEFT JOIN crm_internal.budget c ON c.parent_id = b.budget_id
	GROUP BY b.budget_id, b.name, b.carved
	HAVING b.carved <> coalesce(pg_catalog.sum(c.amount), 0)
	UNION ALL
	SELECT 'reference', pg_catalog.format('budget "%s" is carved from budget %s, which does not exist', b.name, b.parent_id),
		pg_catalog.format('UPDATE crm_internal.budget SET parent_id = NULL WHERE budget_id = %s', b.budget_id)
	FROM crm_internal.budget b
	WHERE b.parent_id IS NOT NULL AND NOT EXISTS (SELECT FROM crm_internal.budget p WHERE p.budget_id = b.parent_id)
	UNION ALL
	SELECT 'reference', pg_catalog.format('%s ledger entries are of budget %s, which does not exist', pg_catalog.count(*), l.budget_id),
		'restore crm_internal.budget from a backup'
	FROM crm_internal.ledger l
	WHERE NOT EXISTS (SELECT FROM crm_internal.budget b WHERE b.budget_id = l.budget_id)
	GROUP BY l.budget_id;
END;
COMMENT ON FUNCTION crm_internal.budget_problems() IS 'budgets that disagree with their ledger or their sub-budgets';
REVOKE ALL ON FUNCTION crm_internal.budget_problems() FROM PUBLIC;
