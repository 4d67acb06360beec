# Random companies for test/property/refusals, and the trial of each refusal inside the server.
package Refusals;
use strict;
use warnings;

my @decisions   = qw(campaign.design campaign.execution goodwill pricing segmentation);
my @departments = qw(sales field inside service);
my @amounts     = (undef, undef, 100, 250, 500, 1000, 2000);

sub one { return $_[ rand @_ ] }
sub chance { return rand() < $_[0] }
sub literal { return defined $_[0] ? "'$_[0]'" : 'NULL' }

# What all companies have in common: guarded tables, and a note of what went wrong.
sub template
{
	my $sql = "CREATE EXTENSION crm CASCADE;\nCREATE SCHEMA desk;\n" . trial();
	for my $decision (@decisions)
	{
		my $table = 'desk.' . $decision =~ tr/./_/r;
		$sql .= "CREATE TABLE $table (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, amount numeric, customer bigint, department text);\n"
		  . "SELECT crm.add_guard('$table', decision => '$decision', amount => 'amount', customer => 'customer', scope => '{\"department\": \"department\"}');\n";
	}
	return $sql . <<~'SQL';
		SELECT crm.add_gateway(session_user::text);
		SELECT crm.add_department('sales'), crm.add_department('service');
		SELECT crm.add_department('field', parent => 'sales');
		SELECT crm.add_department('inside', parent => 'field');
		SELECT crm.add_budget('large', amount => 20000), crm.add_budget('small', amount => 1500);
		SELECT crm.add_budget('part', amount => 4000, parent => 'large');
		SQL
}

sub scope
{
	my $bound = one('"sales"', '"service"', '["field", "service"]', '{"within": "sales"}', '{"within": "field"}');
	return chance(0.7) ? {} : { scope => "'{\"department\": $bound}'" };
}

sub bounds
{
	my ($kind) = @_;
	my $amount = one(@amounts);
	my %bound = (%{ scope() }, defined $amount ? (amount => $amount) : ());
	if ($kind =~ /charter|hand_over|share/)
	{
		$bound{budget} = literal(one(qw(large small part))) if chance(0.2);
		@bound{qw(window_amount window_length)} = (one(300, 600, 1500), "'1 year'") if $kind ne 'share_jointly' && chance(0.15);
		$bound{depth} = one(0, 1, 2) if $kind ne 'share_jointly' && chance(0.2);
	}
	$bound{valid_from}  = "clock_timestamp() + '1 hour'" if chance(0.05);
	$bound{valid_until} = "clock_timestamp() + '1 day'"  if chance(0.1);
	return join '', map { ", $_ => $bound{$_}" } sort keys %bound;
}

sub grant
{
	my (@positions) = @_;
	my $decision = one(@decisions, @decisions, 'campaign');
	my ($from, $to, @more) = sort { rand() <=> 0.5 } @positions;
	my $kind = one(qw(hand_over hand_over share share share share share_jointly consult inform ban));
	my $bounds = bounds($kind);
	return "crm.share_jointly('$decision', positions => '{$to,$more[0],$more[1]}', quorum => 2, from_position => '$from'$bounds)" if $kind eq 'share_jointly';
	my $giver = $kind =~ /hand_over|share/ || chance(0.5) ? ", from_position => '$from'" : '';
	return "crm.$kind('$decision', to_position => '$to'$giver$bounds)";
}

