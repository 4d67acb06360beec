-- access: who may read and do what, in five levels. Objects that a later room adds it lists here itself.

CREATE TABLE crm_internal.access_function
(
	level text NOT NULL CHECK (level IN ('member', 'analyst', 'reader', 'steward', 'administrator')),
	function_name text NOT NULL,
	PRIMARY KEY (level, function_name)
);
COMMENT ON TABLE crm_internal.access_function IS 'functions and procedures that crm.grant_access hands out, by name; filled by the install script, the same in every database';
SELECT pg_catalog.pg_extension_config_dump('crm_internal.access_function', 'WHERE false');

INSERT INTO crm_internal.access_function (level, function_name) VALUES
	('member', 'crm.act_as'),
	('member', 'crm.whoami'),
	('member', 'crm_internal.inbox'),
	('member', 'crm_internal.hats_at'),
	('member', 'crm_internal.act_reach'),
	('member', 'crm_internal.reads_whole_journal'),
	('administrator', 'crm_internal.whole_journal'),
	('administrator', 'crm.add_budget'),
	('administrator', 'crm.change_budget'),
	('administrator', 'crm.close_budget'),
	('member', 'crm.compensate'),
	('member', 'crm.may'),
	('member', 'crm.why_not'),
	('member', 'crm.who_may'),
	('member', 'crm.limits'),
	('member', 'crm.mandate_path'),
	('member', 'crm_internal.mandate_states'),
	('member', 'crm_internal.mandate_gaps'),
	('member', 'crm_internal.mandate_overlaps'),
	('member', 'crm.request'),
	('member', 'crm.withdraw'),
	('member', 'crm.answer_consult'),
	('member', 'crm.approve'),
	('member', 'crm.decline'),
	('member', 'crm.acknowledge'),
	('member', 'crm_internal.turn'),
	('member', 'crm_internal.myself'),
	('member', 'crm_internal.match_levels'),
	('member', 'crm_internal.match_odds'),
	('analyst', 'crm.current_customer'),
	('analyst', 'crm_internal.customer_lineage'),
	('analyst', 'crm_internal.blocking_kinds'),
	('analyst', 'crm.related'),
	('reader', 'crm.current_customer'),
	('reader', 'crm_internal.customer_lineage'),
	('reader', 'crm_internal.blocking_kinds'),
	('reader', 'crm.related'),
	('reader', 'crm.customer_of'),
	('reader', 'crm.search'),
	('analyst', 'crm.explain_match'),
	('reader', 'crm.explain_match'),
	('reader', 'crm.find_duplicates'),
	('analyst', 'crm.explain_customer'),
	('reader', 'crm.explain_customer'),
	('reader', 'crm.parse_phone'),
	('reader', 'crm.is_valid_phone'),
	('steward', 'crm.profile_source'),
	('steward', 'crm.confirm_match'),
	('steward', 'crm.reject_match'),
	('steward', 'crm.merge'),
	('steward', 'crm.split'),
	('steward', 'crm.undo'),
	('administrator', 'crm.set_review_zone'),
	('administrator', 'crm.set_source_duplicates'),
	('administrator', 'crm.use_operating_model'),
	('administrator', 'crm.simulate_operating_model'),
	('member', 'crm.preview_hand_over'),
	('administrator', 'crm.add_decision'),
	('administrator', 'crm.change_decision'),
	('administrator', 'crm.drop_decision'),
	('administrator', 'crm.grant_mandate'),
	('member', 'crm.hand_over'),
	('member', 'crm.share'),
	('member', 'crm.share_jointly'),
	('member', 'crm.consult'),
	('member', 'crm.inform'),
	('member', 'crm.ban'),
	('member', 'crm.revoke'),
	('administrator', 'crm.add_department'),
	('administrator', 'crm.add_position'),
	('administrator', 'crm.change_position'),
	('administrator', 'crm.close_position'),
	('administrator', 'crm.appoint'),
	('administrator', 'crm.end_appointment'),
	('administrator', 'crm.add_gateway'),
	('administrator', 'crm.drop_gateway'),
	('administrator', 'crm.add_actor_column'),
	('administrator', 'crm.drop_actor_column'),
	('administrator', 'crm.suggest_mapping'),
	('administrator', 'crm.add_source'),
	('administrator', 'crm.preset_statements'),
	('administrator', 'crm.add_preset'),
	('administrator', 'crm.drop_preset'),
	('administrator', 'crm.detect_preset'),
	('administrator', 'crm.refresh_preset'),
	('administrator', 'crm.change_source'),
	('administrator', 'crm.drop_source'),
	('administrator', 'crm.repair_source'),
	('administrator', 'crm.add_detail'),
	('administrator', 'crm.change_detail'),
	('administrator', 'crm.drop_detail'),
	('administrator', 'crm.set_source_mode'),
	('administrator', 'crm.resolve'),
	('administrator', 'crm.sync'),
	('steward', 'crm.trial_model'),
	('administrator', 'crm.train_model'),
	('administrator', 'crm.use_model'),
	('administrator', 'crm.evaluate'),
	('administrator', 'crm.set_blocking_key'),
	('administrator', 'crm.blocking_report'),
	('administrator', 'crm.expected_errors'),
	('administrator', 'crm.set_survivorship'),
	('administrator', 'crm.set_source_trust'),
	('administrator', 'crm.refresh_golden_records'),
	('reader', 'crm_internal.guard_states'),
	('administrator', 'crm.add_guard'),
	('administrator', 'crm.change_guard'),
	('administrator', 'crm.drop_guard'),
	('administrator', 'crm.grant_access'),
	('administrator', 'crm.revoke_access'),
	('administrator', 'crm.verify'),
	('administrator', 'crm.verify_guards'),
	('administrator', 'crm.rearm_guards'),
	('administrator', 'crm.forget_old_jobs'),
	('administrator', 'crm.run_maintenance'),
	('administrator', 'crm.escalate_requests');

