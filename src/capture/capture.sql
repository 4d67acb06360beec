-- capture: the trigger that notes which departmental rows changed.

CREATE FUNCTION crm_internal.capture() RETURNS trigger
	LANGUAGE c VOLATILE PARALLEL UNSAFE
	AS 'MODULE_PATHNAME', 'crm_capture';
COMMENT ON FUNCTION crm_internal.capture() IS 'trigger of departmental tables, argument source_id: notes keys of changed rows in crm_internal.pending; never fails a write';
-- Left to PUBLIC: whoever makes or attaches a partition has the trigger cloned with his own rights, and
-- would be refused. To name it in a CREATE TRIGGER takes USAGE on the schema, which nobody has.

CREATE FUNCTION crm_internal.registry_changed() RETURNS trigger
	LANGUAGE c VOLATILE PARALLEL UNSAFE
	AS 'MODULE_PATHNAME', 'crm_registry_changed';
COMMENT ON FUNCTION crm_internal.registry_changed() IS 'tells every session that what it remembers of crm_internal.source is no longer valid';
REVOKE ALL ON FUNCTION crm_internal.registry_changed() FROM PUBLIC;

-- Not for resolved_at, attention and repair: these change often and capture does not read them.
CREATE TRIGGER crm_50_registry
	AFTER INSERT OR DELETE OR TRUNCATE OR UPDATE OF source_id, key_columns, parent_columns, columns, mode ON crm_internal.source
	FOR EACH STATEMENT EXECUTE FUNCTION crm_internal.registry_changed();
ALTER TABLE crm_internal.source ENABLE ALWAYS TRIGGER crm_50_registry;