# A company: most of its random mandates are refused, for nobody gives what he has not got; so there are many.
sub company
{
	my @positions = map { "p$_" } 0 .. 7;
	my @try = map { my $above = $_ ? ", reports_to => 'p" . int(rand $_) . "'" : '';
		"crm.add_position('p$_', department => '" . one(@departments) . "'$above, vacancy => '" . one(qw(acting escalate)) . "', acting_share => " . one(1, 1, 0.5) . ')' } 0 .. 7;
	for my $position (@positions)
	{
		push @try, "crm.appoint('$position', 'u" . (1 + int rand 9) . "', capacity => '" . one(qw(holder holder holder deputy liaison machine contractor))
		  . "', valid_until => '2100-01-01')" for 1 .. one(0, 1, 1, 2, 3);
	}
	push @try, map { "crm.change_budget('$_', owner => '" . one(@positions) . "')" } qw(large small);
	push @try, "crm.appoint('p0', 'guest', capacity => 'liaison')";    # may nothing, so that anybody can answer what he asks
	push @try, map { "crm.grant_mandate('$_', to_position => '" . one(@positions) . "'" . (chance(0.4) ? '' : bounds('charter')) . ')' }
	  grep { chance(0.9) } @decisions, 'campaign', 'goodwill', 'pricing';
	push @try, map { grant(@positions) } 1 .. 150;
	return attempts(@try);
}

# What changes later on: people come and go, mandates are given and revoked.
sub change
{
	my @positions = map { "p$_" } 0 .. 7;
	return attempts(
		(map { "crm.revoke((SELECT mandate_id FROM crm.mandates WHERE status = 'in force' ORDER BY random() LIMIT 1))" } 1 .. one(0, 2, 4)),
		(map { "crm.end_appointment('" . one(@positions) . "', 'u" . (1 + int rand 9) . "')" } 1 .. 4),
		(map { "crm.appoint('" . one(@positions) . "', 'u" . (1 + int rand 9) . "')" } 1 .. one(0, 2)),
		map { grant(@positions) } 1 .. 30);
}