-- Of these views an analyst sees some columns; of a view that is not here nothing. No name, e-mail
-- address, phone number, street, exact place, birth date, number or key of a person.
CREATE TABLE crm_internal.access_column
(
	view_name text PRIMARY KEY,
	columns text[],
	level text NOT NULL DEFAULT 'analyst' CHECK (level IN ('member', 'analyst'))
);
COMMENT ON TABLE crm_internal.access_column IS 'what an analyst may read, or (level member) he and who only acts under mandates; columns NULL: all; filled by the install script, the same in every database';
SELECT pg_catalog.pg_extension_config_dump('crm_internal.access_column', 'WHERE false');

INSERT INTO crm_internal.access_column (view_name, columns) VALUES
	('customer', '{customer_id,kind,postal_code,city,region,country,gender,language,source_records,created_at,updated_at}'),
	('customer_source', '{customer_id,department,source,record_id,changed_at}'),
	('customer_lineage', '{customer_id,attribute,wins,source,rule,changed_at,record_id}'),
	('customer_history', '{customer_id,attribute,valid_from,valid_to,source}'),
	('customer_event', '{event_no,at,kind,customer_id,other_customer_id,cause,actor,act_no}'),
	('relation', '{customer_id,related_customer_id,relation,since,until,source,changed_at}'),
	('survivorship', NULL),
	('blocking_keys', NULL),
	('capped_keys', '{kind,records,source,since}'),
	('departments', NULL),
	('source_status', NULL),
	('source_detail', '{source,detail,hangs_on,number,kind,key,attributes,needs_attention,repair}'),
	('presets', NULL),
	('preset_report', NULL),
	('progress', NULL),
	('match_model', NULL),
	('match_models', NULL),
	('decision_latency', NULL);

-- What waits for the one who asks, and nothing else, is for everyone who acts.
INSERT INTO crm_internal.access_column (view_name, columns, level) VALUES
	('budgets', NULL, 'member'),
	('decisions', NULL, 'member'),
	('inbox', NULL, 'member'),
	('journal', NULL, 'member'),
	('ledger', NULL, 'member'),
	('mandate_gaps', NULL, 'member'),
	('mandate_overlaps', NULL, 'member'),
	('mandates', NULL, 'member'),
	('positions', NULL, 'member'),
	('requests', NULL, 'member');

