-- request_verify: whether the tables of this room agree with each other and with the rooms above.

CREATE FUNCTION crm_internal.broken_requests()
RETURNS TABLE (check_name text, problem text, repair text)
LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
	SELECT l.check_name, l.problem, l.repair
	FROM (VALUES
		('consults are about requests', 'crm_internal.request_consult'::regclass, 'request_id', 'crm_internal.request'::regclass, 'request_id'),
		('signatures are on requests', 'crm_internal.request_signature', 'request_id', 'crm_internal.request', 'request_id'),
		('notices are of acts', 'crm_internal.notice', 'act_id', 'crm_internal.act', 'act_id')
	) r (what, table_id, column_name, referenced_id, referenced_column)
	CROSS JOIN LATERAL crm_internal.lost_rows(r.what, r.table_id, r.column_name, r.referenced_id, r.referenced_column) l
	UNION ALL
	SELECT 'reference', pg_catalog.format('request %s has reserved money on budget %s, which does not exist', r.request_id, r.budget_id),
		pg_catalog.format('UPDATE crm_internal.request SET reserved = NULL, budget_id = NULL WHERE request_id = %s', r.request_id)
	FROM crm_internal.request r
	WHERE r.status = 'approved' AND r.reserved > 0
		AND NOT EXISTS (SELECT FROM crm_internal.budget b WHERE b.budget_id = r.budget_id);
END;
COMMENT ON FUNCTION crm_internal.broken_requests() IS 'consults, signatures, notices and reservations that lead nowhere';
REVOKE ALL ON FUNCTION crm_internal.broken_requests() FROM PUBLIC;
