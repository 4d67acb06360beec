-- journal: who took which decision under which mandate. Append-only to everyone.

CREATE SEQUENCE crm_internal.act_act_id_seq;
CREATE TABLE crm_internal.act
(
	act_id bigint PRIMARY KEY DEFAULT crm_internal.take_number('crm_internal.act_act_id_seq'),
	at timestamptz NOT NULL,
	batch bigint NOT NULL,
	verdict text NOT NULL CHECK (verdict IN ('allowed', 'would_refuse')),
	person text NOT NULL,
	known_by text NOT NULL CHECK (known_by IN ('act_as', 'column', 'login', 'owner')),
	login text NOT NULL,
	position text,
	capacity text,
	decision text NOT NULL,
	mandate_path integer[] NOT NULL,
	amount numeric,
	counted numeric,
	entries bigint NOT NULL DEFAULT 1,
	customer_id bigint,
	scope jsonb,
	subject text,
	operation text,
	guard_id integer,
	request_id bigint,
	budget text,
	reason text
);
COMMENT ON TABLE crm_internal.act IS 'allowed acts, and in observe mode what would have been refused (reason says why). budget: from which the amount was taken; batch: the same for all acts of a transaction and for its ledger entries, the number of the first; capacity: as appointed, or acting (for a vacant position), or none before a board is named; mandate_path: from the charter to the mandate used, empty before a board is named; subject: table, or function of crm, and key; counted: what counts against a limit within a window of time where that is not the amount (an UPDATE counts the difference); entries: rows of one statement that are journalled as one act, amount their sum';
SELECT pg_catalog.pg_extension_config_dump('crm_internal.act', '');
ALTER SEQUENCE crm_internal.act_act_id_seq OWNED BY crm_internal.act.act_id;
SELECT pg_catalog.pg_extension_config_dump('crm_internal.act_act_id_seq', '');
CREATE INDEX act_customer_idx ON crm_internal.act (customer_id, at);
CREATE INDEX act_at_idx ON crm_internal.act USING brin (at);

-- Triggers of statements, so that not even an UPDATE of no row passes, and of rows, as logical
-- replication fires no others. They fire in a replica's role too.
CREATE FUNCTION crm_internal.refuse_change()
RETURNS trigger
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RAISE insufficient_privilege USING
		MESSAGE = format('%s of %s.%s is refused', TG_OP, TG_TABLE_SCHEMA, TG_TABLE_NAME),
		DETAIL = 'What was done stays on record: rows are only ever added.',
		HINT = 'An amount is given back by SELECT crm.compensate(act_id, amount, reason).';
END
$$;
COMMENT ON FUNCTION crm_internal.refuse_change() IS 'trigger of tables that are append-only to everyone, the owner included';
REVOKE ALL ON FUNCTION crm_internal.refuse_change() FROM PUBLIC;

CREATE TRIGGER crm_10_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON crm_internal.act
	FOR EACH STATEMENT EXECUTE FUNCTION crm_internal.refuse_change();
ALTER TABLE crm_internal.act ENABLE ALWAYS TRIGGER crm_10_append_only;
CREATE TRIGGER crm_10_append_only_row BEFORE UPDATE OR DELETE ON crm_internal.act
	FOR EACH ROW EXECUTE FUNCTION crm_internal.refuse_change();
ALTER TABLE crm_internal.act ENABLE ALWAYS TRIGGER crm_10_append_only_row;

-- Declared here, for functions of all rooms are acts; decided in the room act.
CREATE FUNCTION crm_internal.take_act(decision text, subject text DEFAULT NULL, customer bigint DEFAULT NULL, amount numeric DEFAULT NULL, scope jsonb DEFAULT NULL)
RETURNS void
LANGUAGE c VOLATILE PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'crm_take_act';
COMMENT ON FUNCTION crm_internal.take_act(text, text, bigint, numeric, jsonb) IS 'an act of the current actor by a function of crm: allowed and journalled, or error 42501';
REVOKE ALL ON FUNCTION crm_internal.take_act(text, text, bigint, numeric, jsonb) FROM PUBLIC;

-- Whose acts the one who asks may read. Runs as the owner: tells who is acting and where he stands, nothing of others.
CREATE TYPE crm_internal.reach AS
(
	person text,
	for_another boolean,
	positions text[]
);
COMMENT ON TYPE crm_internal.reach IS 'the actor, whether a gateway''s login speaks for him, and the positions that he answers for';

CREATE FUNCTION crm_internal.act_reach()
RETURNS crm_internal.reach
LANGUAGE sql STABLE PARALLEL RESTRICTED
SECURITY DEFINER SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
	WITH RECURSIVE actor AS (
		SELECT w.actor[1] AS person, w.actor[2] AS known_by
		FROM (SELECT crm_internal.whoami_actor() AS actor) w
	), line (name) AS (
		SELECT h."position"
		FROM actor a, LATERAL crm_internal.hats(a.person, pg_catalog.clock_timestamp()) h
		WHERE h.capacity IN ('holder', 'deputy', 'acting')
		UNION
		SELECT p.name
		FROM line l
		JOIN crm_internal.position p ON p.reports_to = l.name
	)
	SELECT ROW(a.person, a.known_by = 'act_as', ARRAY(SELECT l.name FROM line l))::crm_internal.reach
	FROM actor a;
END;
COMMENT ON FUNCTION crm_internal.act_reach() IS 'the actor and the positions at or below those that he holds, also as deputy or for a vacant one';
REVOKE ALL ON FUNCTION crm_internal.act_reach() FROM PUBLIC;

-- A right and nothing else: the policies below ask who may execute it. crm.grant_access hands it out.
CREATE FUNCTION crm_internal.whole_journal()
RETURNS void
LANGUAGE sql IMMUTABLE PARALLEL SAFE
BEGIN ATOMIC
	SELECT;
