-- search: records that answer a search line.

CREATE TABLE crm_internal.phone_region
(
	region text PRIMARY KEY,
	first_seen timestamptz NOT NULL DEFAULT pg_catalog.now()
);
COMMENT ON TABLE crm_internal.phone_region IS 'regions by which national telephone numbers were read: a search tries them';
SELECT pg_catalog.pg_extension_config_dump('crm_internal.phone_region', '');

CREATE FUNCTION crm_internal.profile_sounds(profile bytea) RETURNS integer[]
LANGUAGE c
IMMUTABLE STRICT PARALLEL SAFE COST 20
AS 'MODULE_PATHNAME', 'crm_profile_sound_list';
COMMENT ON FUNCTION crm_internal.profile_sounds(bytea) IS
	'hashes of how the words of a record''s names sound: what a lone word is looked up by';
REVOKE ALL ON FUNCTION crm_internal.profile_sounds(bytea) FROM PUBLIC;

-- Without fastupdate: what waits in a list would be read by every search.
CREATE INDEX record_sounds_idx ON crm_internal.record USING gin
	(crm_internal.profile_sounds(profile)) WITH (fastupdate = off);

CREATE FUNCTION crm_internal.search_records(query text, max_results integer)
RETURNS TABLE (customer_id bigint, record_id bigint, weight double precision, reason text)
LANGUAGE c
STABLE STRICT PARALLEL UNSAFE ROWS 10 COST 1000
AS 'MODULE_PATHNAME', 'crm_search_records';
COMMENT ON FUNCTION crm_internal.search_records(text, integer) IS
	'the customers whose records fit a search line best, with the best record of each, its weight in bits and why';
REVOKE ALL ON FUNCTION crm_internal.search_records(text, integer) FROM PUBLIC;

CREATE FUNCTION crm_internal.search_records(attributes jsonb, max_results integer)
RETURNS TABLE (customer_id bigint, record_id bigint, weight double precision, reason text)
LANGUAGE c
STABLE STRICT PARALLEL UNSAFE ROWS 10 COST 1000
AS 'MODULE_PATHNAME', 'crm_search_attributes';
COMMENT ON FUNCTION crm_internal.search_records(jsonb, integer) IS
	'the same of attributes: name -> value, or array of values';
REVOKE ALL ON FUNCTION crm_internal.search_records(jsonb, integer) FROM PUBLIC;
