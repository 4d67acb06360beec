-- grant_bound: each bound that a new mandate is checked for, and the greatest that would pass.

CREATE FUNCTION crm_internal.passes(bound text, m crm_internal.mandate, p crm_internal.mandate)
RETURNS boolean
LANGUAGE sql STABLE PARALLEL SAFE
RETURN CASE
	WHEN bound = 'start' THEN (p).valid_from <= (m).valid_from
	WHEN bound = 'end' THEN (m).valid_until IS NULL OR (m).valid_until <= least((p).valid_until, (p).revoked_at)
	WHEN bound = 'scope' THEN crm_internal.scope_holds((p).scope, (p).scope || (m).scope)
	WHEN (m).kind IN ('consult', 'inform', 'ban') THEN true
	WHEN bound = 'amount' THEN (m).amount IS NULL OR (p).amount IS NULL OR (m).amount <= (p).amount
	WHEN bound = 'window' THEN crm_internal.windows_fit(m, p)
	WHEN bound = 'budget' THEN (m).budget IS NULL OR (p).budget IS NULL OR crm_internal.budget_is_within((m).budget, (p).budget)
	WHEN bound = 'depth' THEN (p).depth IS NULL OR ((p).depth > 0 AND coalesce((m).depth, 0) < (p).depth)
END;
COMMENT ON FUNCTION crm_internal.passes(text, crm_internal.mandate, crm_internal.mandate) IS 'whether a new mandate m stays within one bound of the mandate p that it could stand on';
REVOKE ALL ON FUNCTION crm_internal.passes(text, crm_internal.mandate, crm_internal.mandate) FROM PUBLIC;

CREATE FUNCTION crm_internal.greatest_text(bound text, passed crm_internal.mandate[])
RETURNS TABLE (detail text, hint text)
LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
	SELECT
		CASE
			WHEN bound = 'start' THEN pg_catalog.format('It has that from %s on (mandate %s).', b.valid_from, b.mandate_id)
			WHEN bound = 'end' THEN pg_catalog.format('It has that until %s (mandate %s).', least(b.valid_until, b.revoked_at), b.mandate_id)
			WHEN bound = 'scope' THEN pg_catalog.format('Its own scope is %s (mandate %s).', b.scope, b.mandate_id)
			WHEN bound = 'amount' THEN pg_catalog.format('The greatest amount it has is %s (mandate %s).', b.amount, b.mandate_id)
			WHEN bound = 'window' THEN pg_catalog.format('The most it has is %s on a customer in %s (mandate %s).', b.window_amount, b.window_length, b.mandate_id)
			WHEN bound = 'budget' THEN pg_catalog.format('It has budget "%s" (mandate %s).', b.budget, b.mandate_id)
			WHEN b.depth = 0 THEN pg_catalog.format('Mandate %s may not be passed on.', b.mandate_id)
			ELSE pg_catalog.format('Mandate %s has depth %s.', b.mandate_id, b.depth)
		END,
		CASE
			WHEN bound = 'start' THEN pg_catalog.format('valid_from => %L is the earliest that passes.', b.valid_from)
			WHEN bound = 'end' THEN pg_catalog.format('valid_until => %L is the latest that passes.', least(b.valid_until, b.revoked_at))
			WHEN bound = 'scope' THEN pg_catalog.format('scope => %L is the widest that passes.', b.scope)
			WHEN bound = 'amount' THEN pg_catalog.format('amount => %s is the greatest that passes.', b.amount)
			WHEN bound = 'window' THEN pg_catalog.format('window_amount => %s, window_length => %L is the most that passes.', b.window_amount, b.window_length)
			WHEN bound = 'budget' THEN pg_catalog.format('budget => %L passes, or a part of it: SELECT crm.add_budget(…, parent => %L, …);', b.budget, b.budget)
			WHEN b.depth = 0 THEN 'Who gave it can give it with a greater depth.'
			ELSE pg_catalog.format('depth => %s is the greatest that passes.', b.depth - 1)
		END
	FROM pg_catalog.unnest(passed) b
	ORDER BY
		CASE WHEN bound = 'start' THEN b.valid_from END,
		CASE WHEN bound = 'end' THEN least(b.valid_until, b.revoked_at) END DESC,
		CASE WHEN bound = 'window' THEN b.window_amount END DESC,
		CASE WHEN bound = 'depth' THEN b.depth END DESC,
		b.amount DESC NULLS FIRST, b.mandate_id
	LIMIT 1;
END;
COMMENT ON FUNCTION crm_internal.greatest_text(text, crm_internal.mandate[]) IS 'detail and hint of a refusal: the greatest of a bound that would pass';
REVOKE ALL ON FUNCTION crm_internal.greatest_text(text, crm_internal.mandate[]) FROM PUBLIC;

