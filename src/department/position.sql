-- position: jobs and their reporting line, and who holds them. A mandate is held by a position, never by a person.

CREATE TABLE crm_internal.position
(
	name text PRIMARY KEY CHECK (name OPERATOR(pg_catalog.<>) ''),
	department text NOT NULL,
	reports_to text,
	vacancy text NOT NULL DEFAULT 'escalate' CHECK (vacancy IN ('escalate', 'acting')),
	acting_share numeric NOT NULL DEFAULT 1 CHECK (acting_share OPERATOR(pg_catalog.>) 0 AND acting_share OPERATOR(pg_catalog.<=) 1),
	created_at timestamptz NOT NULL DEFAULT pg_catalog.clock_timestamp(),
	closed_at timestamptz
);
COMMENT ON TABLE crm_internal.position IS 'jobs; a vacant one is acted for by whom it reports to (acting), with its amounts times acting_share, or waits (escalate)';
SELECT pg_catalog.pg_extension_config_dump('crm_internal.position', '');

CREATE TABLE crm_internal.appointment
(
	appointment_id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	position text NOT NULL,
	person text NOT NULL CHECK (person OPERATOR(pg_catalog.<>) ''),
	capacity text NOT NULL CHECK (capacity IN ('holder', 'deputy', 'liaison', 'contractor', 'machine')),
	valid_from timestamptz NOT NULL,
	valid_until timestamptz NOT NULL DEFAULT 'infinity',
	recorded_at timestamptz NOT NULL DEFAULT pg_catalog.clock_timestamp(),
	CHECK (valid_from OPERATOR(pg_catalog.<=) valid_until)
);
COMMENT ON TABLE crm_internal.appointment IS 'who holds a position, in which capacity, from and until when; person: a database role, or somebody behind an application''s login';
SELECT pg_catalog.pg_extension_config_dump('crm_internal.appointment', '');
SELECT pg_catalog.pg_extension_config_dump('crm_internal.appointment_appointment_id_seq', '');
CREATE INDEX appointment_person_idx ON crm_internal.appointment (person);
CREATE INDEX appointment_position_idx ON crm_internal.appointment (position);
