-- search: records that answer a search line.

CREATE TABLE crm_internal.phone_region
(
	region text PRIMARY KEY,
	first_seen timestamptz NOT NULL DEFAULT pg_catalog.now()
);
COMMENT ON TABLE crm_internal.phone_region IS 'regions by which national telephone numbers were read: a search tries them';
SELECT pg_catalog.pg_extension_config_dump('crm_internal.phone_region', '');

CREATE FUNCTION crm_internal.search_records(query text, max_results integer)
RETURNS TABLE (customer_id bigint, record_id bigint, weight double precision)
LANGUAGE c
STABLE STRICT PARALLEL UNSAFE ROWS 10 COST 1000
AS 'MODULE_PATHNAME', 'crm_search_records';
COMMENT ON FUNCTION crm_internal.search_records(text, integer) IS
	'the customers whose records fit a search line best, with the best record of each and its weight in bits';
REVOKE ALL ON FUNCTION crm_internal.search_records(text, integer) FROM PUBLIC;
