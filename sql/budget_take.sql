-- Takings: in memory, gone with their savepoint, booked at the commit, refused as soon as that can be seen.
\set SHOW_CONTEXT never
\set VERBOSITY default
CREATE TEMPORARY VIEW state AS SELECT name, amount, spent, reserved, carved, remaining FROM crm.budgets;
SELECT crm.add_budget('care', 1000), crm.add_budget('goodwill', 300, parent => 'care');

-- what a savepoint took is given back with it, at any depth
BEGIN;
SELECT crm_internal.take_budget('goodwill', 100);
SAVEPOINT a;
SELECT crm_internal.take_budget('goodwill', 50);
SAVEPOINT b;
SELECT crm_internal.take_budget('goodwill', 40);
RELEASE b;
SAVEPOINT c;
SELECT crm_internal.take_budget('goodwill', 20);
ROLLBACK TO c;
SELECT crm_internal.take_budget('goodwill', 10);
ROLLBACK TO a;
SELECT crm_internal.take_budget('goodwill', 5);
TABLE state;
COMMIT;
TABLE state;
BEGIN; SELECT crm_internal.take_budget('goodwill', 100); ROLLBACK;
TABLE state;

-- what can be seen to be too much is refused at once, to the cent; 0 and less take nothing
SELECT crm_internal.take_budget('goodwill', 195.01);
SELECT crm_internal.take_budget('goodwill', 195);
SELECT crm_internal.take_budget('goodwill', 0.01);
SELECT crm_internal.take_budget('goodwill', 0), crm_internal.take_budget('goodwill', -100);
SELECT crm_internal.take_budget('none', 1);
SELECT crm_internal.take_budget('goodwill', NULL);
SELECT count(crm_internal.take_budget('care', 1)) FROM generate_series(1, 701);
SELECT count(crm_internal.take_budget('care', 1)) FROM generate_series(1, 700);
TABLE state;

-- promised to a request, then spent from it, more or less than was promised
SELECT crm.change_budget('care', 1300);
SELECT crm_internal.reserve_budget('care', 200, 7);
SELECT crm_internal.reserve_budget('care', 101, 8);
SELECT crm_internal.take_budget('care', 101);
SELECT crm_internal.take_budget('care', 250, 200);
SELECT crm_internal.reserve_budget('care', 40, 9);
SELECT crm_internal.release_budget('care', 40, 9);
BEGIN; SELECT crm_internal.reserve_budget('care', 40, 10); SAVEPOINT a; SELECT crm_internal.reserve_budget('care', 10, 11); ROLLBACK TO a; COMMIT;
TABLE state;

-- one entry a transaction, and both isolation levels above
BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT crm_internal.take_budget('care', 1); SELECT crm_internal.take_budget('care', 2); COMMIT;
BEGIN ISOLATION LEVEL SERIALIZABLE; SELECT crm_internal.take_budget('care', 3); SELECT crm_internal.take_budget('care', 4); COMMIT;
SELECT budget, kind, amount, request_id FROM crm.ledger WHERE kind <> 'carve' ORDER BY entry_id;
SELECT count(DISTINCT batch) = count(*) AS one_a_transaction FROM crm.ledger WHERE kind = 'spend';

-- a budget that was made in a savepoint and went with it
BEGIN;
SAVEPOINT a;
SELECT crm.add_budget('short', 5);
SELECT crm_internal.take_budget('short', 1);
ROLLBACK TO a;
SELECT crm.add_budget('short', 7);
SELECT crm_internal.take_budget('short', 6);
COMMIT;

-- only within its period
SELECT crm.add_budget('later', 10, valid_from => '2090-01-01'), crm.add_budget('over', 10, valid_from => '2020-01-01', valid_until => '2021-01-01');
SELECT crm_internal.take_budget('later', 1);
SELECT crm_internal.take_budget('over', 1);

-- only by adding, whoever tries and in whatever role
UPDATE crm_internal.ledger SET amount = 0;
DELETE FROM crm_internal.ledger WHERE false;
SET session_replication_role = replica;
TRUNCATE crm_internal.ledger;
RESET session_replication_role;
SELECT check_name, problem FROM crm.verify();

-- indexes that others make are kept up, and in the transaction that removes crm nothing fails
CREATE INDEX ON crm_internal.ledger ((amount * 2)) WHERE amount > 3;
CREATE INDEX ON crm_internal.act (lower(subject)) WHERE amount > 3;
CREATE INDEX ON crm_internal.budget ((spent + reserved));
SELECT crm.add_budget('last', 5), crm_internal.take_act('goodwill', 'Upper', amount => 5);
SELECT crm_internal.take_budget('last', 4);
SET enable_seqscan = off;
SELECT kind FROM crm_internal.ledger WHERE amount * 2 = 8 AND amount > 3;
SELECT subject FROM crm_internal.act WHERE lower(subject) = 'upper' AND amount > 3;
SELECT name FROM crm_internal.budget WHERE spent + reserved = 4;
RESET enable_seqscan;
BEGIN; SELECT crm_internal.take_budget('last', 1); DROP VIEW state; DROP EXTENSION crm; COMMIT;
SELECT count(*) FROM pg_extension WHERE extname = 'crm';
