-- bypass_table: what else of a guarded table lets writes past its guard, or may.

-- Rows of a part that were there before it became one. Only of parts that came after the guard's own
-- trigger; ages beyond a milliard transactions tell nothing any more.
CREATE FUNCTION crm_internal.guard_unseen_findings()
RETURNS TABLE (table_name text, guard_id integer, relation oid, finding text, severity text, repair text, runs boolean)
LANGUAGE plpgsql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	part record;
	older boolean;
BEGIN
	FOR part IN
		SELECT DISTINCT ON (r.guard_id, r.relation) r.guard_id, r.table_name, r.relation, age(i.xmin) AS joined
		FROM crm_internal.guarded_relations() r
		JOIN pg_inherits i ON i.inhrelid = r.relation
		JOIN pg_trigger t ON t.tgrelid = r.root AND t.tgname = 'crm_10_guard_' || r.guard_id
		JOIN pg_depend d ON d.classid = 'pg_trigger'::regclass AND d.objid = t.oid AND d.refobjid = r.root AND d.refobjsubid = 0
		WHERE r.relation <> r.root AND r.kind = 'r'
			AND age(i.xmin) BETWEEN 0 AND 1000000000 AND age(d.xmin) > age(i.xmin)
		ORDER BY r.guard_id, r.relation, age(i.xmin)
	LOOP
		EXECUTE format('SELECT EXISTS (SELECT FROM ONLY %s WHERE age(xmin) > $1)', part.relation::regclass)
			INTO older USING part.joined;
		CONTINUE WHEN NOT older;
		table_name := part.table_name;
		guard_id := part.guard_id;
		relation := part.relation;
		finding := format('%s was attached with rows that the guard has not seen', part.relation::regclass);
		severity := 'bypass';
		repair := format('SELECT * FROM ONLY %s WHERE age(xmin) > (SELECT age(i.xmin) FROM pg_inherits i WHERE i.inhrelid = %L::regclass) -- judge these rows: writing each again as one who may, or crm.drop_guard() and crm.add_guard(), accepts them', part.relation::regclass, part.relation::regclass);
		runs := false;
		RETURN NEXT;
	END LOOP;
END
$$;
COMMENT ON FUNCTION crm_internal.guard_unseen_findings() IS 'partitions and children that came with rows after the guard was made';
REVOKE ALL ON FUNCTION crm_internal.guard_unseen_findings() FROM PUBLIC;

CREATE FUNCTION crm_internal.guard_rule_findings()
RETURNS TABLE (table_name text, guard_id integer, relation oid, finding text, severity text, repair text, runs boolean)
LANGUAGE sql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
	SELECT r.table_name, r.guard_id, r.relation,
		pg_catalog.format('rule %I of %s puts something else in place of a write, which the guard does not see', w.rulename, r.relation::pg_catalog.regclass),
		'bypass',
		pg_catalog.format('DROP RULE %I ON %s', w.rulename, r.relation::pg_catalog.regclass),
		false
	FROM crm_internal.guarded_relations() r
	JOIN pg_catalog.pg_rewrite w ON w.ev_class = r.relation AND w.is_instead AND w.ev_type <> '1' AND w.ev_enabled <> 'D'
	UNION ALL
	SELECT r.table_name, r.guard_id, r.relation,
		pg_catalog.format('%s is a foreign table: what is written on the other server no trigger sees', r.relation::pg_catalog.regclass),
		'risk',
		'guard the table there, or take it out: ALTER TABLE … DETACH PARTITION (or NO INHERIT)',
		false
	FROM crm_internal.guarded_relations() r
	WHERE r.kind = 'f'
	UNION ALL
	-- An AFTER trigger sees a stored one; a virtual one it does not.
	SELECT r.table_name, r.guard_id, r.relation,
		pg_catalog.format('column %I is generated when it is read, and the guard''s expressions read it', a.attname),
		'risk',
		pg_catalog.format('give crm.add_guard() the expression of column %I itself', a.attname),
		false
	FROM crm_internal.guarded_relations() r
	JOIN crm_internal.guard g ON g.guard_id = r.guard_id
	JOIN pg_catalog.pg_attribute a ON a.attrelid = r.relation AND a.attgenerated = 'v'
	WHERE r.relation = r.root AND pg_catalog.strpos(pg_catalog.concat_ws(' ', g.amount, g.customer, g.condition, g.scope::text), a.attname) > 0
	UNION ALL
	-- The AFTER trigger judges the row as it is in the end, so this is no way around it.
	SELECT r.table_name, r.guard_id, r.relation,
		pg_catalog.format('trigger %I of %s fires after the row was put into its waiting state and may change it; what it makes of it is judged', t.tgname, r.relation::pg_catalog.regclass),
		'information',
		pg_catalog.format('ALTER TRIGGER %I ON %s RENAME TO %I', t.tgname, r.relation::pg_catalog.regclass, pg_catalog.concat('a_', t.tgname)),
		false
	FROM crm_internal.guarded_relations() r
	JOIN crm_internal.guard g ON g.guard_id = r.guard_id AND g.waiting IS NOT NULL
	JOIN pg_catalog.pg_trigger t ON t.tgrelid = r.relation AND t.tgtype & 3 = 3 AND t.tgtype & 20 <> 0 AND NOT t.tgisinternal
		AND t.tgparentid = 0 AND t.tgname::text COLLATE "C" > pg_catalog.concat('crm_zz_waiting_', g.guard_id) COLLATE "C"
		AND t.tgfoid IS DISTINCT FROM pg_catalog.to_regproc('crm_internal.guard_waiting');
