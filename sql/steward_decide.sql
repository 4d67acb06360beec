-- People decide who is one customer: at once, for all time, and it can be taken back.
\set SHOW_CONTEXT never
CREATE SCHEMA shop;
CREATE SCHEMA desk;
CREATE TABLE shop.client (id integer PRIMARY KEY, name text, email text, phone text, born text);
CREATE TABLE desk.person (no text, branch integer, name text, email text, phone text, born text, PRIMARY KEY (branch, no));
CREATE EXTENSION crm CASCADE;
SELECT crm.add_department(name) FROM unnest('{shop,desk}'::text[]) name;
SELECT crm.add_source('shop.client', department => 'shop', kind => 'person', mode => 'inline',
	map => '{"name": "name", "email": "email", "phone": "phone", "birth_date": "born"}');
SELECT crm.add_source('desk.person', department => 'desk', kind => 'person',
	map => '{"name": "name", "email": "email", "phone": "phone", "birth_date": "born"}');
INSERT INTO shop.client VALUES
	(1, 'Anna Smith', 'anna@example.org', NULL, '1980-01-02'),
	(2, 'Anna Smith', 'anna@example.org', NULL, '1980-01-02'),
	(3, 'Bob Brown', 'bob@example.org', '+31612345678', '1970-02-03'),
	(4, 'Wilma Wood', 'wilma@example.org', NULL, '1950-05-05');
INSERT INTO desk.person VALUES
	('a', 1, 'Zed Young', 'zed@example.org', NULL, NULL),
	('b', 1, 'Anna Smith', 'anna@example.org', NULL, NULL),
	('c', 1, 'Robert Brown', 'bob@example.org', '+31612345678', NULL);
CALL crm.resolve();

CREATE VIEW public.members AS
	SELECT customer_id, string_agg(source || ' ' || source_key, ', ' ORDER BY source, source_key) AS rows
	FROM crm.customer_source GROUP BY customer_id;
SELECT * FROM members ORDER BY 1;
CREATE TABLE public.before AS SELECT * FROM members;

-- merge: all rows of both, in this transaction, whatever they say
BEGIN;
SELECT crm.merge(crm.customer_of('desk.person', '[1, "a"]'), crm.customer_of('shop.client', '3'), 'he told us') AS event \gset
SELECT * FROM members ORDER BY 1;
SELECT name, source_records FROM crm.customer WHERE customer_id = crm.customer_of('shop.client', '3');
COMMIT;
SELECT kind, customer_id, other_customer_id, cause, person = current_user AS mine, reason FROM crm.customer_event WHERE event_no >= :event ORDER BY event_no;

-- the row through which the others hang together goes, all others stay one; it comes back
DELETE FROM desk.person WHERE no = 'a';
CALL crm.resolve();
SELECT * FROM members ORDER BY 1;
DELETE FROM shop.client WHERE id = 3;
INSERT INTO desk.person VALUES ('a', 1, 'Zed Young', 'zed@example.org', NULL, NULL);
INSERT INTO shop.client VALUES (3, 'Bob Brown', 'bob@example.org', '+31612345678', '1970-02-03');
CALL crm.resolve();
SELECT * FROM members ORDER BY 1;

-- the table has another name, then the source is dropped and comes back
ALTER TABLE desk.person RENAME TO human;
CALL crm.resolve();
SELECT * FROM members ORDER BY 1;
SELECT crm.drop_source('desk.human');
SELECT * FROM members ORDER BY 1;
SELECT crm.add_source('desk.human', department => 'desk', kind => 'person',
	map => '{"name": "name", "email": "email", "phone": "phone", "birth_date": "born"}');
CALL crm.resolve();
SELECT * FROM members ORDER BY 1;
ALTER TABLE desk.human RENAME TO person;
CALL crm.resolve();

-- undo: as if it had never been said; and again
SELECT crm.undo(:event, 'it was his brother') AS undone \gset
SELECT rows FROM members EXCEPT SELECT rows FROM before;
SELECT * FROM members ORDER BY 1;
SELECT crm.undo(:event);
SELECT crm.undo(:undone) AS again \gset
SELECT * FROM members ORDER BY 1;
SELECT crm.undo(:again) > 0 AS undone;
SELECT rows FROM members EXCEPT SELECT rows FROM before;
SELECT verdict, source_a, key_a, source_b, key_b, reason, withdrawn_because FROM crm_internal.match_verdict ORDER BY verdict_no;

