-- question: what somebody may, and who may.

CREATE FUNCTION crm.may(person text DEFAULT NULL, decision text DEFAULT NULL, amount numeric DEFAULT NULL, customer bigint DEFAULT NULL, scope jsonb DEFAULT NULL, as_of timestamptz DEFAULT NULL)
RETURNS boolean
LANGUAGE c VOLATILE PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'crm_may';
COMMENT ON FUNCTION crm.may(text, text, numeric, bigint, jsonb, timestamptz) IS
	'whether a person (NULL: the one who acts) may take a decision alone, by the mandates of now or of another time; amount NULL: unknown; scope: an object of dimensions and values';
REVOKE ALL ON FUNCTION crm.may(text, text, numeric, bigint, jsonb, timestamptz) FROM PUBLIC;