END;
COMMENT ON FUNCTION crm_internal.guard_rule_findings() IS 'rules, foreign parts, virtual columns and later triggers of guarded tables';
REVOKE ALL ON FUNCTION crm_internal.guard_rule_findings() FROM PUBLIC;

-- A trigger acts with the rights, and under the mandates, of whoever writes.
CREATE FUNCTION crm_internal.guard_right_findings()
RETURNS TABLE (table_name text, guard_id integer, relation oid, finding text, severity text, repair text, runs boolean)
LANGUAGE sql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
	WITH watched AS (
		SELECT pg_catalog.count(*) = 4 AS well FROM pg_catalog.pg_event_trigger e
		WHERE e.evtname LIKE 'crm\_guard\_watch%' AND e.evtenabled = 'A'
	), application AS (
		SELECT r.oid, r.rolname, r.rolsuper
		FROM pg_catalog.pg_roles r
		WHERE r.rolname::text IN (SELECT w.role FROM crm_internal.gateway w)
			OR r.rolname::text IN (SELECT pg_catalog.unnest(d.roles) FROM crm_internal.department d)
	), top AS (
		SELECT r.*, c.relnamespace::pg_catalog.regnamespace AS schema, c.relowner, c.relacl, o.rolname AS owner, o.rolcanlogin, o.rolsuper
		FROM crm_internal.guarded_relations() r
		JOIN pg_catalog.pg_class c ON c.oid = r.relation
		JOIN pg_catalog.pg_roles o ON o.oid = c.relowner
	)
	SELECT t.table_name, t.guard_id, t.relation,
		pg_catalog.format('role %I may put triggers on %s, which run as whoever writes', coalesce(g.rolname::text, 'public'), t.relation::pg_catalog.regclass),
		'risk',
		pg_catalog.format('REVOKE TRIGGER ON %s FROM %s', t.relation::pg_catalog.regclass, coalesce(pg_catalog.quote_ident(g.rolname), 'PUBLIC')),
		false
	FROM top t
	CROSS JOIN LATERAL pg_catalog.aclexplode(t.relacl) a
	LEFT JOIN pg_catalog.pg_roles g ON g.oid = a.grantee
	WHERE a.privilege_type = 'TRIGGER' AND a.grantee <> t.relowner AND NOT coalesce(g.rolsuper, false)
	UNION ALL
	SELECT t.table_name, t.guard_id, t.relation,
		pg_catalog.format('trigger %I of %s runs function %s of role %I, which is not the owner of the table', g.tgname, t.relation::pg_catalog.regclass, p.oid::pg_catalog.regprocedure, f.rolname),
		'risk',
		pg_catalog.format('DROP TRIGGER %I ON %s', g.tgname, t.relation::pg_catalog.regclass),
		false
	FROM top t
	JOIN pg_catalog.pg_trigger g ON g.tgrelid = t.relation AND NOT g.tgisinternal AND g.tgparentid = 0
	JOIN pg_catalog.pg_proc p ON p.oid = g.tgfoid
	JOIN pg_catalog.pg_roles f ON f.oid = p.proowner
	WHERE p.proowner <> t.relowner AND NOT f.rolsuper
		AND p.pronamespace NOT IN ('crm'::pg_catalog.regnamespace, 'crm_internal'::pg_catalog.regnamespace)
	UNION ALL
	SELECT t.table_name, t.guard_id, t.relation,
		pg_catalog.format('the owner of %s, role %I, can log in and switch triggers off', t.relation::pg_catalog.regclass, t.owner),
		CASE WHEN w.well THEN 'information' ELSE 'risk' END,
		-- granted last: what an owner was granted goes with the table
		pg_catalog.format('CREATE ROLE crm_tables NOLOGIN; GRANT USAGE ON SCHEMA %s TO crm_tables; ALTER TABLE %s OWNER TO crm_tables; GRANT SELECT, INSERT, UPDATE, DELETE ON %s TO %I',
			t.schema, t.relation::pg_catalog.regclass, t.relation::pg_catalog.regclass, t.owner),
		false
	FROM top t, watched w
	WHERE t.rolcanlogin AND NOT t.rolsuper
	UNION ALL
	SELECT t.table_name, t.guard_id, t.relation,
		pg_catalog.format('application login %I is a member of %I, the owner of %s, and can switch triggers off', a.rolname, t.owner, t.relation::pg_catalog.regclass),
		CASE WHEN w.well THEN 'information' ELSE 'risk' END,
		pg_catalog.format('GRANT SELECT, INSERT, UPDATE, DELETE ON %s TO %I; REVOKE %I FROM %I', t.relation::pg_catalog.regclass, a.rolname, t.owner, a.rolname),
		false
	FROM top t, watched w, application a
	WHERE NOT a.rolsuper AND a.oid <> t.relowner AND NOT t.rolsuper AND pg_catalog.pg_has_role(a.oid, t.relowner, 'MEMBER')
	UNION ALL
	SELECT t.table_name, t.guard_id, t.relation,
		pg_catalog.format('subscription %I writes to %s: decisions taken elsewhere come as acts of role %I', s.subname, t.relation::pg_catalog.regclass, o.rolname),
		'information',
		pg_catalog.format('ALTER SUBSCRIPTION %I OWNER TO … -- a role that is a person with a mandate', s.subname),
		false
	FROM top t
	JOIN pg_catalog.pg_subscription_rel l ON l.srrelid = t.relation
	JOIN pg_catalog.pg_subscription s ON s.oid = l.srsubid
	JOIN pg_catalog.pg_roles o ON o.oid = s.subowner;