-- an undo gives back the very ids
CREATE TABLE public.ids AS SELECT * FROM members;
SELECT crm.undo(crm.merge(crm.customer_of('shop.client', '1'), crm.customer_of('shop.client', '4'))) > 0 AS undone;
TABLE ids EXCEPT SELECT * FROM members;

-- two rows are different: none of the ways around helps
SELECT crm.reject_match('shop.client', '1', 'shop.client', '2', 'mother and daughter') AS rejected \gset
SELECT * FROM members ORDER BY 1;
SELECT crm.confirm_match('shop.client', '1', 'desk.person', '[1, "b"]') > 0 AS confirmed;
SELECT crm.confirm_match('shop.client', '2', 'desk.person', '[1, "b"]') AS contradiction \gset
SELECT * FROM members ORDER BY 1;
SELECT check_name, problem, repair FROM crm.verify();
-- what was said last of the two themselves holds
SELECT crm.confirm_match('shop.client', '2', 'shop.client', '1') > 0 AS confirmed;
SELECT * FROM members ORDER BY 1;
SELECT count(*) FROM crm.verify();

-- another model, or a lost change: all is compared and clustered anew
UPDATE crm_internal.identity_clock SET recluster_after = 0;
CALL crm.sync();
CALL crm.resolve();
SELECT * FROM members ORDER BY 1;

-- split, by keys and by records; then crm's own finding is taken back
SELECT crm.split(crm.customer_of('shop.client', '1'), source => 'shop.client', keys => '{1}', reason => 'moved out') AS split \gset
SELECT * FROM members ORDER BY 1;
SELECT crm.undo(:split) > 0 AS undone;
SELECT crm.split(crm.customer_of('shop.client', '3'), ARRAY(SELECT record_id FROM crm.customer_source WHERE source = 'desk.person' AND source_key = '["1", "c"]')) > 0 AS split;
SELECT * FROM members ORDER BY 1;
INSERT INTO shop.client VALUES (5, 'Wilma Wood', 'wilma@example.org', NULL, '1950-05-05');
INSERT INTO shop.client VALUES (6, 'Carl Cole', 'carl@example.org', '+31611111111', '1990-09-09'), (7, 'Xaver Quint', 'xaver@example.org', '+31622222222', '1960-01-31');
UPDATE shop.client SET (name, email, phone, born) = ('Carl Cole', 'carl@example.org', '+31611111111', '1990-09-09') WHERE id = 7;
SELECT kind, cause, reason FROM crm.customer_event ORDER BY event_no DESC LIMIT 1;
SELECT crm.undo(max(event_no), 'two of that name') > 0 AS undone FROM crm.customer_event WHERE kind = 'merged';
SELECT * FROM members WHERE rows ~ 'client [67]' ORDER BY 1;
SELECT crm.undo(min(event_no)) FROM crm.customer_event;

-- what cannot be
SELECT crm.merge(1, 1000);
SELECT crm.confirm_match('shop.client', '1', 'shop.client', '99');
SELECT crm.confirm_match('shop.client', '1', 'shop.client', '1');
SELECT crm.split(crm.customer_of('shop.client', '6'), '{}'::bigint[]);
SELECT crm.reject_match(crm.customer_of('shop.client', '6'), crm.customer_of('shop.client', '6'));
SELECT crm.undo(100000);
DELETE FROM crm_internal.match_verdict;
UPDATE crm_internal.match_verdict SET verdict = 'same';
TRUNCATE crm_internal.match_verdict;

-- the same rows and verdicts, read anew
CREATE TABLE public.lived AS SELECT rows FROM members;
SELECT crm.drop_source(source) FROM unnest('{shop.client,desk.person}'::text[]) source;
SELECT crm.add_source('desk.person', department => 'desk', kind => 'person',
	map => '{"name": "name", "email": "email", "phone": "phone", "birth_date": "born"}');
SELECT crm.add_source('shop.client', department => 'shop', kind => 'person',
	map => '{"name": "name", "email": "email", "phone": "phone", "birth_date": "born"}');
CALL crm.resolve();
(SELECT rows FROM members EXCEPT TABLE lived) UNION ALL (TABLE lived EXCEPT SELECT rows FROM members);
