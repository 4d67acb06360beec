-- identity: source records, their keys and edges, and the customer each belongs to.

CREATE SEQUENCE crm_internal.record_record_id_seq;
CREATE TABLE crm_internal.record
(
	record_id bigint PRIMARY KEY DEFAULT crm_internal.take_number('crm_internal.record_record_id_seq'),
	source_id integer NOT NULL,
	source_key text NOT NULL,
	customer_id bigint,
	kind "char" NOT NULL CHECK (kind OPERATOR(pg_catalog.=) ANY ('{p,o}'::"char"[])),
	attributes jsonb NOT NULL,
	profile bytea NOT NULL,
	tie bigint NOT NULL,
	changed_at timestamptz NOT NULL,
	source_hash bigint NOT NULL DEFAULT 0,
	UNIQUE (source_id, source_key)
);
CREATE INDEX record_customer_id_idx ON crm_internal.record (customer_id);
COMMENT ON TABLE crm_internal.record IS 'what each departmental row asserts (mapped values only) and the customer it belongs to';
COMMENT ON COLUMN crm_internal.record.attributes IS 'attribute -> array of text values in mapping order, cleaned (e-mail canonical, phone E.164 where valid)';
COMMENT ON COLUMN crm_internal.record.profile IS 'standardised values that matching compares, see match_profile.h';
COMMENT ON COLUMN crm_internal.record.source_hash IS 'crm_source_row_hash() of the row as last read: what crm.sync() compares; 0 differs from every row';
COMMENT ON COLUMN crm_internal.record.tie IS 'hash of source name and key: breaks ties independent of arrival';
SELECT pg_catalog.pg_extension_config_dump('crm_internal.record', '');
ALTER SEQUENCE crm_internal.record_record_id_seq OWNED BY crm_internal.record.record_id;
SELECT pg_catalog.pg_extension_config_dump('crm_internal.record_record_id_seq', '');

CREATE TABLE crm_internal.record_link
(
	record_id bigint NOT NULL,
	number integer NOT NULL,
	relation text,
	related_schema text NOT NULL,
	related_table text NOT NULL,
	related_key text NOT NULL,
	since date,
	until date,
	PRIMARY KEY (record_id, number)
);
CREATE INDEX record_link_related_idx ON crm_internal.record_link (related_schema, related_table, related_key);
COMMENT ON TABLE crm_internal.record_link IS 'the rows of sources that each record says it belongs to, by name of the table and key: they need not be there';
COMMENT ON COLUMN crm_internal.record_link.number IS 'among the links of the record, from 1 in an order of their contents';
COMMENT ON COLUMN crm_internal.record_link.relation IS 'NULL: by the kinds of the two customers';
SELECT pg_catalog.pg_extension_config_dump('crm_internal.record_link', '');

CREATE TABLE crm_internal.record_key
(
	key bigint NOT NULL,
	record_id bigint NOT NULL,
	PRIMARY KEY (key, record_id)
);
COMMENT ON TABLE crm_internal.record_key IS 'blocking keys: two records that share one are compared';
SELECT pg_catalog.pg_extension_config_dump('crm_internal.record_key', '');

CREATE TABLE crm_internal.edge
(
	record_a bigint NOT NULL,
	record_b bigint NOT NULL CHECK (record_a OPERATOR(pg_catalog.<) record_b),
	weight integer NOT NULL,
	PRIMARY KEY (record_a, record_b)
);
CREATE INDEX edge_record_b_idx ON crm_internal.edge (record_b);
COMMENT ON TABLE crm_internal.edge IS 'pairs of records that share a key and whose weight is above the floor';
COMMENT ON COLUMN crm_internal.edge.weight IS 'log2 odds of one customer in thousandths of a bit';
SELECT pg_catalog.pg_extension_config_dump('crm_internal.edge', '');

CREATE SEQUENCE crm_internal.customer_identity_customer_id_seq;
CREATE TABLE crm_internal.customer_identity
(
	customer_id bigint PRIMARY KEY DEFAULT crm_internal.take_number('crm_internal.customer_identity_customer_id_seq'),
	created_at timestamptz NOT NULL DEFAULT pg_catalog.now(),
	merged_into bigint,
	ended_at timestamptz
);
COMMENT ON TABLE crm_internal.customer_identity IS 'every customer id ever given; an id is never reused';
COMMENT ON COLUMN crm_internal.customer_identity.merged_into IS 'the id that answers for this one since a merge';
SELECT pg_catalog.pg_extension_config_dump('crm_internal.customer_identity', '');
ALTER SEQUENCE crm_internal.customer_identity_customer_id_seq OWNED BY crm_internal.customer_identity.customer_id;
SELECT pg_catalog.pg_extension_config_dump('crm_internal.customer_identity_customer_id_seq', '');

