-- Budgets and sub-budgets: who sets how much there is, and that it is never less than what is taken.
\set SHOW_CONTEXT never
CREATE TEMPORARY VIEW state AS SELECT name, parent, currency, amount, spent, reserved, carved, remaining, spent_percent, closed_at IS NOT NULL AS closed FROM crm.budgets;
SELECT crm.add_budget('care', 1000, currency => 'EUR', valid_from => '2020-01-01 00:00+00', valid_until => '2100-01-01 00:00+00');
SELECT crm.add_budget('north', 300, parent => 'care');
SELECT crm.add_budget('south', 200, parent => 'care', valid_until => '2090-01-01 00:00+00');
SELECT * FROM state;
SELECT name, currency, valid_from > '2021-01-01' AS begins_now, valid_until::date FROM crm.budgets;

-- what is no budget
SELECT crm.add_budget('', 1);
SELECT crm.add_budget('x', NULL);
SELECT crm.add_budget('x', -1);
SELECT crm.add_budget('x', 'NaN');
SELECT crm.add_budget('care', 1);
SELECT crm.add_budget('x', 1, parent => 'none');
SELECT crm.add_budget('x', 501, parent => 'care');
SELECT crm.add_budget('x', 1, parent => 'care', currency => 'USD');
SELECT crm.add_budget('x', 1, parent => 'care', valid_until => '2101-01-01 00:00+00');
SELECT crm.add_budget('x', 1, valid_from => '2101-01-01', valid_until => '2100-01-01');

-- the difference comes from the parent and goes back to it
SELECT crm.change_budget('north', 800);
SELECT crm.change_budget('north', 801);
SELECT crm.change_budget('north', 250);
SELECT crm.change_budget('none', 1);
SELECT crm.change_budget('north', -1);
SELECT crm_internal.take_budget('north', 100);
SELECT crm.change_budget('north', 99);
SELECT crm.change_budget('care', 449);
SELECT crm.change_budget('care', 450);
SELECT * FROM state;
SELECT crm.change_budget('care', 1000);

-- closed from below, and what is left goes up
SELECT crm.close_budget('care');
SELECT crm_internal.reserve_budget('north', 30, 1);
SELECT crm.close_budget('north');
SELECT crm_internal.release_budget('north', 30, 1);
SELECT crm.close_budget('north');
SELECT crm.close_budget('north');
SELECT crm_internal.take_budget('north', 1);
SELECT crm.add_budget('x', 1, parent => 'north');
SELECT crm.close_budget('south');
SELECT * FROM state;
SELECT crm.close_budget('care');
SELECT * FROM state;
SELECT budget, kind, amount, request_id, reason FROM crm.ledger ORDER BY entry_id;

-- each change was an act, a refused one was none
SELECT decision, subject, amount FROM crm.journal ORDER BY act_id;
SELECT check_name, problem FROM crm.verify();
