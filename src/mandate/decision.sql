-- decision: the tree of decisions that a company takes about its customers.

-- The schema of ltree is the DBA's choice and not on the search_path here; a domain gives the type a fixed name.
DO $$
BEGIN
	EXECUTE (SELECT pg_catalog.format('CREATE DOMAIN crm_internal.decision_code AS %I.ltree', n.nspname)
		FROM pg_catalog.pg_extension e
		JOIN pg_catalog.pg_namespace n ON n.oid OPERATOR(pg_catalog.=) e.extnamespace
		WHERE e.extname OPERATOR(pg_catalog.=) 'ltree');
END
$$;
COMMENT ON DOMAIN crm_internal.decision_code IS 'code of a decision: an ltree, sub-decisions below their decision';

-- A decision of crm that the company changed has a second row, its own: CREATE EXTENSION in a restore makes
-- the first one again and the dump brings the second, so neither can meet the other.
CREATE TABLE crm_internal.decision
(
	code crm_internal.decision_code,
	reserved boolean NOT NULL DEFAULT false,
	title text NOT NULL DEFAULT '',
	escalate_after interval NOT NULL DEFAULT '2 days' CHECK (escalate_after OPERATOR(pg_catalog.>) '0'),
	expires_after interval NOT NULL DEFAULT '14 days' CHECK (expires_after OPERATOR(pg_catalog.>) '0'),
	builtin boolean NOT NULL DEFAULT false,
	PRIMARY KEY (code, builtin)
);
COMMENT ON TABLE crm_internal.decision IS 'the tree of decisions, builtin ones as crm brings them, the others as the company made or changed them: read decision_now; reserved: cannot be delegated, here and below; escalate_after: a request that waits longer goes up the reporting line; expires_after: an approval that is not used by then lapses';
SELECT pg_catalog.pg_extension_config_dump('crm_internal.decision', 'WHERE NOT builtin');

INSERT INTO crm_internal.decision (builtin, code, reserved, title) VALUES
	(true, 'segmentation', false, 'Which customers belong together'),
	(true, 'campaign', false, 'Campaigns'),
	(true, 'campaign.design', false, 'What a campaign says and offers'),
	(true, 'campaign.execution', false, 'Sending a campaign to an audience'),
	(true, 'product', false, 'What is offered'),
	(true, 'pricing', false, 'What it costs, discounts'),
	(true, 'communication', false, 'How the company speaks with customers'),
	(true, 'communication.channels', false, 'Which channels are used'),
	(true, 'lead', false, 'Prospects'),
	(true, 'lead.strategy', false, 'Which prospects are worked on, and by whom'),
	(true, 'sales', false, 'Selling'),
	(true, 'sales.target', false, 'Targets of sales'),
	(true, 'sales.tools', false, 'Tools of sales'),
	(true, 'care', false, 'Care for customers'),
	(true, 'care.solution', false, 'How a case of a customer is solved'),
	(true, 'care.process', false, 'How care works'),
	(true, 'goodwill', false, 'Money or goods given to a customer without obligation'),
	(true, 'process', false, 'How departments work together'),
	(true, 'process.policy', false, 'Rules of the customer record: sources, mappings, which value wins'),
	(true, 'customer', false, 'The customer record'),
	(true, 'customer.merge', false, 'Who is the same customer and who is not'),
	(true, 'customer.update', false, 'Values of a customer'),
	(true, 'ownership', false, 'Whose customer it is'),
	(true, 'ownership.transfer', false, 'Giving a customer to another owner'),
	(true, 'investment', false, 'Money put into customer relations'),
	(true, 'system', false, 'The applications'),
	(true, 'system.change', false, 'Changing an application'),
	(true, 'org', false, 'The organisation'),
	(true, 'org.model', true, 'Positions, decisions and who holds them'),
	(true, 'data', false, 'Data of customers'),
	(true, 'data.erase', false, 'Erasing a customer'),
	(true, 'data.export', false, 'Giving a customer''s data away');

CREATE VIEW crm_internal.decision_now AS
	SELECT d.code, d.reserved, d.title, d.escalate_after, d.expires_after,
		d.builtin OR EXISTS (SELECT FROM crm_internal.decision b WHERE b.builtin AND b.code::text OPERATOR(pg_catalog.=) d.code::text) AS builtin,
		NOT d.builtin AND EXISTS (SELECT FROM crm_internal.decision b WHERE b.builtin AND b.code::text OPERATOR(pg_catalog.=) d.code::text) AS changed
	FROM crm_internal.decision d
	WHERE NOT d.builtin
		OR NOT EXISTS (SELECT FROM crm_internal.decision o WHERE NOT o.builtin AND o.code::text OPERATOR(pg_catalog.=) d.code::text);
