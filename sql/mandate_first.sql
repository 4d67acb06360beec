-- The first charter closes everything else, and says so, once.
\set SHOW_CONTEXT never
SET timezone = 'UTC';
SET datestyle = 'ISO';
SELECT crm.add_department('company');
SELECT crm.add_position(p, 'company') FROM unnest('{board,desk}'::text[]) p;
SELECT crm.appoint('board', 'ann'), crm.appoint('desk', 'dan');

-- one that is taken back before it begins closes nothing
SET client_min_messages = warning;
SELECT crm.grant_mandate('goodwill', 'board', valid_from => clock_timestamp() + interval '100 ms') AS taken_back \gset
RESET client_min_messages;
SELECT count(*) FROM crm.revoke(:taken_back);
SELECT pg_sleep(0.2);
SELECT crm.may('dan', 'pricing'), crm.may('dan', 'goodwill');

-- one that is to come says from when on; a later one closes nothing more, an earlier one does
SELECT crm.grant_mandate('goodwill', 'board', valid_from => '2100-01-01 00:00+00') > 0 AS to_come;
SELECT crm.grant_mandate('pricing', 'board', valid_from => '2100-02-01 00:00+00') > 0 AS later;
SELECT crm.may('dan', 'pricing');
SELECT crm.grant_mandate('org.model', 'board') > 0 AS first;
SELECT crm.may('dan', 'pricing'), crm.may('ann', 'org.model');
SELECT count(DISTINCT decision) FROM crm.mandate_gaps;
SELECT crm.grant_mandate('pricing', 'desk') > 0 AS second;
SELECT count(DISTINCT decision) FROM crm.mandate_gaps;
SELECT count(*) > 10 AS all_given FROM crm.use_operating_model('as_is', positions => '{"brand_manager": "desk", "sales_manager": "desk", "after_sales_manager": "desk", "ict_manager": "desk"}');
