#!/usr/bin/env perl
# Ways around a guard by partitions and inheritance: each is closed, or found.
use strict;
use warnings;
use lib "$ENV{TREE}/test/lib";
use Guarded;
use Test::More;

guarded_begin('part', <<'SQL');
SET ROLE bypass_owner;
CREATE TABLE desk.claim (id integer, region text, value numeric) PARTITION BY LIST (region);
CREATE TABLE desk.claim_nl PARTITION OF desk.claim FOR VALUES IN ('nl');
CREATE TABLE desk.claim_de PARTITION OF desk.claim FOR VALUES IN ('de') PARTITION BY RANGE (id);
CREATE TABLE desk.claim_de_1 PARTITION OF desk.claim_de FOR VALUES FROM (0) TO (100);
CREATE TABLE desk.gift (id integer, value numeric);
CREATE TABLE desk.gift_card (code text) INHERITS (desk.gift);
CREATE TABLE desk.gift_metal () INHERITS (desk.gift_card);
RESET ROLE;
GRANT SELECT, INSERT, UPDATE, DELETE, TRUNCATE ON ALL TABLES IN SCHEMA desk TO bypass_app;
SELECT crm.add_guard('desk.claim', decision => 'goodwill', amount => 'value');
SELECT crm.add_guard('desk.gift', decision => 'goodwill', amount => 'value', operations => '{INSERT,UPDATE,DELETE}');
SQL

# partitions
closed_to("INSERT INTO desk.claim VALUES (1, 'nl', 400)", 'through the parent');
closed_to("INSERT INTO desk.claim_de_1 VALUES (1, 'de', 400)", 'straight into a partition of a partition');
is(by('bypass_app', "INSERT INTO desk.claim VALUES (1, 'nl', 40), (2, 'de', 40)"), '', 'what is within the mandate passes');
closed_to('UPDATE desk.claim SET value = 400 WHERE id = 1', 'an UPDATE through the parent');
closed_to("UPDATE desk.claim SET region = 'de', value = 400 WHERE id = 1", 'an UPDATE that moves the row to another partition');
closed_to($_, "$_") for 'TRUNCATE desk.claim', 'TRUNCATE desk.claim_nl', 'TRUNCATE desk.claim_de', 'TRUNCATE desk.claim_de_1';

sql('ALTER TABLE desk.claim_de_1 DISABLE TRIGGER crm_10_guard_1');
found(qr/desk.claim \| bypass \| trigger crm_10_guard_1 of desk.claim_de_1 is disabled/, 'a trigger disabled on one partition');
rearms('a trigger disabled on one partition');
sql('DROP TRIGGER crm_10_guard_truncate_1 ON desk.claim_nl');
found(qr/trigger crm_10_guard_truncate_1 of desk.claim_nl is missing/, 'a TRUNCATE trigger that a partition lacks');
rearms('a TRUNCATE trigger that a partition lacks');
sql('DROP TRIGGER crm_10_guard_1 ON desk.claim');
like(sql(q{SELECT string_agg(finding, '; ') FROM crm.verify_guards() WHERE finding ~ 'missing'}), qr/^trigger crm_10_guard_1 of desk.claim is missing$/,
	'what is gone from the whole tree is told once');
rearms('a trigger that the whole tree lacks');
closed_to("INSERT INTO desk.claim_de_1 VALUES (9, 'de', 400)", 'the partitions have it again');

# what comes later is armed by itself
sql(q{CREATE TABLE desk.claim_fr PARTITION OF desk.claim FOR VALUES IN ('fr')});
clean('a new partition');
closed_to('TRUNCATE desk.claim_fr', 'TRUNCATE of a new partition');
sql(q{CREATE TABLE desk.claim_be (id integer, region text, value numeric); ALTER TABLE desk.claim ATTACH PARTITION desk.claim_be FOR VALUES IN ('be')});
clean('an empty table that is attached');
closed_to("INSERT INTO desk.claim_be VALUES (1, 'be', 400)", 'and then written to');

