-- budget: money that mandates may spend, never more than there is.

CREATE SEQUENCE crm_internal.budget_budget_id_seq AS integer;
CREATE TABLE crm_internal.budget
(
	budget_id integer PRIMARY KEY DEFAULT crm_internal.take_number('crm_internal.budget_budget_id_seq'),
	name text NOT NULL UNIQUE CHECK (name OPERATOR(pg_catalog.<>) ''),
	parent_id integer,
	amount numeric NOT NULL CHECK (amount OPERATOR(pg_catalog.>=) 0),
	spent numeric NOT NULL DEFAULT 0 CHECK (spent OPERATOR(pg_catalog.>=) 0),
	reserved numeric NOT NULL DEFAULT 0 CHECK (reserved OPERATOR(pg_catalog.>=) 0),
	carved numeric NOT NULL DEFAULT 0 CHECK (carved OPERATOR(pg_catalog.>=) 0),
	currency text,
	valid_from timestamptz NOT NULL DEFAULT pg_catalog.now(),
	valid_until timestamptz NOT NULL DEFAULT 'infinity',
	closed_at timestamptz,
	owner text,
	CONSTRAINT budget_not_overspent CHECK (spent OPERATOR(pg_catalog.+) reserved OPERATOR(pg_catalog.+) carved OPERATOR(pg_catalog.<=) amount)
) WITH (fillfactor = 50);
COMMENT ON TABLE crm_internal.budget IS 'amount: what there is; carved: given to sub-budgets; reserved: promised by approved requests; spent: by acts; owner: the position that may give it to others to spend, beside that of each budget above it. Booked by one UPDATE a budget and transaction';
SELECT pg_catalog.pg_extension_config_dump('crm_internal.budget', '');
ALTER SEQUENCE crm_internal.budget_budget_id_seq OWNED BY crm_internal.budget.budget_id;
SELECT pg_catalog.pg_extension_config_dump('crm_internal.budget_budget_id_seq', '');

CREATE SEQUENCE crm_internal.ledger_entry_id_seq;
CREATE TABLE crm_internal.ledger
(
	entry_id bigint PRIMARY KEY DEFAULT crm_internal.take_number('crm_internal.ledger_entry_id_seq'),
	budget_id integer NOT NULL,
	at timestamptz NOT NULL,
	kind text NOT NULL CHECK (kind IN ('spend', 'reserve', 'release', 'carve', 'return', 'compensate')),
	amount numeric NOT NULL CHECK (amount OPERATOR(pg_catalog.>=) 0),
	batch bigint,
	request_id bigint,
	act_id bigint,
	person text NOT NULL,
	reason text
);
COMMENT ON TABLE crm_internal.ledger IS 'every booking on a budget, append-only: spend - compensate = spent, reserve - release = reserved, carve - return = carved; batch: the acts of one transaction (crm_internal.act.batch)';
SELECT pg_catalog.pg_extension_config_dump('crm_internal.ledger', '');
ALTER SEQUENCE crm_internal.ledger_entry_id_seq OWNED BY crm_internal.ledger.entry_id;
SELECT pg_catalog.pg_extension_config_dump('crm_internal.ledger_entry_id_seq', '');
CREATE INDEX ledger_budget_idx ON crm_internal.ledger (budget_id);
CREATE INDEX ledger_act_idx ON crm_internal.ledger (act_id);

CREATE TRIGGER crm_10_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON crm_internal.ledger
	FOR EACH STATEMENT EXECUTE FUNCTION crm_internal.refuse_change();
ALTER TABLE crm_internal.ledger ENABLE ALWAYS TRIGGER crm_10_append_only;
CREATE TRIGGER crm_10_append_only_row BEFORE UPDATE OR DELETE ON crm_internal.ledger
	FOR EACH ROW EXECUTE FUNCTION crm_internal.refuse_change();
ALTER TABLE crm_internal.ledger ENABLE ALWAYS TRIGGER crm_10_append_only_row;

ALTER TABLE crm_internal.ledger ENABLE ROW LEVEL SECURITY;
CREATE POLICY crm_read ON crm_internal.ledger FOR SELECT USING (
	(SELECT crm_internal.reads_whole_journal())
	OR person OPERATOR(pg_catalog.=) (SELECT (crm_internal.act_reach()).person));

