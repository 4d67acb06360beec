# Thousands of invented people in two departments of one database, and the means to compare what
# crm made of them with an undisturbed load of the same rows.
package Crowd;

use strict;
use warnings;
use Exporter qw(import);
our @EXPORT = qw(crowd_tables crowd_people crowd_sources partition_of fresh_partition healthy);

sub crowd_tables
{
	return <<'SQL';
CREATE EXTENSION crm CASCADE;
SELECT crm.add_department('sales'), crm.add_department('marketing');
CREATE SCHEMA dept;
CREATE TABLE dept.account (id integer PRIMARY KEY, name text, mail text, born date, city text);
CREATE TABLE dept.lead (id integer PRIMARY KEY, first text, last text, mail text, city text);
-- a name that can be said, by a number
CREATE FUNCTION dept.word(n integer, salt text) RETURNS text IMMUTABLE LANGUAGE sql AS $$
	SELECT initcap(string_agg(substr('bdfgklmnprstvwz', 1 + get_byte(h, i) % 15, 1) || substr('aeiou', 1 + get_byte(h, i + 1) % 5, 1), '' ORDER BY i) || 'n')
	FROM decode(md5(n || salt), 'hex') h, generate_series(0, 4, 2) i
$$;
CREATE FUNCTION dept.town(n integer) RETURNS text IMMUTABLE LANGUAGE sql AS $$ SELECT dept.word(n % 40, 'town') $$;
SQL
}

# Every third lead is an account by another spelling, every ninth account stands there twice.
sub crowd_people
{
	my ($accounts, $leads) = @_;
	return <<"SQL";
INSERT INTO dept.account SELECT n, dept.word(m, 'given') || ' ' || dept.word(m, 'family'),
	CASE WHEN m % 3 = 0 THEN NULL ELSE dept.word(m, 'given') || m || '\@' || dept.word(m, 'domain') || '.nl' END,
	date '1940-01-01' + m * 37 % 20000, dept.town(m)
	FROM (SELECT n, CASE WHEN n % 9 = 0 THEN n - 1 ELSE n END AS m FROM generate_series(1, $accounts) n) x;
INSERT INTO dept.lead SELECT n, dept.word(m, 'given'), dept.word(m, 'family') || CASE WHEN n % 6 = 0 THEN 'n' ELSE '' END,
	CASE WHEN n % 4 = 0 THEN NULL ELSE dept.word(m, 'given') || m || '\@' || dept.word(m, 'domain') || '.nl' END, dept.town(m)
	FROM (SELECT n, CASE WHEN n % 3 = 0 THEN n ELSE n + 1000000 END AS m FROM generate_series(1, $leads) n) x;
SQL
}

# $mode: of dept.lead
sub crowd_sources
{
	my ($mode) = @_;
	return <<"SQL";
SELECT crm.add_source('dept.account', 'sales', '{"name": "name", "email": "mail", "birth_date": "born", "city": "city"}');
SELECT crm.add_source('dept.lead', 'marketing', '{"given_name": "first", "family_name": "last", "email": "mail", "city": "city"}', mode => '$mode');
SQL
}

# Which rows are together: one digest, and how many customers.
sub partition_of
{
	my ($node, $database) = @_;
	return $node->safe_psql($database, <<'SQL');
SELECT count(*) || ' customers of ' || sum(n) || ' rows, ' || md5(string_agg(rows, ' ' ORDER BY rows))
FROM (SELECT count(*) AS n, string_agg(source || source_key, ',' ORDER BY source, source_key COLLATE "C") COLLATE "C" AS rows
	FROM crm.customer_source GROUP BY customer_id) x
SQL
}

# What an undisturbed load of the rows of a database gives, in a database of its own.
sub fresh_partition
{
	my ($node, $database, $folder) = @_;
	$node->safe_psql($database, "COPY dept.$_ TO '$folder/$_'") for qw(account lead);
	$node->safe_psql('postgres', 'DROP DATABASE IF EXISTS fresh');
	$node->safe_psql('postgres', 'CREATE DATABASE fresh');
	$node->safe_psql('fresh', crowd_tables());
	$node->safe_psql('fresh', "COPY dept.$_ FROM '$folder/$_'") for qw(lead account);
	$node->safe_psql('fresh', crowd_sources('watch'));
	$node->safe_psql('fresh', 'CALL crm.resolve()');
	return partition_of($node, 'fresh');
}

# '' if nothing waits and all that crm keeps agrees with itself, ids and their story included.
sub healthy
{
	my ($node, $database) = @_;
	return $node->safe_psql($database, <<'SQL');
SELECT 'waits: ' || source || ' ' || coalesce(source_key, '*') || ' ' || coalesce(error, '') FROM crm.pending
UNION ALL SELECT problem FROM crm.verify()
UNION ALL SELECT 'no row of ' || r.source_id || ': ' || r.source_key FROM crm_internal.record r JOIN crm_internal.source s USING (source_id)
	WHERE (s.table_name = 'account' AND r.source_key NOT IN (SELECT id::text FROM dept.account))
		OR (s.table_name = 'lead' AND r.source_key NOT IN (SELECT id::text FROM dept.lead))
UNION ALL SELECT count(*) || ' records of ' || (SELECT count(*) FROM dept.account) + (SELECT count(*) FROM dept.lead) || ' rows'
	FROM crm_internal.record HAVING count(*) <> (SELECT count(*) FROM dept.account) + (SELECT count(*) FROM dept.lead)
UNION ALL SELECT 'customer ' || id || ' began ' || count(*) || ' times'
	FROM (SELECT CASE kind WHEN 'created' THEN customer_id ELSE other_customer_id END AS id FROM crm.customer_event
		WHERE kind IN ('created', 'split')) x GROUP BY id HAVING count(*) > 1
UNION ALL SELECT 'customer ' || i.customer_id || ' began without an event' FROM crm_internal.customer_identity i
	WHERE NOT EXISTS (SELECT FROM crm.customer_event e
		WHERE (e.kind = 'created' AND e.customer_id = i.customer_id) OR (e.kind = 'split' AND e.other_customer_id = i.customer_id))
UNION ALL SELECT 'customer ' || i.customer_id || ' lives without records' FROM crm_internal.customer_identity i
	WHERE i.ended_at IS NULL AND NOT EXISTS (SELECT FROM crm_internal.record r WHERE r.customer_id = i.customer_id)
UNION ALL SELECT 'customer ' || i.customer_id || ' is merged into one that does not live' FROM crm_internal.customer_identity i
	WHERE i.merged_into IS NOT NULL AND crm.current_customer(i.customer_id) IS NULL
		AND EXISTS (SELECT FROM crm_internal.record r WHERE r.customer_id = i.merged_into)
LIMIT 5
SQL
}

1;
