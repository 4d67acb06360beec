-- guard: triggers on departmental tables that refuse writes without a mandate.

CREATE SEQUENCE crm_internal.guard_guard_id_seq AS integer;
CREATE TABLE crm_internal.guard
(
	guard_id integer PRIMARY KEY DEFAULT crm_internal.take_number('crm_internal.guard_guard_id_seq'),
	table_name text NOT NULL,
	decision text NOT NULL,
	operations text[] NOT NULL CHECK (operations OPERATOR(pg_catalog.<@) '{INSERT,UPDATE,DELETE}'),
	amount text,
	customer text,
	customer_source text,
	condition text,
	columns text[],
	scope jsonb NOT NULL DEFAULT '{}',
	waiting jsonb,
	mode text NOT NULL CHECK (mode IN ('enforce', 'observe')),
	journal text NOT NULL CHECK (journal IN ('row', 'statement')),
	created_at timestamptz NOT NULL DEFAULT pg_catalog.clock_timestamp(),
	dropped_at timestamptz,
	table_id oid NOT NULL,
	owner_name text NOT NULL,
	read_columns text[] NOT NULL,
	read_numbers smallint[] NOT NULL
);
COMMENT ON TABLE crm_internal.guard IS 'guarded tables. amount, customer, condition: expressions over the row; customer_source: the source whose key customer is (NULL: it is crm''s own id); columns: whose change is the decision; scope: dimension to expression; waiting: column to value of the state in which a row waits for approval';
COMMENT ON COLUMN crm_internal.guard.table_name IS 'schema and name, each quoted where it must be';
COMMENT ON COLUMN crm_internal.guard.table_id IS 'the table as registered: only in this one is a renamed column found by its number';
COMMENT ON COLUMN crm_internal.guard.owner_name IS 'owner of the table, as whom expressions run: while another one owns it, they do not';
COMMENT ON COLUMN crm_internal.guard.read_columns IS 'columns that the expressions read or that are compared, read_numbers the attribute number of each';
SELECT pg_catalog.pg_extension_config_dump('crm_internal.guard', '');
ALTER SEQUENCE crm_internal.guard_guard_id_seq OWNED BY crm_internal.guard.guard_id;
SELECT pg_catalog.pg_extension_config_dump('crm_internal.guard_guard_id_seq', '');
INSERT INTO crm_internal.decision_use (table_name, column_name, what) VALUES
	('crm_internal.guard', 'decision', 'a guard');

-- Rows of our own tables send no invalidation by themselves.
CREATE FUNCTION crm_internal.guard_changed() RETURNS trigger
	LANGUAGE c VOLATILE STRICT PARALLEL UNSAFE
	AS 'MODULE_PATHNAME', 'crm_guard_changed';
COMMENT ON FUNCTION crm_internal.guard_changed() IS 'tells every session that what it remembers of guards is no longer valid';
REVOKE ALL ON FUNCTION crm_internal.guard_changed() FROM PUBLIC;
CREATE TRIGGER crm_guard_changed AFTER INSERT OR UPDATE OR DELETE ON crm_internal.guard
	FOR EACH ROW EXECUTE FUNCTION crm_internal.guard_changed();
ALTER TABLE crm_internal.guard ENABLE ALWAYS TRIGGER crm_guard_changed;
CREATE TRIGGER crm_guard_truncated AFTER TRUNCATE ON crm_internal.guard
	FOR EACH STATEMENT EXECUTE FUNCTION crm_internal.guard_changed();
ALTER TABLE crm_internal.guard ENABLE ALWAYS TRIGGER crm_guard_truncated;
CREATE TRIGGER crm_guard_changed AFTER INSERT OR UPDATE OR DELETE ON crm_internal.actor_column
	FOR EACH ROW EXECUTE FUNCTION crm_internal.guard_changed();
ALTER TABLE crm_internal.actor_column ENABLE ALWAYS TRIGGER crm_guard_changed;
CREATE TRIGGER crm_guard_truncated AFTER TRUNCATE ON crm_internal.actor_column
	FOR EACH STATEMENT EXECUTE FUNCTION crm_internal.guard_changed();
ALTER TABLE crm_internal.actor_column ENABLE ALWAYS TRIGGER crm_guard_truncated;

CREATE FUNCTION crm_internal.guard_trigger() RETURNS trigger
	LANGUAGE c VOLATILE STRICT PARALLEL UNSAFE
	AS 'MODULE_PATHNAME', 'crm_guard_trigger';
COMMENT ON FUNCTION crm_internal.guard_trigger() IS 'trigger of guarded tables: lets a write pass that its actor may decide, else error 42501. Argument: the number of the guard';
-- Left to PUBLIC: whoever makes or attaches a partition has the trigger cloned with his own rights, and
-- would be refused. To name it in a CREATE TRIGGER takes USAGE on the schema, which nobody has.

-- The functions below act as whoever calls them where the department's table is checked, and switch
-- to the owner of crm's tables inside C to write the registry and to make or remove triggers named
-- crm_10_guard_*. Whoever may execute them gains exactly that, if org.model is his to decide.

