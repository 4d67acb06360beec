-- budget: money that mandates may spend, never more than there is.

CREATE TABLE crm_internal.budget
(
	budget_id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
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
	CONSTRAINT budget_not_overspent CHECK (spent OPERATOR(pg_catalog.+) reserved OPERATOR(pg_catalog.+) carved OPERATOR(pg_catalog.<=) amount)
) WITH (fillfactor = 50);
COMMENT ON TABLE crm_internal.budget IS 'amount: what there is; carved: given to sub-budgets; reserved: promised by approved requests; spent: by acts. Booked by one UPDATE a budget and transaction';
SELECT pg_catalog.pg_extension_config_dump('crm_internal.budget', '');
SELECT pg_catalog.pg_extension_config_dump('crm_internal.budget_budget_id_seq', '');

CREATE TABLE crm_internal.ledger
(
	entry_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
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
SELECT pg_catalog.pg_extension_config_dump('crm_internal.ledger_entry_id_seq', '');
CREATE INDEX ledger_budget_idx ON crm_internal.ledger (budget_id);
