-- The actor: a gateway says for whom it acts, nobody else does, and it ends with the transaction.
\set SHOW_CONTEXT never
SELECT crm.add_department(name) FROM unnest('{sales,service}'::text[]) name;
SELECT crm.add_position('sales_manager', department => 'sales');
SELECT crm.add_position('agent', department => 'service', reports_to => 'sales_manager', vacancy => 'acting');
SELECT crm.appoint('sales_manager', 'sam') + crm.appoint('agent', 'ann') > 0 AS done;
CREATE ROLE regress_crm_app LOGIN;
CREATE ROLE regress_crm_other LOGIN;
SELECT crm.grant_access('regress_crm_app', 'member'), crm.grant_access('regress_crm_other', 'member');
GRANT regress_crm_app TO regress_crm_other;

-- a login that is no gateway, even one that may become it
SET SESSION AUTHORIZATION regress_crm_app;
BEGIN; SELECT crm.act_as('ann'); ROLLBACK;
RESET SESSION AUTHORIZATION;
SELECT crm.add_gateway('regress_crm_app');
SELECT * FROM crm.gateways;
SET SESSION AUTHORIZATION regress_crm_other;
SET ROLE regress_crm_app;
BEGIN; SELECT crm.act_as('ann'); ROLLBACK;
RESET ROLE;
RESET SESSION AUTHORIZATION;

-- a gateway: for the transaction, savepoints included
SET SESSION AUTHORIZATION regress_crm_app;
SELECT * FROM crm.whoami();
BEGIN;
SELECT crm.act_as('ann');
SELECT * FROM crm.whoami();
SAVEPOINT one;
SELECT crm.act_as('sam');
SELECT person FROM crm.whoami();
ROLLBACK TO one;
SELECT person FROM crm.whoami();
SAVEPOINT two;
SELECT crm.act_as('sam');
RELEASE two;
SELECT person FROM crm.whoami();
SELECT crm.act_as(NULL);
SELECT person, known_by FROM crm.whoami();
SELECT crm.act_as('ann');
COMMIT;
SELECT person, known_by FROM crm.whoami();

-- what is prepared asks anew each time
PREPARE who AS SELECT person FROM crm.whoami();
EXECUTE who;
BEGIN;
SELECT crm.act_as('ann');
EXECUTE who;
DO $$
DECLARE
	one text;
BEGIN
	FOREACH one IN ARRAY '{sam,ann,sam}'::text[] LOOP
		PERFORM crm.act_as(one);
		RAISE NOTICE '% is %', one, (SELECT person FROM crm.whoami());
	END LOOP;
END $$;
EXECUTE who;
COMMIT;
EXECUTE who;

-- an error ends it with the transaction
BEGIN;
SELECT crm.act_as('ann');
SELECT 1 / 0;
COMMIT;
SELECT person FROM crm.whoami();

-- alone and outside of a transaction block it would be gone before anything could be done
SELECT crm.act_as('ann');
SELECT person FROM crm.whoami();
-- but not where something comes with it
SELECT crm.act_as('ann')\; SELECT person FROM crm.whoami();
DO $$ BEGIN PERFORM crm.act_as('ann'); RAISE NOTICE '%', (SELECT person FROM crm.whoami()); END $$;
PREPARE speak AS SELECT crm.act_as($1);
EXECUTE speak('ann');
BEGIN; EXECUTE speak('ann'); SELECT person FROM crm.whoami(); COMMIT;
SELECT person FROM crm.whoami();

-- for whom: only who is appointed
BEGIN; SELECT crm.act_as('stranger'); ROLLBACK;
BEGIN; SELECT crm.act_as(''); ROLLBACK;
-- for a session only where that is allowed
SELECT crm.act_as('ann', for_session => true);

-- the setting itself is nobody's
SET crm.actor = 'sam';
SET LOCAL crm.actor = 'sam';
SELECT set_config('crm.actor', 'sam', false);
SELECT set_config('crm.actor', 'sam', true);
UPDATE pg_settings SET setting = 'sam' WHERE name = 'crm.actor';
ALTER ROLE regress_crm_app SET crm.actor = 'sam';
BEGIN;
SELECT crm.act_as('ann');
SET crm.actor = 'sam';
ROLLBACK;
BEGIN;
SELECT crm.act_as('ann');
CREATE FUNCTION pg_temp.impostor() RETURNS text LANGUAGE sql SET crm.actor = 'sam' AS 'SELECT person FROM crm.whoami()';
ROLLBACK;
BEGIN;
SELECT crm.act_as('ann');
DO $$ BEGIN SET LOCAL crm.actor = 'sam'; EXCEPTION WHEN insufficient_privilege THEN RAISE NOTICE '%', SQLERRM; END $$;
SELECT person FROM crm.whoami();
RESET crm.actor;
SELECT person FROM crm.whoami();
COMMIT;
RESET SESSION AUTHORIZATION;
SET crm.actor = 'sam';
ALTER ROLE regress_crm_app SET crm.actor = 'sam';
ALTER SYSTEM SET crm.actor = 'sam';

-- only for persons of its departments
SELECT crm.add_gateway('regress_crm_app', departments => '{service}', session_allowed => true);
SELECT * FROM crm.gateways;
SET SESSION AUTHORIZATION regress_crm_app;
BEGIN; SELECT crm.act_as('sam'); ROLLBACK;
BEGIN; SELECT crm.act_as('ann'); SELECT person FROM crm.whoami(); COMMIT;