CREATE FUNCTION crm.add_guard(
	"table" text,
	decision text,
	amount text DEFAULT NULL,
	customer text DEFAULT NULL,
	"when" text DEFAULT NULL,
	operations text[] DEFAULT '{INSERT,UPDATE}',
	mode text DEFAULT 'enforce',
	waiting jsonb DEFAULT NULL,
	columns text[] DEFAULT NULL,
	scope jsonb DEFAULT NULL,
	customer_source text DEFAULT NULL,
	journal text DEFAULT 'row')
RETURNS integer
LANGUAGE c VOLATILE PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'crm_add_guard';
COMMENT ON FUNCTION crm.add_guard(text, text, text, text, text, text[], text, jsonb, text[], jsonb, text, text) IS
	'makes writes to a departmental table a decision, which only those may take whose mandate covers it; returns the number of the guard. amount, customer, "when" (a condition): columns or SQL expressions over the row; operations: of INSERT, UPDATE, DELETE; TRUNCATE is a decision of unknown amount wherever there is a guard; columns: an UPDATE that changes one of them is a decision too; scope: {"dimension": "column or expression"}; customer_source: the source whose key customer is, by default the one that the column''s foreign key references; without any it is crm''s own customer id; mode: enforce, or observe (nothing is refused, the journal shows what would have been); waiting: {"column": value} of the state in which a row is written that its writer may not decide, until crm.approve() sets what was asked for; journal: row, or statement (rows of one statement under one mandate are one act, amount their sum). The caller must be able to read the table and own it or hold TRIGGER on it; expressions run as its owner. A decision of org.model.';
REVOKE ALL ON FUNCTION crm.add_guard(text, text, text, text, text, text[], text, jsonb, text[], jsonb, text, text) FROM PUBLIC;

CREATE FUNCTION crm.change_guard(
	guard_id integer,
	amount text DEFAULT NULL,
	customer text DEFAULT NULL,
	"when" text DEFAULT NULL,
	operations text[] DEFAULT NULL,
	mode text DEFAULT NULL,
	waiting jsonb DEFAULT NULL,
	columns text[] DEFAULT NULL,
	scope jsonb DEFAULT NULL,
	customer_source text DEFAULT NULL,
	journal text DEFAULT NULL)
RETURNS integer
LANGUAGE c VOLATILE PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'crm_change_guard';
COMMENT ON FUNCTION crm.change_guard(integer, text, text, text, text[], text, jsonb, text[], jsonb, text, text) IS
	'changes a guard and returns its number: NULL keeps; an empty text, array or object removes. All is checked as by crm.add_guard(), renamed tables and columns are followed, and the triggers are put in order; with the number alone that is all it does. mode and journal are changed without a lock on the table or a right to it. A decision of org.model.';
REVOKE ALL ON FUNCTION crm.change_guard(integer, text, text, text, text[], text, jsonb, text[], jsonb, text, text) FROM PUBLIC;

CREATE FUNCTION crm.drop_guard(guard_id integer)
RETURNS void
LANGUAGE c VOLATILE STRICT PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'crm_drop_guard';
COMMENT ON FUNCTION crm.drop_guard(integer) IS 'removes a guard and its triggers; what it journalled stays. Works when the table is gone. A decision of org.model.';
REVOKE ALL ON FUNCTION crm.drop_guard(integer) FROM PUBLIC;

CREATE FUNCTION crm.drop_guard("table" text, decision text)
RETURNS void
LANGUAGE c VOLATILE STRICT PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'crm_drop_guard_of';
COMMENT ON FUNCTION crm.drop_guard(text, text) IS 'removes the guards of a decision on a table. A decision of org.model.';
REVOKE ALL ON FUNCTION crm.drop_guard(text, text) FROM PUBLIC;

CREATE FUNCTION crm_internal.guard_waiting() RETURNS trigger
	LANGUAGE c VOLATILE STRICT PARALLEL UNSAFE
	AS 'MODULE_PATHNAME', 'crm_guard_waiting';
COMMENT ON FUNCTION crm_internal.guard_waiting() IS 'trigger of guarded tables with a waiting state: writes a row in it that its writer may not decide. Argument: the number of the guard';
-- Left to PUBLIC as guard_trigger().

CREATE FUNCTION crm_internal.release_waiting(request_id bigint)
RETURNS void
LANGUAGE c VOLATILE STRICT PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'crm_release_waiting';
COMMENT ON FUNCTION crm_internal.release_waiting(bigint) IS 'sets the state that was asked for in the row of an approved request, as the owner of its table and by that approval; errors 55000 where the row waits no more or is not what was approved';
REVOKE ALL ON FUNCTION crm_internal.release_waiting(bigint) FROM PUBLIC;

CREATE FUNCTION crm_internal.guard_problem(guard_id integer, relation oid)
RETURNS text[]
LANGUAGE c VOLATILE STRICT PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'crm_guard_problem';
COMMENT ON FUNCTION crm_internal.guard_problem(integer, oid) IS 'why a guard cannot tell from the rows of its table what is decided, and the statement that mends it; NULL: it can';
REVOKE ALL ON FUNCTION crm_internal.guard_problem(integer, oid) FROM PUBLIC;