END;
COMMENT ON FUNCTION crm_internal.guard_right_findings() IS 'who besides its owner may do what with a guarded table, and whether its owner is an application';
REVOKE ALL ON FUNCTION crm_internal.guard_right_findings() FROM PUBLIC;

-- What concerns all guards at once: no table, no guard.
CREATE FUNCTION crm_internal.guard_database_findings()
RETURNS TABLE (finding text, severity text, repair text, runs boolean)
LANGUAGE sql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
	SELECT 'crm.guards_enabled is off: no guard looks at what is written', 'bypass',
		CASE (SELECT s.source FROM pg_catalog.pg_settings s WHERE s.name = 'crm.guards_enabled')
			WHEN 'session' THEN 'RESET crm.guards_enabled'
			WHEN 'database' THEN pg_catalog.format('ALTER DATABASE %I RESET crm.guards_enabled', pg_catalog.current_database())
			ELSE 'ALTER SYSTEM RESET crm.guards_enabled; SELECT pg_reload_conf()' END,
		false
	WHERE pg_catalog.current_setting('crm.guards_enabled', true) ~* '^(off?|f|fa|fal|fals|false|no?|0)$'
	UNION ALL
	SELECT pg_catalog.format('setting %s is kept for %s', c.setting,
			pg_catalog.concat_ws(' in ', 'role ' || r.rolname, 'database ' || b.datname)),
		'bypass',
		pg_catalog.format('%s RESET %s', CASE WHEN r.rolname IS NULL THEN pg_catalog.format('ALTER DATABASE %I', b.datname)
			ELSE pg_catalog.concat_ws(' ', pg_catalog.format('ALTER ROLE %I', r.rolname), 'IN DATABASE ' || pg_catalog.quote_ident(b.datname)) END,
			pg_catalog.split_part(c.setting, '=', 1)),
		false
	FROM pg_catalog.pg_db_role_setting s
	CROSS JOIN LATERAL pg_catalog.unnest(s.setconfig) c (setting)
	LEFT JOIN pg_catalog.pg_roles r ON r.oid = s.setrole
	LEFT JOIN pg_catalog.pg_database b ON b.oid = s.setdatabase
	WHERE (b.datname = pg_catalog.current_database() OR s.setdatabase = 0)
		AND (pg_catalog.lower(c.setting) IN ('session_replication_role=replica', 'event_triggers=off')
			OR c.setting ~* '^crm\.guards_enabled=(off?|f|fa|fal|fals|false|no?|0)$')
	UNION ALL
	SELECT pg_catalog.format('role %I may set %s, with which a session silences triggers that are not ENABLE ALWAYS', coalesce(r.rolname::text, 'public'), p.parname),
		'risk',
		pg_catalog.format('REVOKE %s ON PARAMETER %s FROM %s', a.privilege_type, p.parname, coalesce(pg_catalog.quote_ident(r.rolname), 'PUBLIC')),
		false
	FROM pg_catalog.pg_parameter_acl p
	CROSS JOIN LATERAL pg_catalog.aclexplode(p.paracl) a
	LEFT JOIN pg_catalog.pg_roles r ON r.oid = a.grantee
	WHERE p.parname IN ('session_replication_role', 'crm.guards_enabled') AND NOT coalesce(r.rolsuper, false)
	UNION ALL
	SELECT pg_catalog.format('application login %I is a superuser: nothing holds it', r.rolname), 'risk',
		pg_catalog.format('ALTER ROLE %I NOSUPERUSER', r.rolname), false
	FROM pg_catalog.pg_roles r
	WHERE r.rolsuper
		AND (r.rolname::text IN (SELECT w.role FROM crm_internal.gateway w)
			OR r.rolname::text IN (SELECT pg_catalog.unnest(d.roles) FROM crm_internal.department d))
	UNION ALL
	SELECT pg_catalog.format('event trigger %I does not fire in every session', e.evtname), 'risk',
		pg_catalog.format('ALTER EVENT TRIGGER %I ENABLE ALWAYS', e.evtname), true
	FROM pg_catalog.pg_event_trigger e
	WHERE e.evtname LIKE 'crm\_guard\_watch%' AND e.evtenabled <> 'A'
	UNION ALL
	SELECT pg_catalog.format(CASE p.proname
			WHEN 'refuse_change' THEN 'trigger %I of %s does not fire in every session: what is on record there can be changed'
			ELSE 'trigger %I of %s does not fire in every session: what is remembered of it may be old'
		END, t.tgname, t.tgrelid::pg_catalog.regclass),
		'bypass',
		pg_catalog.format('ALTER TABLE %s ENABLE ALWAYS TRIGGER %I', t.tgrelid::pg_catalog.regclass, t.tgname), true
	FROM pg_catalog.pg_trigger t
	JOIN pg_catalog.pg_class c ON c.oid = t.tgrelid
	JOIN pg_catalog.pg_proc p ON p.oid = t.tgfoid
	WHERE c.relnamespace = 'crm_internal'::pg_catalog.regnamespace
		AND p.pronamespace = 'crm_internal'::pg_catalog.regnamespace AND t.tgenabled <> 'A'
	UNION ALL
	SELECT pg_catalog.format('function %s is not the one that crm made', p.oid::pg_catalog.regprocedure), 'bypass',
		pg_catalog.format('CREATE OR REPLACE FUNCTION %s RETURNS trigger LANGUAGE c STRICT AS ''$libdir/crm'', %L', p.oid::pg_catalog.regprocedure, 'crm_' || p.proname), true
	FROM pg_catalog.pg_proc p
	JOIN pg_catalog.pg_language l ON l.oid = p.prolang
	WHERE p.oid IN (pg_catalog.to_regproc('crm_internal.guard_trigger'), pg_catalog.to_regproc('crm_internal.guard_waiting'))
		AND (l.lanname <> 'c' OR p.prosrc <> 'crm_' || p.proname OR p.probin <> '$libdir/crm');
END;
COMMENT ON FUNCTION crm_internal.guard_database_findings() IS 'settings, logins, triggers and functions on which all guards rest';
REVOKE ALL ON FUNCTION crm_internal.guard_database_findings() FROM PUBLIC;
