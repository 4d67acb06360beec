-- decision: the tree of decisions that a company takes about its customers.

-- The schema of ltree is the DBA's choice and not on the search_path here; a domain gives the type a fixed name.
DO $$
BEGIN
	EXECUTE (SELECT pg_catalog.format('CREATE DOMAIN crm_internal.decision_code AS %I.ltree', n.nspname)
		FROM pg_catalog.pg_extension e
		JOIN pg_catalog.pg_namespace n ON n.oid OPERATOR(pg_catalog.=) e.extnamespace
		WHERE e.extname OPERATOR(pg_catalog.=) 'ltree');
END
$$;
COMMENT ON DOMAIN crm_internal.decision_code IS 'code of a decision: an ltree, sub-decisions below their decision';

CREATE TABLE crm_internal.decision
(
	code crm_internal.decision_code PRIMARY KEY,
	reserved boolean NOT NULL DEFAULT false,
	title text NOT NULL DEFAULT '',
	escalate_after interval NOT NULL DEFAULT '2 days' CHECK (escalate_after OPERATOR(pg_catalog.>) '0'),
	expires_after interval NOT NULL DEFAULT '14 days' CHECK (expires_after OPERATOR(pg_catalog.>) '0'),
	builtin boolean NOT NULL DEFAULT false
);
COMMENT ON TABLE crm_internal.decision IS 'the tree of decisions; reserved: cannot be delegated, here and below; escalate_after: a request that waits longer goes up the reporting line; expires_after: an approval that is not used by then lapses';
SELECT pg_catalog.pg_extension_config_dump('crm_internal.decision', 'WHERE NOT builtin');
