-- record: records by the names that verdicts use, and the verdicts that hold.

CREATE VIEW crm_internal.record_name AS
	SELECT r.record_id, r.customer_id, r.source_id, s.department, pg_catalog.concat(s.schema_name, '.', s.table_name) AS source, r.source_key
	FROM crm_internal.record r
	JOIN crm_internal.source s ON s.source_id = r.source_id;
COMMENT ON VIEW crm_internal.record_name IS 'records by source and key';

CREATE VIEW crm_internal.verdict_pair AS
	SELECT v.verdict_no, v.act_no, v.verdict, v.person, v.decided_at, a.record_id AS record_a, b.record_id AS record_b,
		a.customer_id AS customer_a, b.customer_id AS customer_b
	FROM crm_internal.match_verdict v
	JOIN crm_internal.source sa ON pg_catalog.concat(sa.schema_name, '.', sa.table_name) = v.source_a AND sa.parent_id IS NULL
	JOIN crm_internal.source sb ON pg_catalog.concat(sb.schema_name, '.', sb.table_name) = v.source_b AND sb.parent_id IS NULL
	JOIN crm_internal.record a ON a.source_id = sa.source_id AND a.source_key = v.key_a
	JOIN crm_internal.record b ON b.source_id = sb.source_id AND b.source_key = v.key_b
	WHERE v.withdrawn_at IS NULL
		AND NOT EXISTS (SELECT FROM crm_internal.match_verdict w
			WHERE w.withdrawn_at IS NULL AND w.verdict_no > v.verdict_no
				AND w.source_a = v.source_a AND w.key_a = v.key_a AND w.source_b = v.source_b AND w.key_b = v.key_b)
		AND NOT EXISTS (SELECT FROM crm_internal.match_verdict w
			WHERE w.withdrawn_at IS NULL AND w.verdict_no > v.verdict_no
				AND w.source_a = v.source_b AND w.key_a = v.key_b AND w.source_b = v.source_a AND w.key_b = v.key_a);
COMMENT ON VIEW crm_internal.verdict_pair IS 'verdicts that hold about rows that are there';
