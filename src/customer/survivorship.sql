-- survivorship: by which rules the values of the golden record win.

CREATE TABLE crm_internal.survivorship
(
	attribute text PRIMARY KEY,
	rules text[] NOT NULL
);
COMMENT ON TABLE crm_internal.survivorship IS 'rules that an administrator chose; what is not here follows the default of its kind';
SELECT pg_catalog.pg_extension_config_dump('crm_internal.survivorship', '');

-- Compared with what the rules and trusts give now, it tells whether golden records are stale.
CREATE TABLE crm_internal.golden_basis
(
	only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
	fingerprint text NOT NULL
);
COMMENT ON TABLE crm_internal.golden_basis IS 'fingerprint of the rules and trusts that all golden records were last recomputed by; no row: never yet';
SELECT pg_catalog.pg_extension_config_dump('crm_internal.golden_basis', '');

CREATE FUNCTION crm_internal.default_survivorship(kind text)
RETURNS text[]
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'crm_default_survivorship';
COMMENT ON FUNCTION crm_internal.default_survivorship(text) IS 'the rules by which attributes of this kind survive unless an administrator chose others';

-- The attribute whose setting counts: the parts of a name and of an address are judged together.
CREATE FUNCTION crm_internal.survivorship_lead(attribute text)
RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN CASE
	WHEN attribute IN ('name', 'given_name', 'family_name') THEN 'name'
	WHEN attribute IN ('street', 'postal_code', 'city', 'region', 'country', 'latitude', 'longitude') THEN 'street'
	ELSE attribute
END;

CREATE VIEW crm.survivorship AS
SELECT
	a.name AS attribute,
	lead.name AS judged_with,
	COALESCE(s.rules, crm_internal.default_survivorship(lead.kind)) AS rules,
	s.rules IS NULL AS is_default
FROM crm_internal.attribute a
JOIN crm_internal.attribute lead ON lead.name = crm_internal.survivorship_lead(a.name)
LEFT JOIN crm_internal.survivorship s ON s.attribute = lead.name;
COMMENT ON VIEW crm.survivorship IS 'by which rules the value of each attribute survives; a tie after the last rule is broken by a hash of source and key';
COMMENT ON COLUMN crm.survivorship.attribute IS 'attribute';
COMMENT ON COLUMN crm.survivorship.judged_with IS 'attributes with the same entry come from one record: the parts of a name, the parts of an address';
COMMENT ON COLUMN crm.survivorship.rules IS 'trust, recency, completeness, frequency: the first that tells two values apart decides';
COMMENT ON COLUMN crm.survivorship.is_default IS 'whether nobody chose other rules with crm.set_survivorship';

CREATE FUNCTION crm_internal.golden_fingerprint()
RETURNS text
LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
	SELECT pg_catalog.md5(pg_catalog.concat_ws(';',
		(SELECT pg_catalog.string_agg(pg_catalog.concat_ws(',', a.name, a.kind, s.rules), ';' ORDER BY a.name)
			FROM crm_internal.attribute a LEFT JOIN crm_internal.survivorship s ON s.attribute = a.name),
		(SELECT pg_catalog.string_agg(pg_catalog.concat_ws(',', source_id, trust, NULLIF(attribute_trust, '{}')), ';' ORDER BY source_id)
			FROM crm_internal.source)));
END;
COMMENT ON FUNCTION crm_internal.golden_fingerprint() IS 'hash of everything besides the records that golden records depend on';
REVOKE ALL ON FUNCTION crm_internal.golden_fingerprint() FROM PUBLIC;

-- Runs as the owner: an administrator writes the rules, which nobody may write directly.
CREATE FUNCTION crm.refresh_golden_records(after_customer bigint DEFAULT NULL, batch integer DEFAULT 2000)
RETURNS bigint
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	basis text := crm_internal.golden_fingerprint();
	ids bigint[];
