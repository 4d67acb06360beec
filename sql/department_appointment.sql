-- Appointments: who holds a position, when, and who acts for a vacant one.
\set SHOW_CONTEXT never
SELECT crm.add_department('service');
SELECT crm.add_position('director', department => 'service');
SELECT crm.add_position('head', department => 'service', reports_to => 'director', vacancy => 'acting', acting_share => 0.8);
SELECT crm.add_position('desk', department => 'service', reports_to => 'head', vacancy => 'acting', acting_share => 0.25);
SELECT crm.add_position('night_desk', department => 'service', reports_to => 'head');
CREATE VIEW hat AS SELECT * FROM crm_internal.hats_at(clock_timestamp()) ORDER BY person, "position";

-- nobody at the top: nobody acts
SELECT * FROM hat;
-- the next holder up the line acts for all vacant positions that allow it
SELECT crm.appoint('director', 'dora') > 0 AS done;
SELECT * FROM hat;
-- who holds a position himself acts below it, and the one above no more
SELECT crm.appoint('head', 'hugo') > 0 AS done;
SELECT * FROM hat;
-- a deputy stands in, so it is not vacant; but only a holder acts for what lies below
SELECT crm.end_appointment('head', 'hugo');
SELECT crm.appoint('head', 'dirk', capacity => 'deputy') > 0 AS done;
SELECT * FROM hat;
-- a liaison fills nothing
SELECT crm.end_appointment('head', 'dirk');
SELECT crm.appoint('head', 'lisa', capacity => 'liaison') > 0 AS done;
SELECT * FROM hat;
SELECT "position", holders, vacant, acting FROM crm.positions;

-- in each capacity as many as there are, each of them once
SELECT crm.appoint('head', 'hugo', valid_from => now() + '10 days', valid_until => now() + '20 days') > 0 AS done;
SELECT crm.appoint('head', 'hugo');
SELECT crm.appoint('head', 'hugo', valid_from => now() + '15 days');
SELECT crm.appoint('head', 'hans', valid_until => now() + '9 days') > 0 AS done;
SELECT crm.appoint('head', 'hanna', valid_from => now() + '20 days') > 0 AS done;
SELECT crm.appoint('head', 'dirk', capacity => 'deputy') > 0 AS done;
SELECT crm.appoint('head', 'dina', capacity => 'deputy') > 0 AS done;
SELECT crm.appoint('head', 'dina', capacity => 'deputy');
-- in two capacities a person acts in the stronger one
SELECT crm.appoint('head', 'dina', capacity => 'machine') > 0 AS done;
SELECT * FROM hat WHERE person = 'dina';

-- time alone begins and ends it
SELECT at, h.person FROM generate_series(1, 25, 8) at, crm_internal.hats_at(now() + make_interval(days => at)) h
WHERE h."position" = 'head' AND h.capacity = 'holder' ORDER BY 1, 2;

-- what is refused
SELECT crm.appoint('nobody', 'ann');
SELECT crm.appoint('desk', '');
SELECT crm.appoint('desk', NULL);
SELECT crm.appoint('desk', 'ann', capacity => 'chief');
SELECT crm.appoint('desk', 'ann', capacity => NULL);
SELECT crm.appoint('desk', 'ann', valid_until => NULL);
SELECT crm.appoint('desk', 'ann', valid_from => '2100-01-02', valid_until => '2100-01-02');
SELECT crm.appoint('desk', 'ann', valid_from => '2001-01-01');
SELECT crm.appoint('desk', 'cora', capacity => 'contractor');
SELECT crm.appoint('desk', 'cora', capacity => 'contractor', valid_until => now() + '90 days') > 0 AS done;

-- ending: not in the past, not later than it was, and what has not begun never does
SELECT crm.end_appointment('head', 'hans', valid_until => '2001-01-01');
SELECT crm.end_appointment('head', 'hans', valid_until => now() + '12 days');
SELECT crm.end_appointment('head', 'nobody');
SELECT crm.end_appointment('head', 'dina', capacity => 'machine');
SELECT crm.end_appointment('head', 'hanna');
SELECT crm.end_appointment('head', 'hanna');
SELECT "position", person, capacity, active, valid_from < valid_until AS ever FROM crm.appointments;

-- nothing but the functions writes, and only for whom they are handed out
CREATE ROLE regress_crm_clerk;
SELECT crm.grant_access('regress_crm_clerk', 'member');
SET ROLE regress_crm_clerk;
SELECT "position", holders FROM crm.positions;
SELECT person FROM crm.appointments;
SELECT crm.appoint('desk', 'regress_crm_clerk');
SELECT crm.end_appointment('director', 'dora');
SELECT crm.close_position('desk');
SELECT crm.add_gateway('regress_crm_clerk');
SELECT crm.add_actor_column('hat', 'person');
RESET ROLE;
SELECT crm.revoke_access('regress_crm_clerk');
DROP ROLE regress_crm_clerk;
