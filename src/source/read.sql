-- read: the rows of a source as crm sees them.

CREATE FUNCTION crm_internal.read_source(source_id integer, keys text[])
RETURNS TABLE (
	source_key text,
	kind text,
	region text,
	changed_at timestamptz,
	attributes jsonb,
	error text)
LANGUAGE c VOLATILE STRICT PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'crm_read_source_rows';
COMMENT ON FUNCTION crm_internal.read_source(integer, text[]) IS
	'reads the rows of these keys as their table''s owner: kind person, organization or NULL, attributes as attribute -> array of values; error for a row whose expressions fail. A key that is gone or filtered out gives no row; a source that cannot be read is an error (RM001).';
-- Shows departmental values to whoever executes it.
REVOKE ALL ON FUNCTION crm_internal.read_source(integer, text[]) FROM PUBLIC;

CREATE FUNCTION crm_internal.scan_source(source_id integer)
RETURNS TABLE (source_key text, hash bigint)
LANGUAGE c VOLATILE STRICT PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'crm_scan_source';
COMMENT ON FUNCTION crm_internal.scan_source(integer) IS
	'the key of every row of a source and a hash of what it says, to be compared with crm_internal.record.source_hash; 0 for a row that could not be read';
REVOKE ALL ON FUNCTION crm_internal.scan_source(integer) FROM PUBLIC;
