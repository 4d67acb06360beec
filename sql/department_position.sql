-- Positions: the reporting line, what is refused, and what closing one ends.
\set SHOW_CONTEXT never
SELECT crm.add_department(name) FROM unnest('{board,sales,service}'::text[]) name;
SELECT crm.add_position('board', department => 'board');
SELECT crm.add_position('sales_manager', department => 'sales', reports_to => 'board');
SELECT crm.add_position('agent', department => 'sales', reports_to => 'sales_manager', vacancy => 'acting', acting_share => 0.5);
SELECT * FROM crm.positions;

-- a name is given once, and means something
SELECT crm.add_position('board', department => 'board');
SELECT crm.add_position(' ', department => 'board');
SELECT crm.add_position(NULL, department => 'board');
SELECT crm.add_position('clerk', department => 'nowhere');
SELECT crm.add_position('clerk', department => NULL);
SELECT crm.add_position('clerk', department => 'sales', reports_to => 'nobody');
SELECT crm.add_position('clerk', department => 'sales', vacancy => 'close');
SELECT crm.add_position('clerk', department => 'sales', vacancy => NULL);
SELECT crm.add_position('clerk', department => 'sales', acting_share => 0);
SELECT crm.add_position('clerk', department => 'sales', acting_share => 1.01);
SELECT crm.add_position('clerk', department => 'sales', acting_share => 'NaN');

-- nobody reports to himself
SELECT crm.add_position('clerk', department => 'sales', reports_to => 'clerk');
SELECT crm.change_position('board', reports_to => 'board');
SELECT crm.change_position('board', reports_to => 'agent');
SELECT crm.change_position('sales_manager', reports_to => 'agent');

-- what is not given stays
SELECT crm.change_position('agent', department => 'service');
SELECT crm.change_position('agent', reports_to => 'board', vacancy => 'escalate');
SELECT crm.change_position('agent', acting_share => 1);
SELECT crm.change_position('sales_manager', reports_to => '');
SELECT * FROM crm.positions;
SELECT crm.change_position('nobody', department => 'sales');

-- a position that others report to is not closed; a closed one is no position any more
SELECT crm.close_position('board');
SELECT crm.appoint('agent', 'ann') > 0;
SELECT crm.appoint('agent', 'bob', capacity => 'deputy', valid_from => now() + '1 day') > 0;
SELECT crm.close_position('agent');
SELECT crm.close_position('board');
SELECT "position", holders, vacant, closed_at IS NOT NULL AS closed FROM crm.positions;
SELECT person, capacity, active, valid_until > now() + '1 hour' AS later, valid_from < valid_until AS ever FROM crm.appointments;
SELECT crm.appoint('agent', 'ann');
SELECT crm.change_position('agent', department => 'sales');
SELECT crm.add_position('agent', department => 'sales');
SELECT crm.add_position('clerk', department => 'sales', reports_to => 'agent');
SELECT crm.close_position('agent');
SELECT crm.close_position('nobody');

-- a department within another, which a mandate may be bounded by
SELECT crm.add_department('field_sales', parent => 'sales');
SELECT crm.add_department('field_sales_north', parent => 'field_sales');
SELECT crm.add_department('inside_sales', parent => 'nowhere');
SELECT crm_internal.department_ancestors('field_sales_north');
SELECT crm_internal.department_ancestors('board'), crm_internal.department_ancestors('nowhere');
SELECT name, parent FROM crm.departments;

-- what crm.verify() says where somebody wrote the tables himself
INSERT INTO crm_internal.position (name, department, reports_to) VALUES ('lost', 'nowhere', 'agent');
INSERT INTO crm_internal.appointment ("position", person, capacity, valid_from) VALUES ('nothing', 'ann', 'holder', '2026-01-01'), ('nothing', 'bob', 'holder', '2026-01-01');
UPDATE crm_internal.department SET parent = 'elsewhere' WHERE name = 'service';
SELECT problem, repair FROM crm.verify();