CREATE FUNCTION crm_internal.bound_phrase(bound text, m crm_internal.mandate)
RETURNS text
LANGUAGE sql STABLE PARALLEL SAFE
RETURN CASE
	WHEN bound = 'start' AND (m).valid_from > pg_catalog.clock_timestamp() THEN pg_catalog.format(' from %s on', (m).valid_from)
	WHEN bound = 'end' THEN pg_catalog.format(' until %s', (m).valid_until)
	WHEN bound = 'scope' THEN pg_catalog.format(' in scope %s', (m).scope)
	WHEN bound = 'amount' THEN pg_catalog.format(' for %s', (m).amount)
	WHEN bound = 'window' THEN pg_catalog.format(' for %s in %s', (m).window_amount, (m).window_length)
	WHEN bound = 'budget' THEN pg_catalog.format(' from budget "%s"', (m).budget)
	WHEN bound = 'depth' AND (m).depth > 0 THEN pg_catalog.format(' to be passed on (depth %s)', (m).depth)
	ELSE ''
END;
COMMENT ON FUNCTION crm_internal.bound_phrase(text, crm_internal.mandate) IS 'the bound that is refused, as the end of a message';
REVOKE ALL ON FUNCTION crm_internal.bound_phrase(text, crm_internal.mandate) FROM PUBLIC;

CREATE FUNCTION crm_internal.refuse_reserved(m crm_internal.mandate)
RETURNS void
LANGUAGE plpgsql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	reserved text;
BEGIN
	SELECT d.code::text INTO reserved FROM crm_internal.decision_now d
	WHERE d.reserved AND crm_internal.is_within(m.decision, d.code::text);
	IF FOUND AND m.kind IN ('hand_over', 'share', 'joint') THEN
		PERFORM crm_internal.refuse_grant(m, '', format('Decision "%s" is reserved: it stays where the charter puts it.', reserved),
			'crm.consult() and crm.inform() give others a part in it; crm.grant_mandate() moves it.');
	END IF;
END
$$;
COMMENT ON FUNCTION crm_internal.refuse_reserved(crm_internal.mandate) IS 'raises 42501 if a reserved decision would be delegated';
REVOKE ALL ON FUNCTION crm_internal.refuse_reserved(crm_internal.mandate) FROM PUBLIC;

-- Of the giver's mandates those that pass one bound after the other; the first bound that none passes is the refusal.
CREATE FUNCTION crm_internal.stand_on(m crm_internal.mandate)
RETURNS crm_internal.mandate
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	passed crm_internal.mandate[] := ARRAY(SELECT g FROM crm_internal.given_mandates(m) g);
	next_passed crm_internal.mandate[];
	bound text;
	p crm_internal.mandate;
	gap text[];
	first_gap text[];
	advice record;
BEGIN
	PERFORM crm_internal.refuse_reserved(m);
	IF cardinality(passed) = 0 THEN
		PERFORM crm_internal.refuse_grant(m, '',
			CASE WHEN m.kind IN ('consult', 'inform', 'ban') THEN 'It has that by no charter and no hand-over: who has a share only binds nobody.'
				ELSE 'It has no mandate for that itself.' END,
			format('SELECT * FROM crm.who_may(%L); tells who has one.', m.decision));
	END IF;
	FOREACH bound IN ARRAY '{start,scope,amount,window,budget,depth,end}'::text[] LOOP
		next_passed := ARRAY(SELECT c::crm_internal.mandate FROM unnest(passed) c WHERE crm_internal.passes(bound, m, c));
		IF cardinality(next_passed) = 0 THEN
			SELECT t.* INTO advice FROM crm_internal.greatest_text(bound, passed) t;
			PERFORM crm_internal.refuse_grant(m, crm_internal.bound_phrase(bound, m), advice.detail, advice.hint);
		END IF;
		passed := next_passed;
	END LOOP;
	FOR p IN SELECT c.* FROM unnest(passed) c
		ORDER BY m.budget IS NOT NULL AND c.budget IS NULL, c.amount DESC NULLS FIRST, c.mandate_id
	LOOP
		gap := crm_internal.authority_gap(m, p);
		IF gap IS NULL THEN
			RETURN crm_internal.inherit(m, p);
		END IF;
		first_gap := coalesce(first_gap, gap);
	END LOOP;
	PERFORM crm_internal.refuse_grant(m, '', first_gap[1], first_gap[2]);
END
$$;
COMMENT ON FUNCTION crm_internal.stand_on(crm_internal.mandate) IS 'the new mandate, bounded by the one of its giver that covers it with the largest amount (a budget that it names is rather taken from one that has it); raises 42501 where none does';
REVOKE ALL ON FUNCTION crm_internal.stand_on(crm_internal.mandate) FROM PUBLIC;
