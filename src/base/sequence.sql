-- sequence: numbers for rows of crm, of which lastval() knows nothing.

-- The default of all numbered columns, in place of an identity: those use nextval(). It works as the owner of crm, so nobody gains a right.
CREATE FUNCTION crm_internal.take_number(sequence regclass)
RETURNS bigint
LANGUAGE c VOLATILE STRICT PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'crm_take_number';
COMMENT ON FUNCTION crm_internal.take_number(regclass) IS 'the next number of a sequence of crm; unlike nextval() it leaves lastval() as it was. All that takes numbers from these sequences comes through here: nextval() at the same time could give a number twice';
REVOKE ALL ON FUNCTION crm_internal.take_number(regclass) FROM PUBLIC;
