-- Every function of crm that decides asks for a mandate: refused without, journalled with.
-- The journal is written at the end of each transaction, so this is not one.
SET client_min_messages = warning;
DROP ROLE IF EXISTS acts_owner, acts_reader, acts_admin;

-- One call each, in an order in which they can succeed; decides: the decision that is asked for.
CREATE TEMPORARY TABLE deciding (number integer GENERATED ALWAYS AS IDENTITY, name text, decides text, call text);
INSERT INTO deciding (name, decides, call) VALUES
	('add_source', 'process.policy', $$SELECT crm.add_source('shop.client', department => 'shop', map => '{"name": "name"}')$$),
	('change_source', 'process.policy', $$SELECT crm.change_source('shop.client', trust => 0.7)$$),
	('set_source_mode', 'process.policy', $$SELECT crm.set_source_mode('shop.client', 'watch')$$),
	('repair_source', 'process.policy', $$SELECT crm.repair_source('shop.client', read_from => 'shop.client')$$),
	('add_detail', 'process.policy', $$SELECT crm.add_detail('shop.address', of => 'shop.client', key => '{client_id}', map => '{"city": "city"}')$$),
	('change_detail', 'process.policy', $$SELECT crm.change_detail('shop.address', of => 'shop.client', map => '{"city": "upper(city)"}')$$),
	('drop_detail', 'process.policy', $$SELECT crm.drop_detail('shop.address', of => 'shop.client')$$),
	('set_survivorship', 'process.policy', $$SELECT crm.set_survivorship('email', '{recency}')$$),
	('set_source_trust', 'process.policy', $$SELECT crm.set_source_trust('shop.client', 0.4)$$),
	('set_blocking_key', 'process.policy', $$SELECT crm.set_blocking_key('date', false)$$),
	('set_source_duplicates', 'process.policy', $$SELECT crm.set_source_duplicates('shop.person', false)$$),
	('set_review_zone', 'process.policy', $$SELECT crm.set_review_zone(-4, 4)$$),
	('confirm_match', 'customer.merge', $$SELECT crm.confirm_match('shop.person', '1', 'shop.person', '2')$$),
	('reject_match', 'customer.merge', $$SELECT crm.reject_match('shop.person', '1', 'shop.person', '2')$$),
	('confirm_match', 'customer.merge', $$SELECT crm.confirm_match(crm.customer_of('shop.person', '1'), crm.customer_of('shop.person', '2'))$$),
	('reject_match', 'customer.merge', $$SELECT crm.reject_match(crm.customer_of('shop.person', '1'), crm.customer_of('shop.person', '3'))$$),
	('merge', 'customer.merge', $$SELECT crm.merge(crm.customer_of('shop.person', '3'), crm.customer_of('shop.person', '4'))$$),
	('split', 'customer.merge', $$SELECT crm.split(crm.customer_of('shop.person', '3'), source => 'shop.person', keys => '{4}')$$),
	('undo', 'customer.merge', $$SELECT crm.undo(max(event_no)) FROM crm.customer_event WHERE kind = 'rejected'$$),
	('split', 'customer.merge', $$SELECT crm.split(crm.customer_of('shop.person', '3'), ARRAY(SELECT record_id FROM crm.customer_source WHERE source = 'shop.person' AND source_key = '4'))$$),
	('drop_source', 'process.policy', $$SELECT crm.drop_source('shop.client')$$),
	('add_preset', 'process.policy', $$SELECT crm.add_preset('own', '{"title": "Own", "detect": {"tables": {"client": ["id"]}}, "sources": [{"table": "client", "map": {"name": "name"}}]}')$$),
	('add_source', 'process.policy', $$SELECT crm.add_source('shop.client', department => 'shop', preset => 'own')$$),
	('refresh_preset', 'process.policy', $$SELECT count(*) FROM crm.refresh_preset('shop.client')$$),
	('use_model', 'process.policy', $$SELECT crm.use_model(0)$$),
	('train_model', 'process.policy', $$SELECT count(*) FROM crm.train_model()$$),
	('drop_preset', 'process.policy', $$SELECT crm.drop_preset('own')$$),
	('add_department', 'org.model', $$SELECT crm.add_department('care')$$),
	('grant_access', 'org.model', $$SELECT crm.grant_access('acts_reader', 'reader')$$),
	('revoke_access', 'org.model', $$SELECT crm.revoke_access('acts_reader')$$),
	('add_position', 'org.model', $$SELECT crm.add_position('clerk', department => 'shop')$$),
	('change_position', 'org.model', $$SELECT crm.change_position('clerk', vacancy => 'acting')$$),
	('appoint', 'org.model', $$SELECT crm.appoint('clerk', 'carol')$$),
	('end_appointment', 'org.model', $$SELECT crm.end_appointment('clerk', 'carol')$$),
	('close_position', 'org.model', $$SELECT crm.close_position('clerk')$$),
	('add_gateway', 'org.model', $$SELECT crm.add_gateway('acts_reader')$$),
	('drop_gateway', 'org.model', $$SELECT crm.drop_gateway('acts_reader')$$),
	('add_actor_column', 'org.model', $$SELECT crm.add_actor_column('shop.client', 'name')$$),
	('drop_actor_column', 'org.model', $$SELECT crm.drop_actor_column('shop.client')$$),
	('add_decision', 'org.model', $$SELECT crm.add_decision('window_dressing')$$),
	('change_decision', 'org.model', $$SELECT crm.change_decision('window_dressing', title => 'Windows')$$),
	('drop_decision', 'org.model', $$SELECT crm.drop_decision('window_dressing')$$),
	('grant_mandate', 'org.model', $$SELECT crm.grant_mandate('goodwill', 'shop_manager')$$),
	('add_guard', 'org.model', $$SELECT crm.add_guard('shop.client', decision => 'goodwill')$$),
	('change_guard', 'org.model', $$SELECT crm.change_guard((SELECT max(guard_id) FROM crm.guards), mode => 'observe')$$),
	('drop_guard', 'org.model', $$SELECT crm.drop_guard('shop.client', 'goodwill')$$),
	('add_guard', 'org.model', $$SELECT crm.add_guard('shop.client', decision => 'goodwill')$$),
	('drop_guard', 'org.model', $$SELECT crm.drop_guard((SELECT max(guard_id) FROM crm.guards))$$),
	('add_budget', 'investment', $$SELECT crm.add_budget('shop_window', 100)$$),
	('change_budget', 'investment', $$SELECT crm.change_budget('shop_window', 200)$$),
	('close_budget', 'investment', $$SELECT crm.close_budget('shop_window')$$),
	('rearm_guards', 'system.change', $$SELECT count(*) FROM crm.rearm_guards(dry_run => false)$$);

