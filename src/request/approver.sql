-- approver: who may answer a request, and whose turn it is.

CREATE FUNCTION crm_internal.consulted_positions(person text)
RETURNS text[]
LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
	SELECT coalesce(pg_catalog.array_agg(t.name), '{}')
	FROM (
		SELECT h."position" AS name
		FROM crm_internal.hats(consulted_positions.person, pg_catalog.clock_timestamp()) h
		UNION
		SELECT a."position"
		FROM crm_internal.appointment a
		JOIN crm_internal.position p ON p.name = a."position"
		WHERE a.person = consulted_positions.person AND a.capacity = 'liaison'
			AND a.valid_from <= pg_catalog.clock_timestamp() AND a.valid_until > pg_catalog.clock_timestamp()
			AND (p.closed_at IS NULL OR p.closed_at > pg_catalog.clock_timestamp())
	) t;
END;
COMMENT ON FUNCTION crm_internal.consulted_positions(text) IS 'positions for which a person is told and asked: his hats and those he is liaison of';
REVOKE ALL ON FUNCTION crm_internal.consulted_positions(text) FROM PUBLIC;

-- Four eyes: not the requester, not in a position of his, not by a mandate that a position of his shared, and (check_four_eyes) not by
-- a session that cannot be told from his.
CREATE FUNCTION crm_internal.approvers(requester text, decision text, amount numeric, scope jsonb, customer bigint, only_person text DEFAULT NULL)
RETURNS TABLE (person text, "position" text, capacity text, joint_id integer, quorum integer, amount_limit numeric, budget text, mandate_path integer[], mandate_id integer, has_money boolean)
LANGUAGE c VOLATILE PARALLEL UNSAFE
ROWS 10
AS 'MODULE_PATHNAME', 'crm_approvers';
COMMENT ON FUNCTION crm_internal.approvers(text, text, numeric, jsonb, bigint, text) IS 'persons who may answer such a request of this requester now, a row for each mandate that lets them; joint_id: they sign together with others';
REVOKE ALL ON FUNCTION crm_internal.approvers(text, text, numeric, jsonb, bigint, text) FROM PUBLIC;

CREATE FUNCTION crm_internal.ladder(requester text, decision text, amount numeric, scope jsonb, customer bigint)
RETURNS TABLE (rung integer, "position" text, joint_id integer, quorum integer)
LANGUAGE c VOLATILE PARALLEL UNSAFE
ROWS 5
AS 'MODULE_PATHNAME', 'crm_ladder';
COMMENT ON FUNCTION crm_internal.ladder(text, text, numeric, jsonb, bigint) IS 'to whom such a request goes, rung by rung: the least privileged who may first, of equals one''s own superior, last who stands above all; joint_id: nobody may alone, these sign together; no rows: nobody may';
REVOKE ALL ON FUNCTION crm_internal.ladder(text, text, numeric, jsonb, bigint) FROM PUBLIC;
