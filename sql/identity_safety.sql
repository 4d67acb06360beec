-- crm works with rights that its callers lack: no operator, setting or table of theirs may change what it does.
\set VERBOSITY terse
SELECT crm.add_department('sales');
CREATE ROLE regress_crm_clerk;
CREATE SCHEMA trap;
CREATE TABLE public.account (id integer PRIMARY KEY, name text, mail text, born text);
GRANT ALL ON public.account TO regress_crm_clerk;
GRANT ALL ON SCHEMA trap TO regress_crm_clerk;
SELECT crm.add_source('account', 'sales', '{"name": "name", "email": "mail", "birth_date": "born"}', mode => 'inline');
CALL crm.resolve();

-- an operator of the clerk for every comparison that a careless statement would look up
SET ROLE regress_crm_clerk;
CREATE TABLE trap.loot (operator text, who name);
GRANT ALL ON trap.loot TO PUBLIC;
DO $$
DECLARE
	type text;
	other text;
	op text;
	n integer := 0;
BEGIN
	FOREACH type IN ARRAY '{bigint,integer,smallint,text,name,boolean,jsonb,real,timestamptz,date,oid,"\"char\""}'::text[] LOOP
		FOREACH other IN ARRAY '{bigint,integer,text,same}'::text[] LOOP
			CONTINUE WHEN other = type;
			FOREACH op IN ARRAY '{=,<>,<,>,<=,>=,~~}'::text[] LOOP
				n := n + 1;
				EXECUTE format('CREATE FUNCTION trap.f%s(%s, %s) RETURNS boolean LANGUAGE plpgsql AS $f$ BEGIN INSERT INTO trap.loot VALUES (%L, current_user); RETURN NULL; END $f$',
					n, type, CASE other WHEN 'same' THEN type ELSE other END, op || ' ' || type);
				EXECUTE format('CREATE OPERATOR trap.%s (FUNCTION = trap.f%s, LEFTARG = %s, RIGHTARG = %s)',
					op, n, type, CASE other WHEN 'same' THEN type ELSE other END);
			END LOOP;
		END LOOP;
	END LOOP;
END
$$;
CREATE TEMPORARY TABLE record (x integer);
CREATE TEMPORARY TABLE pending (x integer);
CREATE TEMPORARY TABLE edge (x integer);
CREATE TEMPORARY TABLE identity_clock (x integer);
SET search_path = trap, public, pg_catalog;
-- created, joined, merged, split, departed, all while the clerk writes
INSERT INTO public.account VALUES (1, 'Robert Zandbergen', 'robert@zandbergen.nl', '1970-04-05'), (2, 'Robert Zandbergen', 'robert@zandbergen.nl', '1970-04-05');
INSERT INTO public.account VALUES (3, 'Ingrid Kuipers', 'ingrid@kuipers.nl', '1982-11-30');
UPDATE public.account SET name = 'Robert Zandbergen', mail = 'robert@zandbergen.nl', born = '1970-04-05' WHERE id OPERATOR(pg_catalog.=) 3;
UPDATE public.account SET name = 'Ingrid Kuipers', mail = 'ingrid@kuipers.nl', born = '1982-11-30' WHERE id OPERATOR(pg_catalog.=) 3;
DELETE FROM public.account WHERE id OPERATOR(pg_catalog.=) 2;
RESET ROLE;
SELECT kind, count(*) FROM crm.customer_event GROUP BY 1 ORDER BY kind COLLATE pg_catalog."C";
-- and while an administrator with that path resolves, also a source that is broken
INSERT INTO public.account VALUES (4, 'Robert Zandbergen', 'robert@zandbergen.nl', '1970-04-05');
ALTER TABLE public.account RENAME mail TO email;
INSERT INTO public.account VALUES (5, 'Ingrid Kuipers', 'ingrid@kuipers.nl', '1982-11-30');
CALL crm.resolve();
ALTER TABLE public.account RENAME email TO mail;
CALL crm.sync();
CALL crm.resolve();
CALL crm.run_maintenance();
SELECT count(*) FROM crm.search('zandbergen robert');
SELECT count(*) FROM crm.verify();
SELECT count(*) FROM crm.pending;
SELECT DISTINCT operator, who FROM trap.loot;
RESET search_path;
SELECT source_records, name FROM crm.customer ORDER BY name;

-- settings of the session
SET enable_indexscan = off; SET enable_bitmapscan = off; SET enable_seqscan = off; SET enable_nestloop = off; SET enable_sort = off;
SET jit = on; SET jit_above_cost = 0; SET from_collapse_limit = 1; SET join_collapse_limit = 1; SET row_security = off;
SET DateStyle = 'SQL, DMY'; SET IntervalStyle = 'iso_8601'; SET bytea_output = 'escape'; SET extra_float_digits = -15; SET TimeZone = 'Asia/Kathmandu';
SET standard_conforming_strings = off; SET transform_null_equals = on; SET check_function_bodies = off; SET xmloption = document;
SET default_transaction_isolation = serializable; SET default_transaction_deferrable = on; SET session_replication_role = replica;
INSERT INTO public.account VALUES (6, 'Robert Zandbergen', 'robert@zandbergen.nl', '1970-04-05');
CALL crm.resolve();
SHOW default_transaction_isolation;
SHOW transaction_isolation;
SHOW enable_seqscan;
SHOW search_path;
SELECT count(*) FROM crm.pending;
UPDATE public.account SET name = 'Robert Zantbergen' WHERE id = 6;
CALL crm.resolve(1);
SELECT count(*) FROM crm.pending;
SELECT source_records, name FROM crm.customer ORDER BY name;
RESET ALL;
-- a session that may only read gets the server's own answer
SET default_transaction_read_only = on;
CALL crm.resolve();
RESET default_transaction_read_only;
SELECT * FROM crm.verify();

-- who has no right on crm writes his table as before, resolved on the spot, and sees nothing of crm
SET ROLE regress_crm_clerk;
INSERT INTO public.account VALUES (7, 'Ingrid Kuipers', 'ingrid@kuipers.nl', '1982-11-30');
SELECT * FROM crm.customer;
CALL crm.resolve();
SELECT crm_internal.search_records('a', 1);
RESET ROLE;
SELECT source_records FROM crm.customer WHERE name = 'Ingrid Kuipers';
SELECT crm.drop_source('account');
DROP SCHEMA trap CASCADE;
DROP TABLE public.account;
DROP OWNED BY regress_crm_clerk;
DROP ROLE regress_crm_clerk;
