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
		(SELECT pg_catalog.string_agg(pg_catalog.concat_ws(',', source_id, trust), ';' ORDER BY source_id)
			FROM crm_internal.source)));
END;
COMMENT ON FUNCTION crm_internal.golden_fingerprint() IS 'hash of everything besides the records that golden records depend on';
REVOKE ALL ON FUNCTION crm_internal.golden_fingerprint() FROM PUBLIC;
