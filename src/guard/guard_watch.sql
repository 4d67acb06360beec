-- guard_watch: sees to it that DDL does not take a table from under its guard. Only where the
-- installer is a superuser: nobody else may make event triggers, and crm works without.

CREATE FUNCTION crm_internal.guard_watch() RETURNS event_trigger
	LANGUAGE c VOLATILE PARALLEL UNSAFE
	AS 'MODULE_PATHNAME', 'crm_guard_watch';
COMMENT ON FUNCTION crm_internal.guard_watch() IS 'event trigger: refuses DDL that disarms a guard in enforce mode, unless the actor may decide system.change; a superuser is warned; gives new partitions and children their triggers';
REVOKE ALL ON FUNCTION crm_internal.guard_watch() FROM PUBLIC;

-- Puts the triggers of guards on a table and all below it. only_enable: none is made or removed.
CREATE FUNCTION crm_internal.arm_guards_of(relation oid, only_enable boolean)
RETURNS void
LANGUAGE plpgsql VOLATILE STRICT PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	statement text;
BEGIN
	FOR statement IN
		WITH RECURSIVE tree (id) AS (
			SELECT arm_guards_of.relation
			UNION
			SELECT i.inhrelid FROM tree JOIN pg_inherits i ON i.inhparent = tree.id)
		SELECT f.repair FROM crm_internal.guard_trigger_findings() f
		JOIN tree ON tree.id = f.relation
		WHERE NOT only_enable OR f.repair LIKE 'ALTER TABLE%ENABLE ALWAYS%'
		ORDER BY f.repair
	LOOP
		EXECUTE statement;
	END LOOP;
END
$$;
COMMENT ON FUNCTION crm_internal.arm_guards_of(oid, boolean) IS 'puts the triggers of guards on a table and its parts in order';
REVOKE ALL ON FUNCTION crm_internal.arm_guards_of(oid, boolean) FROM PUBLIC;

DO $$
DECLARE
	watched record;
BEGIN
	IF NOT pg_catalog.current_setting('is_superuser')::boolean THEN
		RETURN;
	END IF;
	-- By tag, so that all other DDL costs nothing, DROP EXTENSION crm even where its library is gone.
	FOR watched IN SELECT * FROM (VALUES
		('crm_guard_watch_start', 'ddl_command_start', 'WHEN TAG IN (''ALTER TABLE'', ''ALTER SCHEMA'')'),
		('crm_guard_watch_drop', 'sql_drop', 'WHEN TAG IN (''DROP TRIGGER'')'),
		('crm_guard_watch_end', 'ddl_command_end', 'WHEN TAG IN (''ALTER TABLE'', ''CREATE TABLE'', ''CREATE TABLE AS'', ''SELECT INTO'', ''CREATE SCHEMA'', ''CREATE RULE'', ''CREATE TRIGGER'')'),
		('crm_guard_watch_rewrite', 'table_rewrite', '')) w (name, event, tags)
	LOOP
		EXECUTE pg_catalog.format('CREATE EVENT TRIGGER %I ON %s %s EXECUTE FUNCTION crm_internal.guard_watch()', watched.name, watched.event, watched.tags);
		EXECUTE pg_catalog.format('ALTER EVENT TRIGGER %I DISABLE', watched.name);
		EXECUTE pg_catalog.format('COMMENT ON EVENT TRIGGER %I IS %L', watched.name, 'keeps the guards of crm on the departments'' tables');
	END LOOP;
END
$$;

-- They are on while there is a guard, so that they cost nobody else anything and a library that is gone
-- keeps no one from his DDL. By trigger, for after a restore they are off and the guards are there.
CREATE FUNCTION crm_internal.switch_guard_watch() RETURNS trigger
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	guarded boolean := EXISTS (SELECT FROM crm_internal.guard g WHERE g.dropped_at IS NULL);
	event_trigger name;
BEGIN
	IF EXISTS (SELECT FROM pg_event_trigger e WHERE e.evtname LIKE 'crm\_guard\_watch\_%' AND (e.evtenabled = 'A') <> guarded) THEN
		-- Of two who add the first guard one switches; the other then sees that it is done.
		PERFORM pg_advisory_xact_lock(hashtext('crm_internal.switch_guard_watch'), 0);
	END IF;
	FOR event_trigger IN
		SELECT e.evtname FROM pg_event_trigger e
		WHERE e.evtname LIKE 'crm\_guard\_watch\_%' AND (e.evtenabled = 'A') <> guarded
	LOOP
		EXECUTE format('ALTER EVENT TRIGGER %I %s', event_trigger, CASE WHEN guarded THEN 'ENABLE ALWAYS' ELSE 'DISABLE' END);
	END LOOP;
	RETURN NULL;
END
$$;
COMMENT ON FUNCTION crm_internal.switch_guard_watch() IS 'switches the event triggers of guards on with the first guard and off with the last';
REVOKE ALL ON FUNCTION crm_internal.switch_guard_watch() FROM PUBLIC;
CREATE TRIGGER crm_switch_guard_watch AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON crm_internal.guard
	FOR EACH STATEMENT EXECUTE FUNCTION crm_internal.switch_guard_watch();
ALTER TABLE crm_internal.guard ENABLE ALWAYS TRIGGER crm_switch_guard_watch;