-- for the session, until it is ended or reset; a rollback brings back what it was
SELECT crm.act_as('ann', for_session => true);
SELECT person, known_by FROM crm.whoami();
BEGIN; SELECT crm.act_as(NULL); SELECT person FROM crm.whoami(); ROLLBACK;
SELECT person FROM crm.whoami();
SELECT crm.act_as(NULL);
SELECT person FROM crm.whoami();
SELECT crm.act_as('ann', for_session => true);
RESET ALL;
SELECT person, known_by FROM crm.whoami();
BEGIN; SELECT crm.act_as('ann', for_session => true); ROLLBACK;
SELECT person FROM crm.whoami();

-- and whoever is not the gateway any more is himself
SELECT crm.act_as('ann', for_session => true);
SET SESSION AUTHORIZATION regress_crm_other;
SELECT person, known_by FROM crm.whoami();
SET SESSION AUTHORIZATION regress_crm_app;
SELECT person, known_by FROM crm.whoami();
SELECT crm.act_as(NULL);

-- a parallel worker knows it too
BEGIN;
SELECT crm.act_as('ann');
-- of 15, and of 16 and later
SELECT count(set_config(name, 'on', true)) FROM pg_settings WHERE name IN ('force_parallel_mode', 'debug_parallel_query');
SELECT DISTINCT crm.whoami() FROM generate_series(1, 3);
EXPLAIN (COSTS OFF) SELECT DISTINCT crm.whoami() FROM generate_series(1, 3);
COMMIT;

-- somebody else's rights do not make a gateway, and a definer's do not unmake one
RESET SESSION AUTHORIZATION;
CREATE FUNCTION public.speak_for(person text) RETURNS void LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS 'SELECT crm.act_as(person)';
ALTER FUNCTION public.speak_for OWNER TO regress_crm_app;
SET SESSION AUTHORIZATION regress_crm_other;
BEGIN; SELECT public.speak_for('ann'); ROLLBACK;
SET SESSION AUTHORIZATION regress_crm_app;
BEGIN; SELECT public.speak_for('ann'); SELECT person FROM crm.whoami(); COMMIT;
RESET SESSION AUTHORIZATION;
SELECT crm.revoke_access('regress_crm_app');
GRANT USAGE ON SCHEMA crm TO regress_crm_app;
SET SESSION AUTHORIZATION regress_crm_app;
BEGIN; SELECT crm.act_as('ann'); ROLLBACK;
RESET SESSION AUTHORIZATION;
SELECT crm.grant_access('regress_crm_app', 'member');

-- what an index, a materialized view or ANALYZE runs as a table's owner names nobody
SELECT crm.add_gateway(session_user, session_allowed => true);
CREATE FUNCTION public.sly(integer) RETURNS integer LANGUAGE plpgsql IMMUTABLE
AS $$ BEGIN PERFORM crm.act_as('sam'); RETURN $1; END $$;
CREATE TABLE trap (n integer);
INSERT INTO trap VALUES (1);
CREATE INDEX ON trap (sly(n));
SELECT person = session_user AS himself FROM crm.whoami();
DROP TABLE trap;
SELECT crm.drop_gateway(session_user);

-- a gateway that was dropped is not believed any more, in its own transaction neither
CREATE FUNCTION public.drop_it(role text) RETURNS void LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS 'SELECT crm.drop_gateway(role)';
SET SESSION AUTHORIZATION regress_crm_app;
BEGIN;
SELECT crm.act_as('ann');
SAVEPOINT before_it;
SELECT public.drop_it('regress_crm_app');
SELECT person, known_by FROM crm.whoami();
ROLLBACK TO before_it;
SELECT person, known_by FROM crm.whoami();
ROLLBACK;
RESET SESSION AUTHORIZATION;
-- and a person who was dismissed stays the actor, without a position
BEGIN;
SET LOCAL SESSION AUTHORIZATION regress_crm_app;
SELECT crm.act_as('ann');
RESET SESSION AUTHORIZATION;
SELECT crm.end_appointment('agent', 'ann');
SET LOCAL SESSION AUTHORIZATION regress_crm_app;
SELECT * FROM crm.whoami();
ROLLBACK;
SELECT crm.drop_gateway('regress_crm_app');
SELECT crm.drop_gateway('regress_crm_app');
SELECT crm.add_gateway('');
SELECT crm.add_gateway('regress_crm_nobody');
SELECT crm.add_gateway('regress_crm_app', departments => '{service,nowhere}');

-- columns that are trusted to name the actor
CREATE TABLE "Voucher" (id integer, "entered by" text);
SELECT crm.add_actor_column('public."Voucher"', 'entered by');
SELECT * FROM crm.actor_columns;
SELECT crm.add_actor_column('public."Voucher"', 'id');
SELECT * FROM crm.actor_columns;
SELECT crm.add_actor_column('public."Voucher"', 'nobody');
SELECT crm.add_actor_column('nowhere', 'id');
SELECT crm.add_actor_column('crm.gateways', 'role');
SELECT count(*) FROM crm.verify();
DROP TABLE "Voucher";
SELECT * FROM crm.verify();
SELECT crm.drop_actor_column('public."Voucher"');
SELECT crm.drop_actor_column('public."Voucher"');

DROP FUNCTION public.sly, public.speak_for, public.drop_it;
DROP OWNED BY regress_crm_app, regress_crm_other;
DROP ROLE regress_crm_app, regress_crm_other;
