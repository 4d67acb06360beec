-- verify_guards: every way around a guard that the catalog can show, and what closes it.

CREATE FUNCTION crm_internal.guard_findings()
RETURNS TABLE (table_name text, guard_id integer, finding text, severity text, repair text, runs boolean)
LANGUAGE sql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
	SELECT f.table_name, f.guard_id, f.finding, f.severity, f.repair, f.runs
	FROM (
		SELECT * FROM crm_internal.guard_trigger_findings()
		UNION ALL SELECT * FROM crm_internal.guard_name_findings()
		UNION ALL SELECT * FROM crm_internal.guard_unseen_findings()
		UNION ALL SELECT * FROM crm_internal.guard_rule_findings()
		UNION ALL SELECT * FROM crm_internal.guard_right_findings()) f
	UNION ALL
	SELECT NULL, NULL, d.finding, d.severity, d.repair, d.runs
	FROM crm_internal.guard_database_findings() d
	WHERE EXISTS (SELECT FROM crm_internal.guard g WHERE g.dropped_at IS NULL);
END;
COMMENT ON FUNCTION crm_internal.guard_findings() IS 'what crm.verify_guards() tells; runs: crm.rearm_guards() runs the repair, else somebody must judge it';
REVOKE ALL ON FUNCTION crm_internal.guard_findings() FROM PUBLIC;

-- Runs as the owner: the registry is not readable otherwise. Tells names of objects and roles.
CREATE FUNCTION crm.verify_guards()
RETURNS TABLE (table_name text, guard_id integer, finding text, severity text, repair text)
LANGUAGE sql STABLE PARALLEL SAFE
SECURITY DEFINER SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
	SELECT f.table_name, f.guard_id, f.finding, f.severity, f.repair
	FROM crm_internal.guard_findings() f
	ORDER BY f.table_name NULLS FIRST, f.guard_id, pg_catalog.array_position('{bypass,risk,information}', f.severity), f.finding;
END;
COMMENT ON FUNCTION crm.verify_guards() IS 'every way around a guard that the catalog can show, per guarded table (NULL: all of them), with the statement that closes it. severity: bypass (a write can pass the guard, or did), risk (somebody could open one), information. No row: the guards hold. What a superuser writes into the catalog by hand, and what is done on a copy, it cannot show';
REVOKE ALL ON FUNCTION crm.verify_guards() FROM PUBLIC;

-- Runs as the owner: makes the triggers that crm.add_guard() had made, and no others.
CREATE FUNCTION crm.rearm_guards(dry_run boolean DEFAULT true)
RETURNS TABLE (statement text)
LANGUAGE plpgsql VOLATILE STRICT PARALLEL UNSAFE
SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	IF NOT dry_run THEN
		PERFORM crm_internal.take_act('system.change', subject => 'crm.rearm_guards()');
	END IF;
	FOR statement IN
		SELECT f.repair FROM crm_internal.guard_findings() f WHERE f.runs ORDER BY f.repair LIKE 'UPDATE%' DESC, f.repair
	LOOP
		IF NOT dry_run THEN
			EXECUTE statement;
		END IF;
		RETURN NEXT;
	END LOOP;
END
$$;
COMMENT ON FUNCTION crm.rearm_guards(boolean) IS 'lists the repairs of crm.verify_guards() that put the guards'' own triggers back, follow a renamed table or remove what a guard left behind, and with dry_run => false runs them; what takes a judgement (rules, rights, owners, rows that were attached) is left to you. With dry_run => false an act under system.change, or of the owner of crm (known_by owner) where nobody else''s mandate lets him';
REVOKE ALL ON FUNCTION crm.rearm_guards(boolean) FROM PUBLIC;
