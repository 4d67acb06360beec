-- trust: how far each source is trusted, as a whole and for an attribute.

CREATE FUNCTION crm_internal.set_trust(source_id integer, trust real, attribute text)
RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	lead text := crm_internal.survivorship_lead(attribute);
BEGIN
	IF attribute IS NOT NULL AND NOT EXISTS (SELECT FROM crm_internal.attribute a WHERE a.name = set_trust.attribute) THEN
		RAISE undefined_object USING
			MESSAGE = format('attribute "%s" does not exist', attribute),
			HINT = 'SELECT attribute FROM crm.survivorship lists the attributes.';
	END IF;
	IF (trust IS NULL AND attribute IS NULL) OR trust NOT BETWEEN 0 AND 1 THEN
		RAISE invalid_parameter_value USING
			MESSAGE = format('trust is %s', COALESCE(trust::text, 'NULL')),
			HINT = 'Give a number from 0 to 1; NULL only for an attribute, which then has the trust of its source again.';
	END IF;
	UPDATE crm_internal.source s
	SET trust = CASE WHEN lead IS NULL THEN set_trust.trust ELSE s.trust END,
		attribute_trust = CASE
			WHEN lead IS NULL THEN s.attribute_trust
			WHEN set_trust.trust IS NULL THEN s.attribute_trust - lead
			ELSE s.attribute_trust || jsonb_build_object(lead, set_trust.trust)
		END
	WHERE s.source_id = set_trust.source_id;
	PERFORM crm_internal.refresh_few_golden_records();
END
$$;
COMMENT ON FUNCTION crm_internal.set_trust(integer, real, text) IS 'the part of crm.set_source_trust that runs as the owner of the tables';
REVOKE ALL ON FUNCTION crm_internal.set_trust(integer, real, text) FROM PUBLIC;

-- Switches to the owner of crm's tables inside C, once the source has been found: who may execute it
-- gains the trust of sources.
CREATE FUNCTION crm.set_source_trust(source text, trust real, attribute text DEFAULT NULL)
RETURNS void
LANGUAGE c VOLATILE PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'crm_set_source_trust';
COMMENT ON FUNCTION crm.set_source_trust(text, real, text) IS 'how far a source is trusted when values compete, from 0 to 1: as a whole or, where an attribute is named, for that attribute, and NULL takes that back. The parts of a name share their trust, and so do the parts of an address, as they share their rules. Up to 10,000 customers are recomputed at once, more by crm.run_maintenance(). Errors: 42704 for an unknown source or attribute, 22023 for another number. An act under process.policy';
REVOKE ALL ON FUNCTION crm.set_source_trust(text, real, text) FROM PUBLIC;
