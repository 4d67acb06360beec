-- A name that does not exist, or none, is told so, with the names that are spelt nearly so.
\set SHOW_CONTEXT never
SELECT crm_internal.did_you_mean('crm_manger', '{board,crm_manager,brand_manager}') AS one,
	crm_internal.did_you_mean('maneger', '{manager,manager_2,agent,managers}') AS by_distance,
	crm_internal.did_you_mean('execution', '{campaign.design,campaign.execution}') AS part,
	crm_internal.did_you_mean('execution', '{board,"",NULL}') AS none,
	crm_internal.did_you_mean('agent', '{agent1,agent2,agent3,agent4}') AS three_at_most;
SELECT crm.add_department('sales'), crm.add_position(position_name => 'sales_manager', department => 'sales'),
	crm.appoint(position_name => 'sales_manager', person => 'sam') IS NOT NULL AS appointed,
	crm.add_budget('goodwill', amount => 1000);
SELECT crm.grant_mandate('goodwill', 'sales_manager') + crm.grant_mandate('org.model', 'sales_manager') > 0 AS granted;
SELECT crm.add_position('agent', department => 'salse');
SELECT crm.appoint('sales_manger', 'sue');
SELECT crm.appoint(NULL, 'sue');
SELECT crm.grant_mandate('godwill', 'sales_manager');
SELECT crm.grant_mandate(NULL, 'sales_manager');
SELECT crm.grant_mandate('goodwill', 'sales_manager', budget => 'good_will');
SELECT crm.close_budget('godwill');
SELECT crm.close_budget(NULL);
SELECT crm.request('godwill', amount => 10);
SELECT crm.may('sam', 'godwill', 10);
SELECT cause FROM crm.why_not('sam', 'godwill');
SELECT person FROM crm.who_may('godwill', 10);
SELECT crm.may('sam', 'goodwill', 10), crm.end_appointment(position_name => 'sales_manager', person => 'sam') AS ended;
