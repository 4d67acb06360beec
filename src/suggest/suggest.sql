-- suggest: a first mapping of a departmental table.

CREATE FUNCTION crm.suggest_mapping(source text)
RETURNS TABLE (attribute text, "column" text, reason text, confidence real, statement text)
LANGUAGE c VOLATILE STRICT PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'crm_suggest_mapping';
COMMENT ON FUNCTION crm.suggest_mapping(text) IS
	'what the columns of a table or view seem to hold, by name (English, Dutch, German, French, Spanish), type and up to 1,000 values, which are read as the owner of the table, if the caller may read all of its columns: attribute, column or expression, reason, confidence 0 to 1, and on the first row the ready crm.add_source() call';
REVOKE ALL ON FUNCTION crm.suggest_mapping(text) FROM PUBLIC;
