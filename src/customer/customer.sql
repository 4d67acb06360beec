-- customer: the golden record.

CREATE TABLE crm_internal.customer
(
	customer_id bigint PRIMARY KEY,
	kind text NOT NULL,
	name text,
	given_name text,
	family_name text,
	organization text,
	email text,
	phone text,
	street text,
	postal_code text,
	city text,
	region text,
	country text,
	birth_date date,
	gender text,
	language text,
	tax_number text,
	latitude double precision,
	longitude double precision,
	attributes jsonb NOT NULL DEFAULT '{}',
	source_records integer NOT NULL,
	created_at timestamptz NOT NULL,
	updated_at timestamptz NOT NULL,
	emails text[] NOT NULL DEFAULT '{}',
	phones text[] NOT NULL DEFAULT '{}'
);
CREATE INDEX customer_email_idx ON crm_internal.customer (email);
COMMENT ON TABLE crm_internal.customer IS 'golden records, one a live customer';
SELECT pg_catalog.pg_extension_config_dump('crm_internal.customer', '');