-- Of the following four, C decides and books; whoever calls them has asked for the mandate.
CREATE FUNCTION crm_internal.take_budget(budget text, amount numeric, from_reservation numeric DEFAULT NULL)
RETURNS numeric
LANGUAGE c VOLATILE PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'crm_take_budget';
COMMENT ON FUNCTION crm_internal.take_budget(text, numeric, numeric) IS 'takes an amount from a budget when the transaction ends, from_reservation of it promised before; returns what is left by what can be seen now; error 23514 if that is too little, now or at the end';
REVOKE ALL ON FUNCTION crm_internal.take_budget(text, numeric, numeric) FROM PUBLIC;

CREATE FUNCTION crm_internal.reserve_budget(budget text, amount numeric, request_id bigint)
RETURNS numeric
LANGUAGE c VOLATILE STRICT PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'crm_reserve_budget';
COMMENT ON FUNCTION crm_internal.reserve_budget(text, numeric, bigint) IS 'promises an amount to a request when the transaction ends; returns what is left by what can be seen now; error 23514 if that is too little, now or at the end';
REVOKE ALL ON FUNCTION crm_internal.reserve_budget(text, numeric, bigint) FROM PUBLIC;

CREATE FUNCTION crm_internal.release_budget(budget text, amount numeric, request_id bigint)
RETURNS void
LANGUAGE c VOLATILE STRICT PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'crm_release_budget';
COMMENT ON FUNCTION crm_internal.release_budget(text, numeric, bigint) IS 'takes back what was promised to a request that is declined or lapses, when the transaction ends';
REVOKE ALL ON FUNCTION crm_internal.release_budget(text, numeric, bigint) FROM PUBLIC;

CREATE FUNCTION crm_internal.change_budget_row(budget_id integer, amount numeric DEFAULT 0, spent numeric DEFAULT 0, carved numeric DEFAULT 0)
RETURNS void
LANGUAGE c VOLATILE STRICT PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'crm_change_budget_row';
COMMENT ON FUNCTION crm_internal.change_budget_row(integer, numeric, numeric, numeric) IS 'adds to a row of crm_internal.budget at once, as it is now at every isolation level; the budget stays locked to the end of the transaction; error 23514 if more would be spent than there is';
REVOKE ALL ON FUNCTION crm_internal.change_budget_row(integer, numeric, numeric, numeric) FROM PUBLIC;

CREATE FUNCTION crm_internal.lock_budgets(VARIADIC budget_ids integer[])
RETURNS void
LANGUAGE c VOLATILE STRICT PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'crm_lock_budgets';
COMMENT ON FUNCTION crm_internal.lock_budgets(integer[]) IS 'locks budgets in ascending order until the transaction ends; NULLs are passed over';
REVOKE ALL ON FUNCTION crm_internal.lock_budgets(integer[]) FROM PUBLIC;

CREATE FUNCTION crm_internal.budget_now(budget_id integer, OUT amount numeric, OUT spent numeric, OUT reserved numeric, OUT carved numeric)
LANGUAGE c VOLATILE STRICT PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'crm_budget_now';
COMMENT ON FUNCTION crm_internal.budget_now(integer) IS 'a budget as it is now, at every isolation level';
REVOKE ALL ON FUNCTION crm_internal.budget_now(integer) FROM PUBLIC;

CREATE FUNCTION crm_internal.compensated(act_id bigint)
RETURNS numeric
LANGUAGE c VOLATILE STRICT PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'crm_compensated';
COMMENT ON FUNCTION crm_internal.compensated(bigint) IS 'what was given back of an act by now, at every isolation level';
REVOKE ALL ON FUNCTION crm_internal.compensated(bigint) FROM PUBLIC;

CREATE FUNCTION crm_internal.budget_line(name text)
RETURNS TABLE (name text, owner text, height integer)
LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
	WITH RECURSIVE up AS (
		SELECT b.name, b.owner, b.parent_id, 0 AS height FROM crm_internal.budget b WHERE b.name = budget_line.name
		UNION ALL
		SELECT b.name, b.owner, b.parent_id, up.height + 1 FROM up JOIN crm_internal.budget b ON b.budget_id = up.parent_id
	)
	SELECT up.name, up.owner, up.height FROM up;
END;
COMMENT ON FUNCTION crm_internal.budget_line(text) IS 'a budget and all that it is carved from, with their owners';
REVOKE ALL ON FUNCTION crm_internal.budget_line(text) FROM PUBLIC;