CREATE SEQUENCE crm_internal.customer_event_event_no_seq;
CREATE TABLE crm_internal.customer_event
(
	event_no bigint PRIMARY KEY DEFAULT crm_internal.take_number('crm_internal.customer_event_event_no_seq'),
	at timestamptz NOT NULL DEFAULT pg_catalog.clock_timestamp(),
	kind text NOT NULL CHECK (kind OPERATOR(pg_catalog.=) ANY ('{created,merged,split,moved,ended,confirmed,rejected,undone}'::pg_catalog.text[])),
	customer_id bigint NOT NULL,
	other_customer_id bigint,
	cause text NOT NULL,
	actor text NOT NULL,
	person text,
	reason text,
	act_no bigint,
	records bigint[]
);
CREATE INDEX customer_event_customer_id_idx ON crm_internal.customer_event (customer_id);
CREATE INDEX customer_event_act_idx ON crm_internal.customer_event (act_no) WHERE act_no IS NOT NULL;
COMMENT ON TABLE crm_internal.customer_event IS 'what happened to customer ids; ids and causes, never values';
COMMENT ON COLUMN crm_internal.customer_event.person IS 'who decided it, where somebody did; reason: why, in his words';
COMMENT ON COLUMN crm_internal.customer_event.act_no IS 'his verdicts, or those that he took back';
COMMENT ON COLUMN crm_internal.customer_event.records IS 'of merged, split and moved: the records that went from one id to the other';
SELECT pg_catalog.pg_extension_config_dump('crm_internal.customer_event', '');
ALTER SEQUENCE crm_internal.customer_event_event_no_seq OWNED BY crm_internal.customer_event.event_no;
SELECT pg_catalog.pg_extension_config_dump('crm_internal.customer_event_event_no_seq', '');

CREATE TABLE crm_internal.identity_clock
(
	only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
	ticks bigint NOT NULL,
	model_version integer,
	recluster_after bigint,
	keys_off bigint NOT NULL DEFAULT 0
);
SELECT pg_catalog.pg_extension_config_dump('crm_internal.identity_clock', '');
COMMENT ON COLUMN crm_internal.identity_clock.model_version IS 'the model in force (0: the built-in one); NULL: nothing clustered yet';
COMMENT ON COLUMN crm_internal.identity_clock.recluster_after IS 'while all records are compared and clustered anew: the last one done; else NULL';
COMMENT ON COLUMN crm_internal.identity_clock.keys_off IS 'kinds of blocking keys that find nothing, a bit each (match_key.h): they are kept, so what they would find can be told';
COMMENT ON TABLE crm_internal.identity_clock IS 'one row that every writer of identities updates first: one writes at a time, and an older snapshot fails instead of missing what another wrote';

CREATE TABLE crm_internal.oversize_component
(
	record_id bigint PRIMARY KEY,
	records integer NOT NULL,
	found_at timestamptz NOT NULL DEFAULT pg_catalog.now()
);
COMMENT ON TABLE crm_internal.oversize_component IS 'records that match each other in such a number that no customer can be behind them: they stay apart, and crm.verify() names the first of each such component';
SELECT pg_catalog.pg_extension_config_dump('crm_internal.oversize_component', '');

CREATE TABLE crm_internal.capped_key
(
	key bigint PRIMARY KEY,
	since timestamptz NOT NULL DEFAULT pg_catalog.now()
);
COMMENT ON TABLE crm_internal.capped_key IS 'blocking keys that so many records have that they find nothing; shown by crm.capped_keys';
SELECT pg_catalog.pg_extension_config_dump('crm_internal.capped_key', '');

CREATE SEQUENCE crm_internal.job_job_id_seq;
CREATE TABLE crm_internal.job
(
	job_id bigint PRIMARY KEY DEFAULT crm_internal.take_number('crm_internal.job_job_id_seq'),
	kind text NOT NULL,
	phase text NOT NULL,
	done bigint NOT NULL DEFAULT 0,
	total bigint,
	started_at timestamptz NOT NULL DEFAULT pg_catalog.clock_timestamp(),
	updated_at timestamptz NOT NULL DEFAULT pg_catalog.clock_timestamp(),
	finished_at timestamptz,
	pid integer NOT NULL
);
COMMENT ON TABLE crm_internal.job IS 'long work and how far it is; shown by crm.progress';
SELECT pg_catalog.pg_extension_config_dump('crm_internal.job', '');
ALTER SEQUENCE crm_internal.job_job_id_seq OWNED BY crm_internal.job.job_id;
SELECT pg_catalog.pg_extension_config_dump('crm_internal.job_job_id_seq', '');