END;
COMMENT ON FUNCTION crm_internal.whole_journal() IS 'who may execute this reads the whole journal and ledger, not only acts of his and of positions below his';
REVOKE ALL ON FUNCTION crm_internal.whole_journal() FROM PUBLIC;

-- As the caller. A login that speaks for somebody reads what that person may.
CREATE FUNCTION crm_internal.reads_whole_journal()
RETURNS boolean
LANGUAGE sql STABLE PARALLEL RESTRICTED
BEGIN ATOMIC
	SELECT pg_catalog.has_function_privilege('crm_internal.whole_journal()'::pg_catalog.regprocedure, 'EXECUTE')
		AND NOT (crm_internal.act_reach()).for_another;
END;
COMMENT ON FUNCTION crm_internal.reads_whole_journal() IS 'whether the one who asks may read all acts';
REVOKE ALL ON FUNCTION crm_internal.reads_whole_journal() FROM PUBLIC;

-- For whom the view is granted; the owner of crm's tables reads all. Each sub-select runs once a query.
ALTER TABLE crm_internal.act ENABLE ROW LEVEL SECURITY;
CREATE POLICY crm_read ON crm_internal.act FOR SELECT USING (
	(SELECT crm_internal.reads_whole_journal())
	OR person OPERATOR(pg_catalog.=) (SELECT (crm_internal.act_reach()).person)
	-- a hash: who stands above all has thousands
	OR "position" OPERATOR(pg_catalog.=) ANY (SELECT pg_catalog.unnest((crm_internal.act_reach()).positions)));

CREATE VIEW crm.journal WITH (security_invoker = true) AS
	SELECT act_id, at, verdict, person, known_by, login, "position", capacity, decision, mandate_path, amount, customer_id,
		scope, subject, operation, entries, budget, request_id, guard_id, reason, batch, counted
	FROM crm_internal.act;
COMMENT ON VIEW crm.journal IS 'who took which decision under which mandate; one sees his own acts and those of positions at or below his, administrators and auditors all';
COMMENT ON COLUMN crm.journal.act_id IS 'number of the act; crm.compensate() takes it';
COMMENT ON COLUMN crm.journal.at IS 'when it was taken';
COMMENT ON COLUMN crm.journal.verdict IS 'allowed; would_refuse: passed only because a guard observes';
COMMENT ON COLUMN crm.journal.person IS 'who acted';
COMMENT ON COLUMN crm.journal.known_by IS 'how that is known: act_as (a gateway said so), column (a trusted row said so), login, owner (of the extension)';
COMMENT ON COLUMN crm.journal.login IS 'the authenticated database role';
COMMENT ON COLUMN crm.journal."position" IS 'in which position; NULL before a board is named';
COMMENT ON COLUMN crm.journal.capacity IS 'holder, deputy, contractor, machine, or acting for a vacant position';
COMMENT ON COLUMN crm.journal.decision IS 'which decision';
COMMENT ON COLUMN crm.journal.mandate_path IS 'mandates from the charter to the one used; empty before a board is named';
COMMENT ON COLUMN crm.journal.amount IS 'amount of the decision; of several entries the sum';
COMMENT ON COLUMN crm.journal.customer_id IS 'on which customer';
COMMENT ON COLUMN crm.journal.scope IS 'dimensions and their values';
COMMENT ON COLUMN crm.journal.subject IS 'table, or function of crm, and key';
COMMENT ON COLUMN crm.journal.operation IS 'INSERT, UPDATE or DELETE of a guarded table';
COMMENT ON COLUMN crm.journal.entries IS 'rows of one statement that are one act';
COMMENT ON COLUMN crm.journal.budget IS 'budget that the amount was taken from';
COMMENT ON COLUMN crm.journal.request_id IS 'the approved request that was used up';
COMMENT ON COLUMN crm.journal.guard_id IS 'the guard of the table';
COMMENT ON COLUMN crm.journal.reason IS 'why, as given; of verdict would_refuse the refusal';
COMMENT ON COLUMN crm.journal.batch IS 'the same for all acts and ledger entries of a transaction';
COMMENT ON COLUMN crm.journal.counted IS 'what counts against a limit within a window of time where that is not the amount';

CREATE FUNCTION crm_internal.journal_problems()
RETURNS TABLE (check_name text, problem text, repair text)
LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
	SELECT 'append-only', pg_catalog.format('trigger %s of %s does not fire always: rows could be changed', t.tgname, t.tgrelid::pg_catalog.regclass),
		pg_catalog.format('ALTER TABLE %s ENABLE ALWAYS TRIGGER %I', t.tgrelid::pg_catalog.regclass, t.tgname)
	FROM pg_catalog.pg_trigger t
	WHERE t.tgfoid = 'crm_internal.refuse_change()'::pg_catalog.regprocedure AND t.tgenabled <> 'A'
	UNION ALL
	SELECT 'row security', pg_catalog.format('row security of %s is off: whoever may read it reads all', c.oid::pg_catalog.regclass),
		pg_catalog.format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', c.oid::pg_catalog.regclass)
	FROM pg_catalog.pg_class c
	WHERE NOT c.relrowsecurity
		AND EXISTS (SELECT FROM pg_catalog.pg_policy p WHERE p.polrelid = c.oid AND p.polname = 'crm_read')
		AND c.relnamespace = 'crm_internal'::pg_catalog.regnamespace;
END;
COMMENT ON FUNCTION crm_internal.journal_problems() IS 'journal and ledger that could be changed, or read by all';
REVOKE ALL ON FUNCTION crm_internal.journal_problems() FROM PUBLIC;
