-- What cannot be asked for: an amount that is none, a customer that does not exist.
\set SHOW_CONTEXT never
SELECT crm.add_department('service'), crm.add_position('manager', 'service'), crm.add_position('agent', 'service', reports_to => 'manager');
CREATE TABLE account (id integer PRIMARY KEY, name text, mail text);
INSERT INTO account VALUES (1, 'Ann Bakker', 'ann@example.org'), (2, 'Dirk Maas', 'dirk@example.org');
SELECT crm.add_source('public.account', 'service', '{"name": "name", "email": "mail"}');
SELECT crm.appoint('manager', 'mia') + crm.appoint('agent', 'bob') > 0 AS appointed, crm.grant_mandate('goodwill', 'manager') IS NOT NULL AS given;
SELECT crm.add_gateway(session_user::text, session_allowed => true), crm.act_as('bob', for_session => true);
SELECT crm.request('goodwill', amount => 'NaN');
SELECT crm.request('goodwill', amount => 'Infinity');
SELECT crm.request('goodwill', amount => '-Infinity');
SELECT crm.request('goodwill', amount => -0.01);
SELECT crm.request('goodwill', amount => 0) IS NOT NULL AS nothing, crm.request('goodwill') IS NOT NULL AS unknown;
-- nor does a refusal say so
SELECT a AS amount, w.hint FROM unnest('{NaN,Infinity,-1,0}'::numeric[]) a, crm.why_not('bob', 'goodwill', amount => a) w;

-- as long as crm has no customers any id may be the company's own
SELECT crm.request('goodwill', customer => 42, amount => 10) IS NOT NULL AS asked;
SELECT crm.act_as(NULL, for_session => true);
CALL crm.resolve();
SELECT crm.customer_of('public.account', '1') AS ann, crm.customer_of('public.account', '2') AS other \gset
-- one that was merged away is asked for by either id, one whose rows are gone by none
UPDATE account SET name = 'Ann Bakker', mail = 'ann@example.org' WHERE id = 2;
CALL crm.resolve();
SELECT crm.current_customer(:ann) = crm.current_customer(:other) AS merged;
SELECT crm.act_as('bob', for_session => true);
SELECT crm.request('goodwill', customer => :ann, amount => 10) IS NOT NULL AS one, crm.request('goodwill', customer => :other, amount => 10) IS NOT NULL AS other;
SELECT crm.request('goodwill', customer => 4200000, amount => 10);
SELECT crm.act_as(NULL, for_session => true);
DELETE FROM account;
CALL crm.resolve();
SELECT crm.act_as('bob', for_session => true);
DO $$ BEGIN PERFORM crm.request('goodwill', customer => (SELECT min(customer_id) FROM crm_internal.customer_identity), amount => 10);
	EXCEPTION WHEN undefined_object THEN RAISE NOTICE 'it is gone'; END $$;
