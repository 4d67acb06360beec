-- cost: what crm added to the transactions of the departments, by source.

-- Nobody but crm.resolve() writes here, one at a time: sessions that write to a source never meet.
CREATE TABLE crm_internal.source_cost
(
	source_id integer PRIMARY KEY,
	since timestamptz NOT NULL,
	transactions bigint NOT NULL,
	rows bigint NOT NULL,
	microseconds bigint NOT NULL
);
COMMENT ON TABLE crm_internal.source_cost IS 'what crm took in transactions that wrote to a source or part, as far as crm.resolve() has met their changes';
COMMENT ON COLUMN crm_internal.source_cost.rows IS 'rows that crm wrote in those transactions';
SELECT pg_catalog.pg_extension_config_dump('crm_internal.source_cost', '');

-- A heap that is only appended to: no index, no key, nobody waits. crm.resolve() adds it up.
CREATE TABLE crm_internal.inline_cost
(
	source_id integer NOT NULL,
	spent integer NOT NULL,
	written integer NOT NULL
);
-- With a publication FOR ALL TABLES nothing could be deleted here otherwise.
ALTER TABLE crm_internal.inline_cost REPLICA IDENTITY FULL;
COMMENT ON TABLE crm_internal.inline_cost IS 'microseconds and rows of transactions that resolved a source themselves, until crm.resolve() adds them up';
SELECT pg_catalog.pg_extension_config_dump('crm_internal.inline_cost', '');

CREATE VIEW crm_internal.cost_to_add AS
	SELECT c.source_id, c.since, c.transactions, c.rows, c.microseconds
	FROM crm_internal.source_cost c
	UNION ALL
	SELECT
		p.source_id,
		NULL,
		CASE WHEN p.written OPERATOR(pg_catalog.>) 0 THEN 1 ELSE 0 END,
		pg_catalog.abs(p.written),
		p.spent
	FROM crm_internal.pending p
	WHERE p.spent IS NOT NULL
	UNION ALL
	SELECT i.source_id, NULL, 1, i.written, i.spent
	FROM crm_internal.inline_cost i;
COMMENT ON VIEW crm_internal.cost_to_add IS 'all that is known of cost: added up, still pending, and of inline sources';

CREATE FUNCTION crm_internal.forget_changes(source_id integer)
RETURNS void
LANGUAGE sql VOLATILE PARALLEL UNSAFE
BEGIN ATOMIC
	DELETE FROM crm_internal.pending p WHERE p.source_id = forget_changes.source_id;
	DELETE FROM crm_internal.pending_error e WHERE e.source_id = forget_changes.source_id;
	DELETE FROM crm_internal.source_cost c WHERE c.source_id = forget_changes.source_id;
	DELETE FROM crm_internal.inline_cost i WHERE i.source_id = forget_changes.source_id;
END;
COMMENT ON FUNCTION crm_internal.forget_changes(integer) IS 'takes out what is noted of changes of a source, and what its triggers cost';
REVOKE ALL ON FUNCTION crm_internal.forget_changes(integer) FROM PUBLIC;
INSERT INTO crm_internal.source_departure (forget_function, turn) VALUES ('crm_internal.forget_changes', 20);