-- Runs as the owner: the view is read by members.
CREATE FUNCTION crm_internal.budget_owner(name text)
RETURNS text
LANGUAGE sql STABLE PARALLEL SAFE
SECURITY DEFINER SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
	SELECT l.owner FROM crm_internal.budget_line(budget_owner.name) l WHERE l.owner IS NOT NULL ORDER BY l.height LIMIT 1;
END;
COMMENT ON FUNCTION crm_internal.budget_owner(text) IS 'the owner of a budget, or of the nearest one above it';
REVOKE ALL ON FUNCTION crm_internal.budget_owner(text) FROM PUBLIC;

CREATE VIEW crm.budgets AS
	SELECT b.name, p.name AS parent, b.currency, b.amount, b.spent, b.reserved, b.carved,
		b.amount OPERATOR(pg_catalog.-) b.spent OPERATOR(pg_catalog.-) b.reserved OPERATOR(pg_catalog.-) b.carved AS remaining,
		CASE WHEN b.amount OPERATOR(pg_catalog.>) 0 THEN pg_catalog.round(100 OPERATOR(pg_catalog.*) b.spent OPERATOR(pg_catalog./) b.amount, 1) END AS spent_percent,
		b.valid_from, b.valid_until, b.closed_at, crm_internal.budget_owner(b.name) AS owner
	FROM crm_internal.budget b
	LEFT JOIN crm_internal.budget p ON p.budget_id OPERATOR(pg_catalog.=) b.parent_id
	ORDER BY b.name;
COMMENT ON VIEW crm.budgets IS 'budgets and what is left of them, as booked by transactions that have committed';
COMMENT ON COLUMN crm.budgets.name IS 'as given to crm.add_budget()';
COMMENT ON COLUMN crm.budgets.parent IS 'the budget that it was carved from';
COMMENT ON COLUMN crm.budgets.currency IS 'of all amounts; NULL: the company''s own';
COMMENT ON COLUMN crm.budgets.amount IS 'what there is';
COMMENT ON COLUMN crm.budgets.spent IS 'taken by acts, less what was given back';
COMMENT ON COLUMN crm.budgets.reserved IS 'promised by approved requests';
COMMENT ON COLUMN crm.budgets.carved IS 'given to sub-budgets';
COMMENT ON COLUMN crm.budgets.remaining IS 'amount - spent - reserved - carved';
COMMENT ON COLUMN crm.budgets.spent_percent IS 'spent in per cent of the amount';
COMMENT ON COLUMN crm.budgets.valid_from IS 'from when it may be spent';
COMMENT ON COLUMN crm.budgets.valid_until IS 'until when it may be spent';
COMMENT ON COLUMN crm.budgets.closed_at IS 'since when it is closed; NULL: it is open';
COMMENT ON COLUMN crm.budgets.owner IS 'the position that names it in mandates without asking, its own or of the nearest budget above it; NULL: only whoever decides investment does';

CREATE VIEW crm.ledger WITH (security_invoker = true) AS
	SELECT l.entry_id, b.name AS budget, l.at, l.kind, l.amount, l.person, l.request_id, l.act_id, l.batch, l.reason
	FROM crm_internal.ledger l
	JOIN crm_internal.budget b ON b.budget_id OPERATOR(pg_catalog.=) l.budget_id;
COMMENT ON VIEW crm.ledger IS 'every booking on a budget; one sees his own, administrators and auditors all';
COMMENT ON COLUMN crm.ledger.entry_id IS 'number of the entry';
COMMENT ON COLUMN crm.ledger.budget IS 'booked on this budget';
COMMENT ON COLUMN crm.ledger.at IS 'when it was booked: at the end of the transaction';
COMMENT ON COLUMN crm.ledger.kind IS 'spend and compensate (given back), reserve and release (for a request), carve and return (for a sub-budget)';
COMMENT ON COLUMN crm.ledger.amount IS 'never negative';
COMMENT ON COLUMN crm.ledger.person IS 'who took it';
COMMENT ON COLUMN crm.ledger.request_id IS 'for which request';
COMMENT ON COLUMN crm.ledger.act_id IS 'of compensate: the act whose amount is given back';
COMMENT ON COLUMN crm.ledger.batch IS 'the acts of one transaction, as in crm.journal';
COMMENT ON COLUMN crm.ledger.reason IS 'why, of compensate';
