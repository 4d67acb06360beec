-- nearest: what somebody may have meant who misspelt a name.

CREATE FUNCTION crm_internal.did_you_mean(word text, among text[])
RETURNS text
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'crm_did_you_mean';
COMMENT ON FUNCTION crm_internal.did_you_mean(text, text[]) IS 'for the beginning of a hint: the names that are spelt nearly so, three at most, as a question with a space behind it; empty where none is';
REVOKE ALL ON FUNCTION crm_internal.did_you_mean(text, text[]) FROM PUBLIC;