CREATE FUNCTION crm_internal.access_statements(role text, level text)
RETURNS SETOF text
LANGUAGE sql STABLE STRICT PARALLEL SAFE
BEGIN ATOMIC
	SELECT pg_catalog.format('GRANT USAGE ON SCHEMA crm TO %I', role)
	UNION ALL
	SELECT CASE
		WHEN access_statements.level NOT IN ('member', 'analyst') THEN pg_catalog.format('GRANT SELECT ON crm.%I TO %I', v.relname, role)
		WHEN a.columns IS NULL THEN pg_catalog.format('GRANT SELECT ON crm.%I TO %I', a.view_name, role)
		ELSE pg_catalog.format('GRANT SELECT (%s) ON crm.%I TO %I',
			(SELECT pg_catalog.string_agg(pg_catalog.quote_ident(c), ', ') FROM pg_catalog.unnest(a.columns) c),
			a.view_name, role)
	END
	FROM pg_catalog.pg_class v
	JOIN pg_catalog.pg_namespace n ON n.oid = v.relnamespace
	LEFT JOIN crm_internal.access_column a ON a.view_name = v.relname
	WHERE n.nspname = 'crm' AND v.relkind IN ('v', 'm')
		AND (access_statements.level NOT IN ('member', 'analyst') OR a.level = access_statements.level OR a.level = 'member')
	UNION ALL
	-- Their policies show a member what is his; the views over them read as the one who asks.
	SELECT pg_catalog.format('GRANT SELECT ON crm_internal.%I TO %I', t.name, role)
	FROM pg_catalog.unnest('{act,ledger,budget}'::text[]) t(name)
	UNION ALL
	SELECT DISTINCT pg_catalog.format('GRANT EXECUTE ON ROUTINE %s TO %I', p.oid::pg_catalog.regprocedure, role)
	FROM pg_catalog.pg_proc p
	JOIN pg_catalog.pg_namespace n ON n.oid = p.pronamespace
	JOIN crm_internal.access_function f ON f.function_name = pg_catalog.concat(n.nspname, '.', p.proname)
	WHERE f.level = access_statements.level
		OR f.level = 'member'
		OR (f.level = 'reader' AND access_statements.level IN ('steward', 'administrator'))
		OR (f.level = 'steward' AND access_statements.level = 'administrator');
END;
COMMENT ON FUNCTION crm_internal.access_statements(text, text) IS 'the GRANT statements of a level, over what there is now';
REVOKE ALL ON FUNCTION crm_internal.access_statements(text, text) FROM PUBLIC;

CREATE FUNCTION crm_internal.take_back(role text)
RETURNS void
LANGUAGE plpgsql VOLATILE STRICT PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	IF NOT EXISTS (SELECT FROM pg_roles r WHERE r.rolname = role) THEN
		RAISE undefined_object USING
			MESSAGE = format('role "%s" does not exist', role),
			HINT = 'crm creates no roles: CREATE ROLE first.';
	END IF;
	EXECUTE format('REVOKE ALL ON ALL TABLES IN SCHEMA crm, crm_internal FROM %I', role);
	EXECUTE format('REVOKE ALL ON ALL ROUTINES IN SCHEMA crm, crm_internal FROM %I', role);
	EXECUTE format('REVOKE ALL ON SCHEMA crm FROM %I', role);
END
$$;
COMMENT ON FUNCTION crm_internal.take_back(text) IS 'revokes from a role all rights on crm';
REVOKE ALL ON FUNCTION crm_internal.take_back(text) FROM PUBLIC;

-- Runs as the owner: one who may call it hands out rights that the owner has.
CREATE FUNCTION crm.revoke_access(role text)
RETURNS void
LANGUAGE plpgsql VOLATILE STRICT PARALLEL UNSAFE
SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	PERFORM crm_internal.take_act('org.model', subject => format('crm.revoke_access(%s)', role));
	PERFORM crm_internal.take_back(role);
END
$$;
COMMENT ON FUNCTION crm.revoke_access(text) IS 'takes back all that crm.grant_access gave to a role. An act under org.model';
REVOKE ALL ON FUNCTION crm.revoke_access(text) FROM PUBLIC;

-- Runs as the owner: one who may call it hands out rights that the owner has.
CREATE FUNCTION crm.grant_access(role text, level text)
RETURNS void
LANGUAGE plpgsql VOLATILE STRICT PARALLEL UNSAFE
SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	statement text;
BEGIN
	PERFORM crm_internal.take_act('org.model', subject => format('crm.grant_access(%s)', role));
	IF level NOT IN ('member', 'analyst', 'reader', 'steward', 'administrator') THEN
		RAISE invalid_parameter_value USING
			MESSAGE = format('access level "%s" does not exist', level),
			HINT = 'Levels are member, analyst, reader, steward and administrator.';
	END IF;
	PERFORM crm_internal.take_back(role);
	FOR statement IN SELECT s FROM crm_internal.access_statements(role, level) s LOOP
		EXECUTE statement;
	END LOOP;
END
$$;
COMMENT ON FUNCTION crm.grant_access(text, text) IS 'sets what a role may do with crm: member (acts under mandates: says for whom, asks, requests, answers; in every other level too), analyst (customers without name, e-mail, phone, street or birth date), reader (all views, search), steward (reader, and decides who is who), administrator (steward, and registers sources, sets rules, runs maintenance). Sources and views added later: call it again. An act under org.model';
REVOKE ALL ON FUNCTION crm.grant_access(text, text) FROM PUBLIC;
