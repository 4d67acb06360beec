-- grant_verify: whether the register of mandates agrees with decisions and positions.

CREATE FUNCTION crm_internal.broken_mandates()
RETURNS TABLE (check_name text, problem text, repair text)
LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
	SELECT 'mandate', pg_catalog.format('mandate %s is about decision "%s", which does not exist', m.mandate_id, m.decision),
		pg_catalog.format('SELECT crm.add_decision(%L)', m.decision)
	FROM crm_internal.mandate m
	WHERE NOT EXISTS (SELECT FROM crm_internal.decision d WHERE d.code::text = m.decision)
	UNION ALL
	SELECT 'mandate', pg_catalog.format('mandate %s names position "%s", which does not exist', m.mandate_id, p.name),
		pg_catalog.format('SELECT crm.add_position(%L, department => ''...'')', p.name)
	FROM crm_internal.mandate m
	CROSS JOIN LATERAL (VALUES (m.to_position), (m.from_position)) AS p (name)
	WHERE p.name IS NOT NULL AND NOT EXISTS (SELECT FROM crm_internal.position o WHERE o.name = p.name)
	UNION ALL
	SELECT 'mandate', pg_catalog.format('mandate %s is held by position "%s", which is closed', m.mandate_id, m.to_position),
		pg_catalog.format('SELECT * FROM crm.revoke(%s)', m.mandate_id)
	FROM crm_internal.mandate m
	JOIN crm_internal.position o ON o.name = m.to_position
	WHERE o.closed_at <= pg_catalog.now() AND least(m.valid_until, m.revoked_at) > pg_catalog.now()
	UNION ALL
	SELECT 'mandate', pg_catalog.format('mandate %s stands on mandate %s, which does not exist or came later', m.mandate_id, m.parent_id),
		pg_catalog.format('SELECT * FROM crm.revoke(%s)', m.mandate_id)
	FROM crm_internal.mandate m
	WHERE m.parent_id IS NOT NULL AND least(m.valid_until, m.revoked_at) > pg_catalog.now()
		AND NOT EXISTS (SELECT FROM crm_internal.mandate p
			WHERE p.mandate_id = m.parent_id AND p.mandate_id < m.mandate_id AND p.to_position = m.from_position)
	UNION ALL
	SELECT 'mandate', pg_catalog.format('mandate %s is of kind %s and stands on no other', m.mandate_id, m.kind),
		pg_catalog.format('SELECT * FROM crm.revoke(%s)', m.mandate_id)
	FROM crm_internal.mandate m
	WHERE m.parent_id IS NULL AND m.kind IN ('hand_over', 'share', 'joint') AND least(m.valid_until, m.revoked_at) > pg_catalog.now();
END;
COMMENT ON FUNCTION crm_internal.broken_mandates() IS 'mandates that name what is not there, stand on nothing or are held by nobody any more';
REVOKE ALL ON FUNCTION crm_internal.broken_mandates() FROM PUBLIC;
