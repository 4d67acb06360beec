-- sync: finds what changed without a trigger seeing it.

CREATE PROCEDURE crm.sync(source text DEFAULT NULL)
LANGUAGE c
AS 'MODULE_PATHNAME', 'crm_sync';
COMMENT ON PROCEDURE crm.sync(text) IS
	'compares a source (all of them without an argument) with what crm knows of it, by key and hash, and queues what is missing, different or gone for crm.resolve(). The way in for views and foreign tables, and for what was written while crm.enabled was off.';
-- Reads as the tables' owners and writes crm_internal.pending: whoever executes it gains nothing more.
REVOKE ALL ON PROCEDURE crm.sync(text) FROM PUBLIC;