-- Others that write: they look, they keep up with what was decided, or they ask each for its own
-- decision, as tests of their rooms show.
CREATE TEMPORARY TABLE not_deciding (name) AS VALUES
	('resolve'), ('sync'), ('run_maintenance'), ('refresh_golden_records'), ('forget_old_jobs'), ('escalate_requests'), ('verify'),
	('preset_statements'), ('suggest_mapping'), ('profile_source'), ('act_as'), ('may'), ('limits'), ('why_not'),
	('who_may'), ('mandate_path'), ('simulate_operating_model'), ('preview_hand_over');
CREATE TEMPORARY TABLE elsewhere (name) AS VALUES
	('hand_over'), ('share'), ('share_jointly'), ('consult'), ('inform'), ('ban'), ('revoke'), ('compensate'),
	('request'), ('withdraw'), ('answer_consult'), ('acknowledge'), ('approve'), ('decline'), ('use_operating_model');

CREATE ROLE acts_owner;
CREATE ROLE acts_reader;
CREATE ROLE acts_admin;
CREATE SCHEMA shop AUTHORIZATION acts_owner;
SET ROLE acts_owner;
CREATE TABLE shop.client (id integer PRIMARY KEY, name text);
CREATE TABLE shop.address (id integer PRIMARY KEY, client_id integer, city text);
CREATE INDEX ON shop.address (client_id);
CREATE TABLE shop.person (id integer PRIMARY KEY, name text);
INSERT INTO shop.person VALUES (1, 'Ann Apple'), (2, 'Bob Brown'), (3, 'Cid Cole'), (4, 'Dan Dark');
RESET ROLE;
GRANT acts_owner TO acts_admin;
SELECT crm.add_department('shop') AS department \gset
SELECT crm.add_source('shop.person', department => 'shop', map => '{"name": "name"}') AS source \gset
CALL crm.resolve();
SELECT crm.grant_access('acts_admin', 'administrator') AS granted \gset
SELECT crm.add_position('board', department => 'shop') AS board \gset
SELECT crm.add_position('shop_manager', department => 'shop', reports_to => 'board') AS manager \gset
SELECT crm.appoint('board', 'bart') AS appointment \gset
SELECT crm.appoint('shop_manager', 'acts_admin') AS appointment \gset

-- enough records for a model
CREATE TABLE shop.crowd (id integer PRIMARY KEY, name text);
INSERT INTO shop.crowd SELECT n, 'Person ' || translate(n::text, '0123456789', 'abcdefghij') FROM generate_series(1, 500) n;
SELECT crm.add_source('shop.crowd', department => 'shop', map => '{"name": "name"}') AS crowd \gset
CALL crm.resolve();