# a table that brings rows, and one that goes, is edited and comes back
sql(q{CREATE TABLE desk.claim_it (id integer, region text, value numeric); INSERT INTO desk.claim_it VALUES (1, 'it', 9000)});
like(sql(q{ALTER TABLE desk.claim ATTACH PARTITION desk.claim_it FOR VALUES IN ('it')}), qr/WARNING:  guarded table desk.claim had rows attached/,
	'attaching rows: a superuser is warned');
found(qr/bypass \| desk.claim_it was attached with rows that the guard has not seen/, 'an attached table with rows');
like(sql(q{ALTER TABLE desk.claim DETACH PARTITION desk.claim_nl}), qr/WARNING:  guarded table desk.claim had a partition detached/,
	'detaching: a superuser is warned');
found(qr/information \| trigger crm_10_guard_truncate_1 of guard 1 stands here, which guards desk.claim/, 'a detached partition');
sql(q{UPDATE desk.claim_nl SET value = 9000; ALTER TABLE desk.claim ATTACH PARTITION desk.claim_nl FOR VALUES IN ('nl')});
found(qr/bypass \| desk.claim_nl was attached with rows/, 'DETACH, edit, ATTACH');
my $rows = sql(q{SELECT regexp_replace(repair, ' --.*', '') FROM crm.verify_guards() WHERE finding ~ 'claim_nl'});
is(sql($rows), '1|nl|9000', 'the statement that is given shows the rows');
sql(q{SET crm.guards_enabled = off; UPDATE desk.claim_nl SET value = 30; UPDATE desk.claim_it SET value = value});
clean('rows that were judged and written again');

# inheritance: children have no trigger of their parent's
closed_to("INSERT INTO desk.gift_card VALUES (1, 400, 'x')", 'a child');
closed_to("INSERT INTO desk.gift_metal VALUES (1, 400, 'x')", 'a grandchild');
is(by('bypass_app', "INSERT INTO desk.gift_metal VALUES (1, 40, 'x')"), '', 'within the mandate it passes');
closed_to('UPDATE desk.gift SET value = 400', 'an UPDATE through the parent');
sql('DROP TRIGGER crm_10_guard_2 ON desk.gift_card');
found(qr/desk.gift \| bypass \| trigger crm_10_guard_2 of desk.gift_card is missing/, 'a child without the trigger');
rearms('a child without the trigger');
sql('CREATE TABLE desk.gift_paper () INHERITS (desk.gift)');
clean('a new child');
closed_to('INSERT INTO desk.gift_paper VALUES (1, 400)', 'a new child');
sql('CREATE TABLE desk.gift_wood (id integer, value numeric); INSERT INTO desk.gift_wood VALUES (1, 9000); ALTER TABLE desk.gift_wood INHERIT desk.gift');
found(qr/bypass \| desk.gift_wood was attached with rows/, 'a table with rows that becomes a child');
closed_to('INSERT INTO desk.gift_wood VALUES (2, 400)', 'but from then on it is guarded');

# as where there are no event triggers: nobody arms what comes
sql(q{ALTER EVENT TRIGGER crm_guard_watch_end DISABLE; CREATE TABLE desk.gift_glass () INHERITS (desk.gift); CREATE TABLE desk.claim_es PARTITION OF desk.claim FOR VALUES IN ('es')});
found(qr/trigger crm_10_guard_2 of desk.gift_glass is missing/, 'a new child where nobody watches');
found(qr/trigger crm_10_guard_truncate_1 of desk.claim_es is missing/, 'a new partition where nobody watches');
rearm();
unlike(sql('SELECT string_agg(finding, $$;$$) FROM crm.verify_guards()'), qr/missing/, 'rearm_guards arms both');
closed_to('INSERT INTO desk.gift_glass VALUES (1, 400)', 'the child is guarded');
closed_to('TRUNCATE desk.claim_es', 'and so is the partition');
sql('CREATE FOREIGN DATA WRAPPER far; CREATE SERVER far FOREIGN DATA WRAPPER far; CREATE FOREIGN TABLE desk.gift_far (id integer, value numeric) SERVER far; ALTER TABLE desk.gift_far INHERIT desk.gift');
found(qr/desk.gift \| risk \| desk.gift_far is a foreign table/, 'a child on another server');
guarded_end();
