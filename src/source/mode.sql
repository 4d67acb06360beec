-- mode: when the changes of a source are resolved.

CREATE FUNCTION crm.set_source_mode(source text, mode text)
RETURNS text
LANGUAGE c VOLATILE STRICT PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'crm_set_source_mode';
COMMENT ON FUNCTION crm.set_source_mode(text, text) IS
	'sets when changes of a source and its details are resolved: watch (by crm.resolve(); the department''s transaction only notes keys) or inline (in the writing transaction itself, within crm.inline_limit and crm.inline_timeout). Takes no lock on the department''s table, counts from the next statement of every session on, and returns the source''s name. For inline the caller must be able to read the table and own it or hold TRIGGER on it; anybody who may call it may go back to watch. Errors: 22023 for another mode, 42809 for inline on a view or foreign table. An act under process.policy';
REVOKE ALL ON FUNCTION crm.set_source_mode(text, text) FROM PUBLIC;
