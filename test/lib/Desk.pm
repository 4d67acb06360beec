# A service desk whose agents may give goodwill from budgets, over guarded tables.
package Desk;

use strict;
use warnings;
use Exporter qw(import);
our @EXPORT = qw(desk_tables desk_mandates);

# One gateway's login for all agents, as behind a pooler.
sub desk_tables
{
	return <<'SQL';
CREATE EXTENSION crm CASCADE;
CREATE ROLE desk_app LOGIN;
CREATE SCHEMA service;
CREATE TABLE service.voucher (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, client_id bigint, value numeric);
CREATE TABLE service.repair (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, client_id bigint, value numeric);
GRANT USAGE ON SCHEMA service TO desk_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA service TO desk_app;
SELECT crm.grant_access('desk_app', 'member');
SELECT crm.add_department('service');
SELECT crm.add_position('board', department => 'service');
SELECT crm.add_position('agent', department => 'service', reports_to => 'board');
SELECT crm.appoint('board', 'bea'), crm.add_gateway('desk_app');
SELECT crm.appoint('agent', 'agent' || n) FROM generate_series(1, 16) n;
SQL
}

# $limits: what bounds the agents' two mandates, in the words of crm.share()
sub desk_mandates
{
	my ($goodwill, $solution) = @_;
	return <<"SQL";
SELECT crm.grant_mandate(d, 'board') FROM unnest('{goodwill,care.solution,org.model,investment}'::text[]) d;
SELECT crm.share('goodwill', 'board', 'agent', $goodwill);
SELECT crm.share('care.solution', 'board', 'agent', $solution);
SELECT crm.add_guard('service.voucher', decision => 'goodwill', amount => 'value', customer => 'client_id');
SELECT crm.add_guard('service.repair', decision => 'care.solution', amount => 'value', customer => 'client_id');
SQL
}

1;
