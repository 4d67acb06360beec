-- request: what somebody may not do alone is asked of who may, and answered once for exactly that.

CREATE SEQUENCE crm_internal.request_request_id_seq;
CREATE TABLE crm_internal.request
(
	request_id bigint PRIMARY KEY DEFAULT crm_internal.take_number('crm_internal.request_request_id_seq'),
	decision text NOT NULL,
	requester text NOT NULL,
	known_by text NOT NULL,
	login text NOT NULL,
	customer_id bigint,
	amount numeric,
	scope jsonb NOT NULL DEFAULT '{}',
	guard_id integer,
	operation text,
	row_key text,
	subject text,
	asked jsonb,
	reason text,
	status text NOT NULL DEFAULT 'open' CHECK (status IN ('open', 'approved', 'declined', 'withdrawn', 'used', 'expired')),
	position text,
	due_at timestamptz,
	expires_at timestamptz,
	joint_id integer,
	quorum integer,
	budget_id integer,
	reserved numeric,
	mandate_path integer[],
	created_at timestamptz NOT NULL DEFAULT pg_catalog.clock_timestamp(),
	decided_at timestamptz,
	decided_by text,
	used_at timestamptz
);
COMMENT ON TABLE crm_internal.request IS 'position: whose turn it is since the last booking of an escalation (crm.requests shows whose turn it is now); NULL: only consults are awaited. guard_id, operation, row_key, subject (of a function of crm): bound to these if given; asked: columns and values that crm.approve sets in a row that waits. expires_at: an open request lapses, an approved one may be used until then';
SELECT pg_catalog.pg_extension_config_dump('crm_internal.request', '');
ALTER SEQUENCE crm_internal.request_request_id_seq OWNED BY crm_internal.request.request_id;
SELECT pg_catalog.pg_extension_config_dump('crm_internal.request_request_id_seq', '');
INSERT INTO crm_internal.decision_use (table_name, column_name, what) VALUES
	('crm_internal.request', 'decision', 'a request');
CREATE INDEX request_open_idx ON crm_internal.request (status) WHERE status IN ('open', 'approved');
CREATE INDEX request_requester_idx ON crm_internal.request (requester, decision);

-- A later room has the customers, and says so here.
CREATE TABLE crm_internal.customer_register
(
	only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
	check_function text NOT NULL,
	view_name text NOT NULL
);
COMMENT ON TABLE crm_internal.customer_register IS 'where the customers are. check_function: a function(customer bigint) that raises 42704 where there is none of that id; view_name: who may read this view reads of all of them, and so all requests; filled by the install script, the same in every database';
SELECT pg_catalog.pg_extension_config_dump('crm_internal.customer_register', 'WHERE false');

CREATE TABLE crm_internal.request_consult
(
	request_id bigint NOT NULL,
	position text NOT NULL,
	mandate_id integer NOT NULL,
	due_at timestamptz NOT NULL,
	answered_at timestamptz,
	answered_by text,
	answer text CHECK (answer IN ('agree', 'object')),
	comment text,
	PRIMARY KEY (request_id, position)
);
COMMENT ON TABLE crm_internal.request_consult IS 'who must be asked about a request; an objection is shown, it does not decide';
SELECT pg_catalog.pg_extension_config_dump('crm_internal.request_consult', '');
CREATE INDEX request_consult_open_idx ON crm_internal.request_consult (position) WHERE answered_at IS NULL;

CREATE TABLE crm_internal.request_signature
(
	request_id bigint NOT NULL,
	person text NOT NULL,
	position text NOT NULL,
	mandate_id integer,
	verdict text NOT NULL CHECK (verdict IN ('approve', 'decline')),
	comment text,
	at timestamptz NOT NULL DEFAULT pg_catalog.clock_timestamp(),
	PRIMARY KEY (request_id, person)
);
COMMENT ON TABLE crm_internal.request_signature IS 'verdicts on requests; a joint mandate needs a quorum of persons';
SELECT pg_catalog.pg_extension_config_dump('crm_internal.request_signature', '');

CREATE SEQUENCE crm_internal.notice_notice_id_seq;
CREATE TABLE crm_internal.notice
(
	notice_id bigint PRIMARY KEY DEFAULT crm_internal.take_number('crm_internal.notice_notice_id_seq'),
	act_id bigint NOT NULL,
	mandate_id integer NOT NULL,
	position text NOT NULL,
	created_at timestamptz NOT NULL,
	acknowledged_at timestamptz,
	acknowledged_by text
);
COMMENT ON TABLE crm_internal.notice IS 'acts of which a position is to be informed, written in the transaction of the act';
SELECT pg_catalog.pg_extension_config_dump('crm_internal.notice', '');
ALTER SEQUENCE crm_internal.notice_notice_id_seq OWNED BY crm_internal.notice.notice_id;
SELECT pg_catalog.pg_extension_config_dump('crm_internal.notice_notice_id_seq', '');
CREATE INDEX notice_open_idx ON crm_internal.notice (position) WHERE acknowledged_at IS NULL;

CREATE FUNCTION crm_internal.lock_request(request_id bigint)
RETURNS void
LANGUAGE c VOLATILE STRICT PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'crm_lock_request';
COMMENT ON FUNCTION crm_internal.lock_request(bigint) IS 'until the transaction ends nobody else changes the state of this request';
REVOKE ALL ON FUNCTION crm_internal.lock_request(bigint) FROM PUBLIC;

CREATE FUNCTION crm_internal.flush_notices()
RETURNS void
LANGUAGE c VOLATILE PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'crm_flush_notices';
COMMENT ON FUNCTION crm_internal.flush_notices() IS 'acts of this transaction and notices of them become rows now';
REVOKE ALL ON FUNCTION crm_internal.flush_notices() FROM PUBLIC;

CREATE FUNCTION crm_internal.rulings(person text, decision text, amount numeric, scope jsonb, customer bigint)
RETURNS TABLE (verdict text, mandate_id integer, mandate_path integer[], "position" text, capacity text, amount_limit numeric,
	budget text, joint_id integer, quorum integer, consult_positions text[], consult_mandates integer[], consult_deadlines interval[],
	has_money boolean)
LANGUAGE c VOLATILE PARALLEL UNSAFE
ROWS 1
AS 'MODULE_PATHNAME', 'crm_rulings';
COMMENT ON FUNCTION crm_internal.rulings(text, text, numeric, jsonb, bigint) IS 'whether a person may take a decision now, best mandate first; has_money: window and budget of that mandate have enough left for this amount on this customer';
REVOKE ALL ON FUNCTION crm_internal.rulings(text, text, numeric, jsonb, bigint) FROM PUBLIC;

CREATE FUNCTION crm_internal.release_reservation(r crm_internal.request)
RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	IF r.status = 'approved' AND r.reserved > 0 THEN
		PERFORM crm_internal.release_budget((SELECT b.name FROM crm_internal.budget b WHERE b.budget_id = r.budget_id), r.reserved, r.request_id);
		UPDATE crm_internal.request q SET reserved = NULL WHERE q.request_id = r.request_id;
	END IF;
END
$$;
COMMENT ON FUNCTION crm_internal.release_reservation(crm_internal.request) IS 'what an approved request that will not be used has reserved is free again';
REVOKE ALL ON FUNCTION crm_internal.release_reservation(crm_internal.request) FROM PUBLIC;
