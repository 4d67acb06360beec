-- The tree of decisions: what crm brings, what a company adds, changes and drops.
\set SHOW_CONTEXT never
SELECT code, title, reserved, builtin FROM crm.decisions;
SELECT code FROM crm.decisions WHERE code <@ 'campaign';
SELECT code FROM crm.decisions WHERE code @> 'care.solution';

-- a company adds its own, beside or below
SELECT crm.add_decision('sponsoring', title => 'Whom we sponsor', reserved => true, expires_after => '30 days');
SELECT crm.add_decision('goodwill.travel', title => 'Trips as goodwill', escalate_after => '4 hours');
SELECT * FROM crm.decisions WHERE NOT builtin;
SELECT crm.add_decision('goodwill.travel');
SELECT crm.add_decision('gifts.flowers');
SELECT crm.add_decision('bad code');
SELECT crm.add_decision('');
SELECT crm.add_decision(NULL);
SELECT crm.add_decision('x', escalate_after => '0');

-- it changes them, crm's as well: what is left out stays
SELECT crm.change_decision('goodwill', escalate_after => '4 hours');
SELECT crm.change_decision('goodwill', title => 'Goodwill', expires_after => '3 days');
SELECT crm.change_decision('sponsoring', reserved => false);
SELECT * FROM crm.decisions WHERE code IN ('goodwill', 'sponsoring');
SELECT crm.change_decision('nothing', title => 'x');
SELECT crm.change_decision('goodwill', expires_after => '-1 day');
-- there is one of each
SELECT code FROM crm.decisions GROUP BY code HAVING count(*) > 1;

-- what is delegated is not reserved under the hands of those who have it
SELECT crm.add_department('care') ;
SELECT crm.add_position(p, department => 'care') FROM unnest('{head,desk}'::text[]) p;
SELECT crm.grant_mandate('org.model', 'head');
SELECT crm.grant_mandate('goodwill', 'head', amount => 100);
SELECT crm.share('goodwill', 'head', 'desk', amount => 10);
SELECT crm.change_decision('goodwill', reserved => true);
SELECT mandate_id, effect FROM crm.revoke(3);
SELECT crm.change_decision('goodwill', reserved => true);
SELECT crm.share('goodwill', 'head', 'desk', amount => 10);
SELECT crm.share('goodwill.travel', 'head', 'desk', amount => 10);
SELECT crm.consult('goodwill', 'desk', from_position => 'head');

-- it drops its own where nothing names them
SELECT crm.drop_decision('goodwill');
SELECT crm.add_decision('sponsoring.sports');
SELECT crm.drop_decision('sponsoring');
SELECT crm.drop_decision('sponsoring.sports');
SELECT crm.drop_decision('sponsoring');
SELECT crm.drop_decision('sponsoring');
SELECT crm.grant_mandate('goodwill.travel', 'head', amount => 100);
SELECT mandate_id, effect FROM crm.revoke(5);
SELECT crm.drop_decision('goodwill.travel');

-- only whom an administrator lets, and then by mandate
CREATE ROLE crm_test_clerk;
SELECT crm.grant_access('crm_test_clerk', 'member');
SET ROLE crm_test_clerk;
SELECT count(*) > 30 AS sees FROM crm.decisions;
SELECT crm.add_decision('mine');
RESET ROLE;
DROP OWNED BY crm_test_clerk;
DROP ROLE crm_test_clerk;
