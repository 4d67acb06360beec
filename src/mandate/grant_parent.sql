-- grant_parent: on which mandate of its giver a new one stands, and the refusal where there is none.

-- Of the giver's mandates those that pass one bound after the other; the first bound that none passes is the refusal.
CREATE FUNCTION crm_internal.refuse_grant(m crm_internal.mandate, which text, detail text, hint text)
RETURNS void
LANGUAGE plpgsql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RAISE insufficient_privilege USING
		MESSAGE = format('position "%s" cannot %s decision "%s"%s', m.from_position, crm_internal.verb_of(m.kind), m.decision, which),
		DETAIL = detail,
		HINT = hint;
END
$$;
COMMENT ON FUNCTION crm_internal.refuse_grant(crm_internal.mandate, text, text, text) IS 'raises 42501';
REVOKE ALL ON FUNCTION crm_internal.refuse_grant(crm_internal.mandate, text, text, text) FROM PUBLIC;

CREATE FUNCTION crm_internal.given_mandates(m crm_internal.mandate)
RETURNS SETOF crm_internal.mandate
LANGUAGE sql STABLE PARALLEL SAFE ROWS 5
BEGIN ATOMIC
	SELECT p.*
	FROM crm_internal.mandate p
	WHERE p.to_position = (m).from_position AND p.kind IN ('charter', 'hand_over', 'share')
		AND ((m).kind NOT IN ('consult', 'inform', 'ban') OR p.kind <> 'share')
		AND crm_internal.is_within((m).decision, p.decision)
		AND p.revoked_at > (m).valid_from AND p.valid_until > (m).valid_from;
END;
COMMENT ON FUNCTION crm_internal.given_mandates(crm_internal.mandate) IS 'what the giver of a new mandate has in its decision, now or later; a condition binds all who decide, so whoever has a share only sets none';
REVOKE ALL ON FUNCTION crm_internal.given_mandates(crm_internal.mandate) FROM PUBLIC;

-- NULL bounds of the new one are taken from the one it stands on.
CREATE FUNCTION crm_internal.inherit(m crm_internal.mandate, p crm_internal.mandate)
RETURNS crm_internal.mandate
LANGUAGE plpgsql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	m.parent_id := p.mandate_id;
	m.scope := p.scope || m.scope;
	m.valid_until := coalesce(m.valid_until, least(p.valid_until, p.revoked_at));
	IF m.kind IN ('consult', 'inform', 'ban') THEN
		RETURN m;
	END IF;
	m.amount := coalesce(m.amount, p.amount);
	m.budget := coalesce(m.budget, p.budget);
	IF m.window_amount IS NULL THEN
		m.window_amount := p.window_amount;
		m.window_length := p.window_length;
	END IF;
	m.depth := coalesce(m.depth, p.depth - 1);
	RETURN m;
END
$$;
COMMENT ON FUNCTION crm_internal.inherit(crm_internal.mandate, crm_internal.mandate) IS 'the new mandate with the bounds of the one it stands on where it has none';
REVOKE ALL ON FUNCTION crm_internal.inherit(crm_internal.mandate, crm_internal.mandate) FROM PUBLIC;

CREATE FUNCTION crm_internal.windows_fit(m crm_internal.mandate, p crm_internal.mandate)
RETURNS boolean
LANGUAGE sql STABLE PARALLEL SAFE
RETURN (m).window_amount IS NULL OR (p).window_amount IS NULL
	OR ((m).window_amount <= (p).window_amount AND (m).window_length >= (p).window_length);
COMMENT ON FUNCTION crm_internal.windows_fit(crm_internal.mandate, crm_internal.mandate) IS 'whether no more is allowed in a window than the one it stands on allows';
REVOKE ALL ON FUNCTION crm_internal.windows_fit(crm_internal.mandate, crm_internal.mandate) FROM PUBLIC;

-- Where the giver's authority at the outermost points of the new mandate goes: NULL if all is its own.
CREATE FUNCTION crm_internal.authority_gap(m crm_internal.mandate, p crm_internal.mandate)
RETURNS text[]
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	whole crm_internal.mandate := crm_internal.inherit(m, p);
	point jsonb;
	supported boolean;
	taken record;
