#!/usr/bin/env perl
# What people decided holds in a restored database: when all is read and clustered anew there, when rows go and
# come back, and until it is undone there.
use strict;
use warnings;
use lib "$ENV{TREE}/test/lib";
use Test::More;
use Database;

my $old = Database->create('steward_old');
$old->run(<<'SQL');
CREATE SCHEMA shop;
CREATE TABLE shop.client (id integer PRIMARY KEY, name text, email text);
INSERT INTO shop.client VALUES (1, 'Ann Apple', 'ann@example.org'), (2, 'Bob Brown', 'bob@example.org'), (3, 'Cid Cole', 'cid@example.org'),
	(4, 'Dan Dark', 'dan@example.org'), (5, 'Dan Dark', 'dan@example.org'), (6, 'Eve East', 'eve@example.org'), (7, 'Eve East', 'eve@example.org');
CREATE EXTENSION crm CASCADE;
SELECT crm.add_department('shop');
SELECT crm.add_source('shop.client', department => 'shop', map => '{"name": "name", "email": "email"}');
CALL crm.resolve();
SELECT crm.merge(crm.customer_of('shop.client', '1'), crm.customer_of('shop.client', '2'));
SELECT crm.merge(crm.customer_of('shop.client', '1'), crm.customer_of('shop.client', '3'));
SELECT crm.reject_match('shop.client', '4', 'shop.client', '5');
SQL
my $members = q(SELECT customer_id, string_agg(source_key, ' ' ORDER BY source_key) FROM crm.customer_source GROUP BY 1 ORDER BY 1);
my @parts   = sort map { (split /\|/)[1] } split /\n/, $old->run($members);
is "@parts[0 .. 3]", '1 2 3 4 5 6 7', 'what was decided';
is scalar @parts, 4, 'and what was not';

my $new = Database->create('steward_new');
my $file = "$ENV{OUT}/steward.dump";
is system("pg_dump -Fc -f $file steward_old && pg_restore -e -d steward_new $file"), 0, 'dump and restore';
is $new->run($members), $old->run($members), 'the same customers';
$new->run('UPDATE crm_internal.identity_clock SET recluster_after = 0; CALL crm.sync(); CALL crm.resolve()');
is $new->run($members), $old->run($members), 'all clustered anew: the same customers';
my $gone = 'CREATE TABLE shop.kept AS TABLE shop.client; DELETE FROM shop.client WHERE id IN (1, 3, 5); CALL crm.resolve()';
$new->run($gone);
is $new->run(q(SELECT string_agg(k, ', ' ORDER BY k) FROM (SELECT string_agg(source_key, ' ' ORDER BY source_key) k FROM crm.customer_source GROUP BY customer_id) c)),
  '2, 4, 6 7', 'rows go';
$new->run('INSERT INTO shop.client SELECT * FROM shop.kept k WHERE NOT EXISTS (SELECT FROM shop.client c WHERE c.id = k.id); CALL crm.resolve()');
is join(',', sort map { (split /\|/)[1] } split /\n/, $new->run($members)), join(',', @parts), 'and come back: the same customers';
$new->run(q(SELECT crm.undo(event_no) FROM (SELECT event_no FROM crm.customer_event WHERE kind IN ('confirmed', 'rejected') ORDER BY event_no OFFSET 0) e));
is $new->value(q(SELECT count(DISTINCT customer_id) FROM crm.customer_source WHERE source_key IN ('1', '2', '3'))), 3, 'undone there: each its own';
is $new->value(q(SELECT count(DISTINCT customer_id) FROM crm.customer_source WHERE source_key IN ('4', '5'))), 1, 'and one again';
is $new->run('SELECT * FROM crm.verify()'), '', 'crm.verify() finds nothing';
$_->drop for $old, $new;
done_testing;