SELECT plan((10 + 3 * count(*))::integer) FROM deciding;

SELECT is_empty($$SELECT p.proname FROM pg_proc p
	WHERE p.pronamespace = 'crm'::regnamespace AND p.provolatile = 'v' AND p.proname <> 'uninstall'
		AND NOT EXISTS (SELECT FROM deciding d WHERE d.name = p.proname)
		AND NOT EXISTS (SELECT FROM not_deciding n WHERE n.name = p.proname)
		AND NOT EXISTS (SELECT FROM elsewhere b WHERE b.name = p.proname)$$,
	'of every function that writes it is said whether it decides');
SELECT is_empty($$SELECT d.name FROM deciding d
	WHERE NOT EXISTS (SELECT FROM pg_proc p WHERE p.pronamespace = 'crm'::regnamespace AND p.proname = d.name
		AND strpos(obj_description(p.oid, 'pg_proc'), d.decides) > 0)$$,
	'the comment of each that decides names its decision');

-- while no charter has begun, all is allowed
SET SESSION AUTHORIZATION acts_admin;
SELECT lives_ok($$SELECT crm.set_survivorship('email', '{trust}')$$, 'before a board is named everything is allowed');
RESET SESSION AUTHORIZATION;
SELECT is((SELECT mandate_path FROM crm_internal.act WHERE subject = 'crm.set_survivorship(email)'), '{}', 'and journalled without a mandate');

SELECT crm.grant_mandate('process', 'board') AS mandate \gset

CREATE FUNCTION pg_temp.outcome(call text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	outcome text := 'allowed';
BEGIN
	SET SESSION AUTHORIZATION acts_admin;
	BEGIN
		EXECUTE call;
	EXCEPTION WHEN OTHERS THEN
		outcome := SQLSTATE || ' ' || SQLERRM;
	END;
	RESET SESSION AUTHORIZATION;
	RETURN outcome;
END
$$;

CREATE TEMPORARY TABLE seen (number integer, without text, with_mandate text, mandate integer, acts text);
CREATE PROCEDURE pg_temp.walk() LANGUAGE plpgsql AS $$
DECLARE
	d deciding;
	s seen;
	last bigint;
BEGIN
	FOR d IN SELECT * FROM deciding ORDER BY number LOOP
		s.number := d.number;
		s.without := pg_temp.outcome(d.call);
		s.mandate := crm.grant_mandate(d.decides, 'shop_manager');
		COMMIT;
		SELECT max(j.act_id) INTO last FROM crm.journal j;
		s.with_mandate := pg_temp.outcome(d.call);
		COMMIT;
		SELECT string_agg(format('%s by %s as %s under %s', j.decision, j.person, j.position, j.mandate_path), '; ')
		INTO s.acts FROM crm.journal j WHERE j.act_id > last;
		INSERT INTO seen SELECT s.*;
		PERFORM crm.revoke(s.mandate);
		COMMIT;
	END LOOP;
END
$$;
CALL pg_temp.walk();
SELECT t.line
FROM deciding d
LEFT JOIN seen s ON s.number = d.number
CROSS JOIN LATERAL unnest(ARRAY[
	is(regexp_replace(s.without, ' for [0-9]+ ', ' '), format('42501 decision "%s" is refused', d.decides), format('%s without a mandate', d.name)),
	is(s.with_mandate, 'allowed', format('%s with a mandate', d.name)),
	is(s.acts, format('%s by acts_admin as shop_manager under {%s}', d.decides, s.mandate), format('%s is one act, and in the journal', d.name))]) t (line)
ORDER BY d.number;

-- what only the owner may do
SELECT throws_ok('SELECT crm.uninstall(dry_run => false)', '42501', 'decision "system.change" is refused', 'uninstall without a mandate');
SELECT lives_ok('SELECT crm.uninstall()', 'its dry run needs none');
SELECT lives_ok('SELECT crm.rearm_guards()', 'nor does that of rearm_guards');

-- the owner's ways in: to change who decides, and to put guards back; the first walk tells that others need a mandate
SELECT lives_ok('SELECT count(*) FROM crm.rearm_guards(dry_run => false)', 'the owner puts guards back without a mandate');
SELECT is((SELECT known_by FROM crm.journal WHERE subject = 'crm.rearm_guards()' ORDER BY act_id DESC LIMIT 1), 'owner', 'and the journal says that it was the owner');
SELECT throws_ok($$SELECT crm_internal.take_act('system.change', subject => 'crm.uninstall()')$$, '42501', NULL, 'of system.change that only');
SELECT * FROM finish();
DROP OWNED BY acts_owner, acts_admin, acts_reader CASCADE;
DROP ROLE acts_owner, acts_admin, acts_reader;
