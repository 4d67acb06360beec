-- journal: who took which decision under which mandate. Append-only to everyone.

CREATE TABLE crm_internal.act
(
	act_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
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
	entries bigint NOT NULL DEFAULT 1,
	customer_id bigint,
	scope jsonb,
	subject text,
	operation text,
	guard_id integer,
	request_id bigint,
	reason text
);
COMMENT ON TABLE crm_internal.act IS 'allowed acts, and in observe mode what would have been refused (reason says why). batch: the same for all acts of a transaction and for its ledger entries; capacity: as appointed, or acting (for a vacant position), or none before a board is named; mandate_path: from the charter to the mandate used, empty before a board is named; subject: table, or function of crm, and key; entries: rows of one statement that are journalled as one act, amount their sum';
SELECT pg_catalog.pg_extension_config_dump('crm_internal.act', '');
SELECT pg_catalog.pg_extension_config_dump('crm_internal.act_act_id_seq', '');
CREATE SEQUENCE crm_internal.act_batch_seq;
SELECT pg_catalog.pg_extension_config_dump('crm_internal.act_batch_seq', '');
CREATE INDEX act_customer_idx ON crm_internal.act (customer_id, at);
CREATE INDEX act_at_idx ON crm_internal.act USING brin (at);

-- Declared here, for functions of all rooms are acts; decided in the room act.
CREATE FUNCTION crm_internal.take_act(decision text, subject text DEFAULT NULL, customer bigint DEFAULT NULL, amount numeric DEFAULT NULL, scope jsonb DEFAULT NULL)
RETURNS void
LANGUAGE c VOLATILE PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'crm_take_act';
COMMENT ON FUNCTION crm_internal.take_act(text, text, bigint, numeric, jsonb) IS 'an act of the current actor by a function of crm: allowed and journalled, or error 42501';
REVOKE ALL ON FUNCTION crm_internal.take_act(text, text, bigint, numeric, jsonb) FROM PUBLIC;
