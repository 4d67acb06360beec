-- request_verify: whether the tables of this room agree with each other and with the rooms above.

CREATE FUNCTION crm_internal.broken_requests()
RETURNS TABLE (check_name text, problem text, repair text)
LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
	SELECT 'reference', pg_catalog.format('%s consults are about request %s, which does not exist', pg_catalog.count(*), c.request_id),
		pg_catalog.format('DELETE FROM crm_internal.request_consult WHERE request_id = %s', c.request_id)
	FROM crm_internal.request_consult c
	WHERE NOT EXISTS (SELECT FROM crm_internal.request r WHERE r.request_id = c.request_id)
	GROUP BY c.request_id
	UNION ALL
	SELECT 'reference', pg_catalog.format('%s signatures are on request %s, which does not exist', pg_catalog.count(*), s.request_id),
		pg_catalog.format('DELETE FROM crm_internal.request_signature WHERE request_id = %s', s.request_id)
	FROM crm_internal.request_signature s
	WHERE NOT EXISTS (SELECT FROM crm_internal.request r WHERE r.request_id = s.request_id)
	GROUP BY s.request_id
	UNION ALL
	SELECT 'reference', pg_catalog.format('%s notices are of acts that are not in the journal', pg_catalog.count(*)),
		'DELETE FROM crm_internal.notice n WHERE NOT EXISTS (SELECT FROM crm_internal.act a WHERE a.act_id = n.act_id)'
	FROM crm_internal.notice n
	WHERE NOT EXISTS (SELECT FROM crm_internal.act a WHERE a.act_id = n.act_id)
	HAVING pg_catalog.count(*) > 0
	UNION ALL
	SELECT 'reference', pg_catalog.format('request %s has reserved money on budget %s, which does not exist', r.request_id, r.budget_id),
		pg_catalog.format('UPDATE crm_internal.request SET reserved = NULL, budget_id = NULL WHERE request_id = %s', r.request_id)
	FROM crm_internal.request r
	WHERE r.status = 'approved' AND r.reserved > 0
		AND NOT EXISTS (SELECT FROM crm_internal.budget b WHERE b.budget_id = r.budget_id);
END;
COMMENT ON FUNCTION crm_internal.broken_requests() IS 'consults, signatures, notices and reservations that lead nowhere';
REVOKE ALL ON FUNCTION crm_internal.broken_requests() FROM PUBLIC;
