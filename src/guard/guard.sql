-- guard: triggers on departmental tables that refuse writes without a mandate.

CREATE TABLE crm_internal.guard
(
	guard_id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
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
	dropped_at timestamptz
);
COMMENT ON TABLE crm_internal.guard IS 'guarded tables. amount, customer, condition: expressions over the row; customer_source: the source whose key customer is (NULL: it is crm''s own id); columns: whose change is the decision; scope: dimension to expression; waiting: column to value of the state in which a row waits for approval';
SELECT pg_catalog.pg_extension_config_dump('crm_internal.guard', '');
SELECT pg_catalog.pg_extension_config_dump('crm_internal.guard_guard_id_seq', '');
