-- inbox: all that waits for the positions of the one who asks. Rooms register what they have for it.

CREATE TABLE crm_internal.inbox_kind
(
	kind text PRIMARY KEY,
	function_name text NOT NULL
);
COMMENT ON TABLE crm_internal.inbox_kind IS 'what fills crm.inbox: a function(hats crm_internal.hat[], person text) that returns its entries; filled by the install script, the same in every database';
SELECT pg_catalog.pg_extension_config_dump('crm_internal.inbox_kind', 'WHERE false');

-- An entry: kind as registered; id: what its statement names; position: for which it waits (NULL: for the person
-- himself); from_person: who wants it; reason: what he says; due_at: by when (NULL: no time is set); statement: what
-- to run to answer it, ready but for the answer itself.
CREATE TYPE crm_internal.inbox_entry AS
(
	kind text,
	id bigint,
	"position" text,
	decision text,
	customer_id bigint,
	amount numeric,
	from_person text,
	reason text,
	since timestamptz,
	due_at timestamptz,
	statement text
);
COMMENT ON TYPE crm_internal.inbox_entry IS 'something that waits for a position or a person';

-- A position of the one who asks: capacity holder, deputy, contractor, machine, acting, or liaison (told and asked only).
CREATE TYPE crm_internal.hat AS
(
	"position" text,
	capacity text
);
COMMENT ON TYPE crm_internal.hat IS 'a position that a person acts or is informed in, and as what';

-- A room registers a function(hats crm_internal.hat[], person text) RETURNS SETOF crm_internal.inbox_entry that runs as
-- its caller, with a row such as INSERT INTO crm_internal.inbox_kind VALUES ('request', 'crm_internal.request_inbox').
-- It returns what waits for these hats now; whether a capacity may answer (contractor and machine approve nothing) is its business.

-- Runs as the owner: shows only what waits for the actor, whoever asks.
CREATE FUNCTION crm_internal.inbox()
RETURNS SETOF crm_internal.inbox_entry
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	who text := (crm_internal.whoami_actor())[1];
	hats crm_internal.hat[] := ARRAY(
		SELECT ROW(h."position", h.capacity)::crm_internal.hat
		FROM crm_internal.hats(who, clock_timestamp()) h
		UNION ALL
		SELECT ROW(a."position", a.capacity)::crm_internal.hat
		FROM crm_internal.appointment a
		JOIN crm_internal.position p ON p.name = a."position"
		WHERE a.person = who AND a.capacity = 'liaison' AND p.closed_at IS NULL
			AND a.valid_from <= clock_timestamp() AND a.valid_until > clock_timestamp());
	filler text;
BEGIN
	FOR filler IN SELECT k.function_name FROM crm_internal.inbox_kind k ORDER BY k.kind LOOP
		RETURN QUERY EXECUTE format('SELECT e.* FROM %s($1, $2) AS e', filler) USING hats, who;
	END LOOP;
END
$$;
COMMENT ON FUNCTION crm_internal.inbox() IS 'what waits for the actor, of all kinds';
REVOKE ALL ON FUNCTION crm_internal.inbox() FROM PUBLIC;

CREATE VIEW crm.inbox AS
	SELECT kind, id, "position", decision, customer_id, amount, from_person, reason, since, due_at, statement
	FROM crm_internal.inbox()
	ORDER BY due_at NULLS LAST, since, kind, id;
COMMENT ON VIEW crm.inbox IS 'all that waits for the positions of the one who asks (crm.whoami), what is due first on top';
COMMENT ON COLUMN crm.inbox.kind IS 'what it is: request, consult, notice ...';
COMMENT ON COLUMN crm.inbox.id IS 'its number, as the statement names it';
COMMENT ON COLUMN crm.inbox."position" IS 'the position for which it waits';
COMMENT ON COLUMN crm.inbox.decision IS 'which decision it is about';
COMMENT ON COLUMN crm.inbox.customer_id IS 'which customer it is about';
COMMENT ON COLUMN crm.inbox.amount IS 'for how much';
COMMENT ON COLUMN crm.inbox.from_person IS 'who wants it, or who acted';
COMMENT ON COLUMN crm.inbox.reason IS 'why, in his words';
COMMENT ON COLUMN crm.inbox.since IS 'since when it waits';
COMMENT ON COLUMN crm.inbox.due_at IS 'by when it should be answered; then it goes elsewhere or lapses';
COMMENT ON COLUMN crm.inbox.statement IS 'what to run to answer it';