COMMENT ON VIEW crm_internal.decision_now IS 'each decision once, as it is now';

CREATE TABLE crm_internal.decision_before
(
	code text,
	until timestamptz,
	reserved boolean NOT NULL,
	PRIMARY KEY (code, until)
);
COMMENT ON TABLE crm_internal.decision_before IS 'whether a decision was reserved until crm.change_decision() changed that, and when; read crm_internal.reserved_at()';
SELECT pg_catalog.pg_extension_config_dump('crm_internal.decision_before', '');

CREATE FUNCTION crm_internal.reserved_at(at timestamptz)
RETURNS SETOF text
LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
	SELECT d.code::text
	FROM crm_internal.decision_now d
	WHERE coalesce((SELECT b.reserved FROM crm_internal.decision_before b
		WHERE b.code = d.code::text AND b.until > reserved_at.at
		ORDER BY b.until
		LIMIT 1), d.reserved);
END;
COMMENT ON FUNCTION crm_internal.reserved_at(timestamptz) IS 'the decisions that were reserved at a time (infinity: that are now)';
REVOKE ALL ON FUNCTION crm_internal.reserved_at(timestamptz) FROM PUBLIC;

CREATE VIEW crm.decisions AS
	SELECT code, title, reserved, escalate_after, expires_after, builtin, changed
	FROM crm_internal.decision_now
	ORDER BY code;
COMMENT ON VIEW crm.decisions IS 'the tree of decisions: WHERE code <@ ''campaign'' for a decision and all below it';
COMMENT ON COLUMN crm.decisions.code IS 'an ltree: sub-decisions below their decision';
COMMENT ON COLUMN crm.decisions.title IS 'what is decided';
COMMENT ON COLUMN crm.decisions.reserved IS 'stays with the position that has it from the charter: cannot be handed over or shared, nor can what lies below';
COMMENT ON COLUMN crm.decisions.escalate_after IS 'a request that waits longer goes to the next position that may answer it';
COMMENT ON COLUMN crm.decisions.expires_after IS 'a request that is not answered, or an approval that is not used, lapses after it';
COMMENT ON COLUMN crm.decisions.builtin IS 'brought by crm; cannot be dropped';
COMMENT ON COLUMN crm.decisions.changed IS 'brought by crm and changed by crm.change_decision()';

CREATE TABLE crm_internal.decision_use
(
	table_name text NOT NULL,
	column_name text NOT NULL,
	what text NOT NULL,
	PRIMARY KEY (table_name, column_name)
);
COMMENT ON TABLE crm_internal.decision_use IS 'columns that name decisions: one that is named cannot be dropped; filled by the install scripts of the rooms that own the tables, the same in every database';
SELECT pg_catalog.pg_extension_config_dump('crm_internal.decision_use', 'WHERE false');

CREATE FUNCTION crm_internal.is_within(decision text, ancestor text)
RETURNS boolean
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN decision OPERATOR(pg_catalog.=) ancestor
	OR pg_catalog.starts_with(decision, ancestor OPERATOR(pg_catalog.||) '.');
COMMENT ON FUNCTION crm_internal.is_within(text, text) IS 'whether a decision is another one or lies below it';
REVOKE ALL ON FUNCTION crm_internal.is_within(text, text) FROM PUBLIC;

CREATE FUNCTION crm_internal.check_decision(decision text)
RETURNS void
LANGUAGE plpgsql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	IF EXISTS (SELECT FROM crm_internal.decision d WHERE d.code::text = decision) THEN
		RETURN;
	END IF;
	IF coalesce(decision, '') = '' THEN
		RAISE invalid_parameter_value USING
			MESSAGE = 'a decision has a code',
			HINT = 'SELECT * FROM crm.decisions lists them.';
	END IF;
	RAISE undefined_object USING
		MESSAGE = format('decision "%s" does not exist', decision),
		HINT = crm_internal.did_you_mean(decision, ARRAY(SELECT d.code::text FROM crm_internal.decision_now d ORDER BY d.code))
			|| format('crm.decisions lists them; SELECT crm.add_decision(%L, title => ''…'') adds one.', decision);
END
$$;
COMMENT ON FUNCTION crm_internal.check_decision(text) IS 'raises 42704 for a decision that does not exist, 22023 for none';
REVOKE ALL ON FUNCTION crm_internal.check_decision(text) FROM PUBLIC;