BEGIN
	IF after_customer IS NULL THEN
		IF EXISTS (SELECT FROM crm_internal.golden_basis b WHERE b.fingerprint = basis) THEN
			RETURN NULL;
		END IF;
		INSERT INTO crm_internal.golden_basis (fingerprint) VALUES ('until ' || basis)
		ON CONFLICT (only_row) DO UPDATE SET fingerprint = excluded.fingerprint;
	END IF;
	SELECT array_agg(due.customer_id) INTO ids FROM (
		(SELECT c.customer_id FROM crm_internal.customer c
			WHERE c.customer_id > COALESCE(after_customer, 0) ORDER BY c.customer_id LIMIT batch)
		UNION
		(SELECT DISTINCT r.customer_id FROM crm_internal.record r
			WHERE r.customer_id > COALESCE(after_customer, 0) ORDER BY r.customer_id LIMIT batch)
		ORDER BY 1 LIMIT batch) due;
	IF ids IS NULL THEN
		-- Rules that changed while it ran leave the golden records stale: the next run begins anew.
		UPDATE crm_internal.golden_basis SET fingerprint = basis WHERE fingerprint = 'until ' || basis;
		RETURN NULL;
	END IF;
	PERFORM crm_internal.refresh_customers(ids);
	RETURN ids[cardinality(ids)];
END
$$;
COMMENT ON FUNCTION crm.refresh_golden_records(bigint, integer) IS 'recomputes a batch of golden records after rules or trusts changed and returns the last customer id, to be given as after_customer to the next call; NULL: done, or nothing was stale. CALL crm.run_maintenance() does all of it';
REVOKE ALL ON FUNCTION crm.refresh_golden_records(bigint, integer) FROM PUBLIC;

CREATE FUNCTION crm_internal.refresh_few_golden_records()
RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	last bigint;
BEGIN
	IF (SELECT count(*) FROM (SELECT FROM crm_internal.customer LIMIT 10001) c) > 10000 THEN
		RAISE NOTICE 'golden records follow with the next CALL crm.run_maintenance()';
		RETURN;
	END IF;
	LOOP
		last := crm.refresh_golden_records(last);
		EXIT WHEN last IS NULL;
	END LOOP;
END
$$;
COMMENT ON FUNCTION crm_internal.refresh_few_golden_records() IS 'recomputes golden records after rules or trusts changed, unless there are more than 10,000';
REVOKE ALL ON FUNCTION crm_internal.refresh_few_golden_records() FROM PUBLIC;

-- Runs as the owner: an administrator writes the rules, which nobody may write directly.
CREATE FUNCTION crm.set_survivorship(attribute text, rules text[])
RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	lead text := crm_internal.survivorship_lead(attribute);
	known CONSTANT text[] := '{trust,recency,completeness,frequency}';
BEGIN
	PERFORM crm_internal.take_act('process.policy', subject => format('crm.set_survivorship(%s)', attribute));
	IF NOT EXISTS (SELECT FROM crm_internal.attribute a WHERE a.name = set_survivorship.attribute) THEN
		RAISE undefined_object USING
			MESSAGE = format('attribute "%s" does not exist', attribute),
			HINT = 'SELECT attribute FROM crm.survivorship lists the attributes.';
	END IF;
	IF cardinality(rules) = 0 OR NOT rules <@ known
		OR cardinality(rules) <> (SELECT count(DISTINCT rule) FROM unnest(rules) rule) THEN
		RAISE invalid_parameter_value USING
			MESSAGE = format('rules for attribute "%s" are not a priority list', attribute),
			DETAIL = format('Given: %s.', rules),
			HINT = 'Give each of trust, recency, completeness, frequency at most once, the most important first, or NULL for the default.';
	END IF;
	DELETE FROM crm_internal.survivorship s WHERE s.attribute = lead;
	IF rules IS NOT NULL THEN
		INSERT INTO crm_internal.survivorship (attribute, rules) VALUES (lead, rules);
	END IF;
	PERFORM crm_internal.refresh_few_golden_records();
END
$$;
COMMENT ON FUNCTION crm.set_survivorship(text, text[]) IS 'chooses by which rules the value of an attribute survives, the most important first, out of trust (of the source), recency (of the row), completeness (more parts, then longer) and frequency (rows that say it); NULL goes back to the default. The parts of a name share their rules, and so do the parts of an address. Up to 10,000 customers are recomputed at once, more by crm.run_maintenance(). An act under process.policy';
REVOKE ALL ON FUNCTION crm.set_survivorship(text, text[]) FROM PUBLIC;