sub attempts { return join '', map { my $call = s/'/''/gr; "SELECT attempt('SELECT $call');\n" } @_ }

sub trial
{
	return <<'SQL';
CREATE TABLE tally (what text PRIMARY KEY, n integer NOT NULL);
CREATE TABLE finding (problem text, person text, statement text, refusal text, hint text);
CREATE TYPE result AS (state text, message text, detail text, hint text);

CREATE FUNCTION attempt(statement text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
	EXECUTE statement;
EXCEPTION WHEN insufficient_privilege OR invalid_parameter_value OR undefined_object OR object_not_in_prerequisite_state
		OR duplicate_object OR null_value_not_allowed THEN
	RETURN;
END
$$;

CREATE FUNCTION count_one(what text) RETURNS void LANGUAGE sql AS $$
	INSERT INTO tally AS t VALUES (what, 1) ON CONFLICT ON CONSTRAINT tally_pkey DO UPDATE SET n = t.n + 1;
$$;

-- What a person (NULL: nobody) gets for statements; undone unless it is kept.
CREATE FUNCTION try(person text, statement text, keep boolean DEFAULT false) RETURNS result LANGUAGE plpgsql AS $$
DECLARE
	r result := ROW('00000', '', '', '');
BEGIN
	PERFORM crm.act_as(person);
	EXECUTE statement;
	IF NOT keep THEN
		RAISE SQLSTATE 'RT000';
	END IF;
	RETURN r;
EXCEPTION
	WHEN SQLSTATE 'RT000' THEN
		RETURN r;
	WHEN OTHERS THEN
		GET STACKED DIAGNOSTICS r.state = RETURNED_SQLSTATE, r.message = MESSAGE_TEXT, r.detail = PG_EXCEPTION_DETAIL, r.hint = PG_EXCEPTION_HINT;
		RETURN r;
END
$$;

-- Asks first, and is answered (or the deadline passes where nobody is there to answer), signed for by those named, then does it; all undone.
CREATE FUNCTION try_asking(person text, statement text, request text, signers text[] DEFAULT '{}') RETURNS result LANGUAGE plpgsql AS $$
DECLARE
	r result := ROW('00000', '', '', '');
	id bigint;
	signer text;
BEGIN
	PERFORM crm.act_as(person);
	EXECUTE request INTO id;
	UPDATE crm_internal.request_consult c SET due_at = clock_timestamp() WHERE c.request_id = id;
	FOREACH signer IN ARRAY signers LOOP
		PERFORM crm.act_as(signer);
		PERFORM crm.approve(id) WHERE (SELECT status = 'open' FROM crm_internal.request q WHERE q.request_id = id);
	END LOOP;
	PERFORM crm.act_as(person);
	EXECUTE statement;
	RAISE SQLSTATE 'RT000';
EXCEPTION
	WHEN SQLSTATE 'RT000' THEN
		RETURN r;
	WHEN OTHERS THEN
		GET STACKED DIAGNOSTICS r.state = RETURNED_SQLSTATE, r.message = MESSAGE_TEXT, r.detail = PG_EXCEPTION_DETAIL, r.hint = PG_EXCEPTION_HINT;
		RETURN r;
END
$$;

CREATE FUNCTION check_refusal(person text, statement text, decision text, amount numeric, customer bigint, department text, refused result, keep boolean)
RETURNS void LANGUAGE plpgsql AS $$
DECLARE
	people text := (regexp_match(refused.hint, '^((\S+ \(\S+\)(, )?)+) may'))[1];
	request text := format('SELECT crm.request(%L, customer => %s, amount => %L, scope => %L)', decision, customer, amount,
		CASE WHEN department IS NULL THEN '{}' ELSE jsonb_build_object('department', department) END);
	asking text := substring(refused.hint FROM 'SELECT crm\.request\(.*;');
	named text[] := ARRAY(SELECT DISTINCT m[2] FROM regexp_matches(people, '(\S+) \((\S+)\)', 'g') m);
	r result;
	who text;
BEGIN
	IF refused.hint ~ ' may\.( |$)' THEN
		FOREACH who IN ARRAY named LOOP
			r := try(who, statement, keep AND who = named[cardinality(named)]);
			IF r.state <> '00000' THEN
				INSERT INTO finding VALUES (who || ' may not: ' || r.message || ' ' || r.detail, person, statement, refused.detail, refused.hint);
			END IF;
		END LOOP;
		PERFORM count_one('a person is named');
	ELSIF refused.hint ~ ' may after a consult\.( |$)' THEN
		FOREACH who IN ARRAY named LOOP
			r := try_asking(who, statement, request);
			IF r.state <> '00000' THEN
				INSERT INTO finding VALUES (who || ' may not after a consult: ' || r.message || ' ' || r.detail, person, statement, refused.detail, refused.hint);
			END IF;
		END LOOP;
		PERFORM count_one('a person is named, who must consult');
	ELSIF refused.hint ~ ' may together\.( |$)' THEN
		-- One who may not ask leaves it to somebody else.
		FOREACH who IN ARRAY CASE WHEN asking IS NULL OR person IS NULL THEN ARRAY(SELECT DISTINCT a.person FROM crm.appointments a) ELSE ARRAY[person] END LOOP
			r := try_asking(who, statement, request, array_remove(named, who));
			EXIT WHEN r.state = '00000';
		END LOOP;
		IF r.state <> '00000' THEN
			INSERT INTO finding VALUES ('not together: ' || r.message || ' ' || r.detail, person, statement, refused.detail, refused.hint);
		END IF;
		PERFORM count_one('persons are named who must sign together');
	ELSIF refused.hint LIKE '% may together, but %' THEN
		PERFORM count_one('persons are named who could sign together, but have no money left');
	ELSIF refused.hint LIKE '% may, but %' THEN
		FOREACH who IN ARRAY named LOOP
			r := try(who, statement);
			IF r.detail NOT LIKE 'Of %left.' AND r.detail NOT LIKE '%consult%' AND (amount IS NOT NULL OR r.detail NOT LIKE 'The amount is not known%') THEN
				INSERT INTO finding VALUES (who || ' has money or no mandate: ' || r.detail, person, statement, refused.detail, refused.hint);
			END IF;
		END LOOP;
		PERFORM count_one('a person is named, who has no money left');
	ELSE
		asking := NULL;
		IF NOT EXISTS (SELECT FROM gap g
				WHERE g.decision = check_refusal.decision
					AND g.scope IN (SELECT '{}'::jsonb UNION ALL SELECT jsonb_build_object('department', v) FROM unnest(crm_internal.department_ancestors(department)) d,
					LATERAL (VALUES (to_jsonb(d)), (jsonb_build_object('within', d))) AS x (v))
					AND CASE WHEN amount IS NULL THEN g.up_to IS NULL
						ELSE amount > coalesce(g.above, -1) AND amount <= coalesce(g.up_to, 'Infinity') END) THEN
			INSERT INTO finding VALUES ('nobody is named, and it is no gap', person, statement, refused.detail, refused.hint);
		END IF;
		PERFORM count_one('nobody is named: a gap');
	END IF;
	IF asking IS NOT NULL THEN
		r := try(person, asking);
		IF r.state <> '00000' THEN
			INSERT INTO finding VALUES ('the request is refused: ' || r.message || ' ' || r.detail, person, statement, refused.detail, refused.hint);
		END IF;
	END IF;
END
$$;

-- Random writes by random persons, until so many are refused.
CREATE PROCEDURE refusals(wanted integer, decisions text[]) LANGUAGE plpgsql AS $$
DECLARE
	persons text[] := ARRAY(SELECT DISTINCT a.person FROM crm.appointments a WHERE a.valid_until > clock_timestamp()) || NULL::text;
	seen integer := 0;
	tries integer := 0;
	who text;
	decision text;
	amount numeric;
	customer bigint;
	department text;
	statement text;
	r result;
BEGIN
	DROP TABLE IF EXISTS gap;
	CREATE TABLE gap AS SELECT * FROM crm.mandate_gaps;
	WHILE seen < wanted AND tries < 5 * wanted LOOP
		tries := tries + 1;
		who := persons[1 + floor(random() * cardinality(persons))];
		decision := decisions[1 + floor(random() * cardinality(decisions))];
		amount := CASE WHEN random() < 0.9 THEN round((random() * 1.3) ^ 2 * 1500) END;
		department := ('{sales,field,inside,service,NULL}'::text[])[1 + floor(random() * 5)];
		customer := 1 + floor(random() * 3);
		statement := format('INSERT INTO desk.%I (amount, customer, department) VALUES (%L, %s, %L)',
			translate(decision, '.', '_'), amount, customer, department);
		IF random() < 0.2 THEN
			EXECUTE format('SELECT format(''UPDATE desk.%1$I SET amount = %2$s WHERE id = %%s'', id), customer, department FROM desk.%1$I ORDER BY random() LIMIT 1',
				translate(decision, '.', '_'), coalesce(amount::text, 'NULL')) INTO statement, customer, department;
			CONTINUE WHEN statement IS NULL;
		END IF;
		r := try(who, statement, random() < 0.1);
		IF r.state = '42501' AND r.message LIKE 'decision %' THEN
			seen := seen + 1;
			PERFORM check_refusal(who, statement, decision, amount, customer, department, r, random() < 0.05);
			COMMIT;
		ELSIF r.state <> '00000' THEN
			INSERT INTO finding VALUES ('an error: ' || r.message, who, statement, r.detail, r.hint);
		END IF;
	END LOOP;
	COMMIT;
	INSERT INTO tally VALUES ('refused', seen) ON CONFLICT ON CONSTRAINT tally_pkey DO UPDATE SET n = tally.n + seen;
	INSERT INTO tally VALUES ('tried', tries) ON CONFLICT ON CONSTRAINT tally_pkey DO UPDATE SET n = tally.n + tries;
END
$$;
SQL
}

sub refusals { my ($wanted) = @_; return "CALL refusals($wanted, '{" . join(',', @decisions) . "}');\n" }

1;
