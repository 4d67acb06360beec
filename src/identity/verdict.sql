-- verdict: what people decided about pairs of records. Kept by the names of sources and the keys of rows, so that it outlives both.

CREATE SEQUENCE crm_internal.match_verdict_verdict_no_seq;
CREATE TABLE crm_internal.match_verdict
(
	verdict_no bigint PRIMARY KEY DEFAULT crm_internal.take_number('crm_internal.match_verdict_verdict_no_seq'),
	act_no bigint NOT NULL,
	verdict text NOT NULL CHECK (verdict OPERATOR(pg_catalog.=) ANY ('{same,different}'::pg_catalog.text[])),
	source_a text NOT NULL,
	key_a text NOT NULL,
	source_b text NOT NULL,
	key_b text NOT NULL,
	decided_at timestamptz NOT NULL DEFAULT pg_catalog.clock_timestamp(),
	person text NOT NULL,
	"position" text,
	reason text,
	withdrawn_at timestamptz,
	withdrawn_by text,
	withdrawn_because text,
	CHECK (ROW(source_a, key_a) OPERATOR(pg_catalog.<>) ROW(source_b, key_b)),
	CHECK ((withdrawn_at IS NULL) OPERATOR(pg_catalog.=) (withdrawn_by IS NULL))
);
CREATE INDEX match_verdict_a_idx ON crm_internal.match_verdict (source_a, key_a) WHERE withdrawn_at IS NULL;
CREATE INDEX match_verdict_b_idx ON crm_internal.match_verdict (source_b, key_b) WHERE withdrawn_at IS NULL;
CREATE INDEX match_verdict_act_idx ON crm_internal.match_verdict (act_no);
COMMENT ON TABLE crm_internal.match_verdict IS 'pairs of departmental rows, by name of the source and key, of which somebody said that they are one customer or not; the rows need not be there. Only ever added to and withdrawn. Of several about a pair the one with the highest number that is not withdrawn holds';
COMMENT ON COLUMN crm_internal.match_verdict.act_no IS 'the same for all verdicts of one act: the number of its first';
COMMENT ON COLUMN crm_internal.match_verdict.source_a IS 'schema.table; follows a renamed table';
SELECT pg_catalog.pg_extension_config_dump('crm_internal.match_verdict', '');
ALTER SEQUENCE crm_internal.match_verdict_verdict_no_seq OWNED BY crm_internal.match_verdict.verdict_no;
SELECT pg_catalog.pg_extension_config_dump('crm_internal.match_verdict_verdict_no_seq', '');

-- Names of sources follow, a withdrawal is added once; all else stays as it was decided.
CREATE FUNCTION crm_internal.keep_verdict()
RETURNS trigger
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	kept crm_internal.match_verdict;
BEGIN
	IF TG_OP = 'UPDATE' THEN
		kept := NEW;
		kept.source_a := OLD.source_a;
		kept.source_b := OLD.source_b;
		IF OLD.withdrawn_at IS NULL THEN
			kept.withdrawn_at := NULL;
			kept.withdrawn_by := NULL;
			kept.withdrawn_because := NULL;
		END IF;
		IF kept IS NOT DISTINCT FROM OLD THEN
			RETURN NEW;
		END IF;
	END IF;
	RAISE insufficient_privilege USING
		MESSAGE = format('%s of %s.%s is refused', TG_OP, TG_TABLE_SCHEMA, TG_TABLE_NAME),
		DETAIL = 'What was decided stays on record: verdicts are only ever added and withdrawn.',
		HINT = 'SELECT crm.undo(event_no) takes back what the act behind an event of crm.customer_event decided.';
END
$$;
COMMENT ON FUNCTION crm_internal.keep_verdict() IS 'trigger: a verdict is never changed or deleted, only withdrawn';
REVOKE ALL ON FUNCTION crm_internal.keep_verdict() FROM PUBLIC;
CREATE TRIGGER crm_10_keep BEFORE UPDATE OR DELETE ON crm_internal.match_verdict
	FOR EACH ROW EXECUTE FUNCTION crm_internal.keep_verdict();
