-- sequence: numbers for rows of crm, of which lastval() knows nothing.

-- The default of all numbered columns, in place of an identity: that uses nextval(). As the one who inserts.
CREATE FUNCTION crm_internal.take_number(sequence regclass)
RETURNS bigint
LANGUAGE c VOLATILE STRICT PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'crm_take_number';
COMMENT ON FUNCTION crm_internal.take_number(regclass) IS 'the next number of a sequence of crm, without lastval() taking notice';
REVOKE ALL ON FUNCTION crm_internal.take_number(regclass) FROM PUBLIC;