BEGIN
	IF m.kind IN ('consult', 'inform', 'ban') THEN
		whole.amount := p.amount;
	END IF;
	FOR point IN SELECT * FROM crm_internal.scope_points(whole.scope) LOOP
		SELECT e.has_authority INTO supported
		FROM crm_internal.effective_at(m.decision, point, whole.amount, m.valid_from) e
		WHERE e.mandate_id = p.mandate_id;
		CONTINUE WHEN supported;
		IF supported IS NULL THEN
			RETURN ARRAY[format('Mandate %s is without effect then: what it stood on is gone or handed over.', p.mandate_id),
				format('SELECT * FROM crm.who_may(%L); tells who has it.', m.decision)];
		END IF;
		SELECT e.* INTO taken
		FROM crm_internal.effective_at(m.decision, point, whole.amount, m.valid_from) e
		WHERE e.from_position = p.to_position AND e.kind IN ('hand_over', 'joint') AND e.mandate_id > p.mandate_id
		ORDER BY e.mandate_id DESC
		LIMIT 1;
		RETURN ARRAY[
			format(CASE taken.kind WHEN 'joint' THEN 'It shares that jointly (mandate %2$s).' ELSE 'It handed that over to "%1$s" (mandate %2$s).' END,
				taken.to_position, coalesce(taken.joint_id, taken.mandate_id)),
			format('SELECT * FROM crm.revoke(%s); takes it back.', coalesce(taken.joint_id, taken.mandate_id))];
	END LOOP;
	RETURN NULL;
END
$$;
COMMENT ON FUNCTION crm_internal.authority_gap(crm_internal.mandate, crm_internal.mandate) IS 'why a mandate of the giver does not carry the new one when it begins, and what can be done; NULL if it does';
REVOKE ALL ON FUNCTION crm_internal.authority_gap(crm_internal.mandate, crm_internal.mandate) FROM PUBLIC;

CREATE FUNCTION crm_internal.check_not_handed_over(m crm_internal.mandate)
RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	other crm_internal.mandate;
BEGIN
	SELECT h.* INTO other
	FROM crm_internal.mandate h
	WHERE h.from_position = m.from_position AND h.kind IN ('hand_over', 'joint')
		AND h.mandate_id > m.parent_id
		AND (crm_internal.is_within(h.decision, m.decision) OR crm_internal.is_within(m.decision, h.decision))
		AND greatest(h.valid_from, m.valid_from) < least(h.valid_until, h.revoked_at, m.valid_until)
		AND crm_internal.scopes_meet(h.scope, m.scope)
		AND EXISTS (SELECT FROM crm_internal.scope_points(h.scope) s
			CROSS JOIN LATERAL crm_internal.effective_at(h.decision, s, h.amount, greatest(h.valid_from, m.valid_from)) e
			WHERE e.mandate_id = h.mandate_id)
	ORDER BY h.mandate_id
	LIMIT 1;
	IF FOUND THEN
		PERFORM crm_internal.refuse_grant(m, ' twice',
			format('Mandate %s hands "%s" over to "%s"%s%s.', other.mandate_id, other.decision, other.to_position,
				CASE WHEN other.valid_from > clock_timestamp() THEN format(' from %s on', other.valid_from) END,
				CASE WHEN least(other.valid_until, other.revoked_at) < 'infinity' THEN format(' until %s', least(other.valid_until, other.revoked_at)) END),
			format('SELECT * FROM crm.revoke(%s); takes it back first.', other.mandate_id));
	END IF;
END
$$;
COMMENT ON FUNCTION crm_internal.check_not_handed_over(crm_internal.mandate) IS 'raises 42501 if some of what is to be handed over is handed over already, at some time';
REVOKE ALL ON FUNCTION crm_internal.check_not_handed_over(crm_internal.mandate) FROM PUBLIC;

-- Who has a part of something must not keep those from it who stand above him.
CREATE FUNCTION crm_internal.check_not_above(m crm_internal.mandate, positions text[])
RETURNS void
LANGUAGE plpgsql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	superior text;
BEGIN
	WITH RECURSIVE up AS (
		SELECT p.reports_to AS name FROM crm_internal.position p WHERE p.name = m.from_position
		UNION
		SELECT p.reports_to FROM up JOIN crm_internal.position p ON p.name = up.name
	)
	SELECT up.name INTO superior FROM up WHERE up.name = ANY (positions) LIMIT 1;
	IF FOUND THEN
		PERFORM crm_internal.refuse_grant(m, format(' for "%s"', superior), format('"%s" reports to "%s".', m.from_position, superior),
			format('SELECT crm.ban(%L, %L); is a decision of org.model.', m.decision, superior));
	END IF;
END
$$;
COMMENT ON FUNCTION crm_internal.check_not_above(crm_internal.mandate, text[]) IS 'error 42501 if a position would ban one that it reports to, directly or through others';
REVOKE ALL ON FUNCTION crm_internal.check_not_above(crm_internal.mandate, text[]) FROM PUBLIC;