ALTER TABLE crm_internal.match_verdict ENABLE ALWAYS TRIGGER crm_10_keep;
CREATE TRIGGER crm_10_keep_all BEFORE TRUNCATE ON crm_internal.match_verdict
	FOR EACH STATEMENT EXECUTE FUNCTION crm_internal.keep_verdict();
ALTER TABLE crm_internal.match_verdict ENABLE ALWAYS TRIGGER crm_10_keep_all;

-- A renamed table keeps what was decided about its rows.
CREATE FUNCTION crm_internal.rename_verdicts()
RETURNS trigger
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	before CONSTANT text := concat(OLD.schema_name, '.', OLD.table_name);
	after CONSTANT text := concat(NEW.schema_name, '.', NEW.table_name);
BEGIN
	UPDATE crm_internal.match_verdict v
	SET source_a = CASE v.source_a WHEN before THEN after ELSE v.source_a END,
		source_b = CASE v.source_b WHEN before THEN after ELSE v.source_b END
	WHERE before IN (v.source_a, v.source_b);
	RETURN NULL;
END
$$;
COMMENT ON FUNCTION crm_internal.rename_verdicts() IS 'trigger: verdicts about rows of a source have its new name';
REVOKE ALL ON FUNCTION crm_internal.rename_verdicts() FROM PUBLIC;
CREATE TRIGGER crm_50_rename_verdicts AFTER UPDATE OF schema_name, table_name ON crm_internal.source
	FOR EACH ROW WHEN (NEW.parent_id IS NULL AND ROW(OLD.schema_name, OLD.table_name) OPERATOR(pg_catalog.<>) ROW(NEW.schema_name, NEW.table_name))
	EXECUTE FUNCTION crm_internal.rename_verdicts();
ALTER TABLE crm_internal.source ENABLE ALWAYS TRIGGER crm_50_rename_verdicts;

CREATE TABLE crm_internal.cluster_conflict
(
	record_a bigint NOT NULL,
	record_b bigint NOT NULL CHECK (record_a OPERATOR(pg_catalog.<) record_b),
	weight integer NOT NULL,
	mean integer NOT NULL,
	PRIMARY KEY (record_a, record_b)
);
CREATE INDEX cluster_conflict_record_b_idx ON crm_internal.cluster_conflict (record_b);
COMMENT ON TABLE crm_internal.cluster_conflict IS 'of each customer whose records include a pair that speaks strongly against it: the worst such pair';
COMMENT ON COLUMN crm_internal.cluster_conflict.weight IS 'what the pair says, in thousandths of a bit';
COMMENT ON COLUMN crm_internal.cluster_conflict.mean IS 'what the other records of the customer say to the one of the two that fits them less, on average';
SELECT pg_catalog.pg_extension_config_dump('crm_internal.cluster_conflict', '');

-- Before an act looks at who is who: nobody else writes identities until it ends.
CREATE FUNCTION crm_internal.hold_identities() RETURNS void
LANGUAGE c
VOLATILE PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'crm_hold_identities';
COMMENT ON FUNCTION crm_internal.hold_identities() IS
	'makes this transaction the one writer of identities until it ends; under REPEATABLE READ it fails if another one wrote since the snapshot';
REVOKE ALL ON FUNCTION crm_internal.hold_identities() FROM PUBLIC;

CREATE FUNCTION crm_internal.apply_verdicts(record_ids bigint[], cause text, act_no bigint, person text, reason text) RETURNS void
LANGUAGE c
VOLATILE PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'crm_apply_verdicts';
COMMENT ON FUNCTION crm_internal.apply_verdicts(bigint[], text, bigint, text, text) IS
	'clusters what is connected to these records by the verdicts in force; its events name the act, who and why';
REVOKE ALL ON FUNCTION crm_internal.apply_verdicts(bigint[], text, bigint, text, text) FROM PUBLIC;
