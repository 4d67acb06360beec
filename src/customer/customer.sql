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
	phones text[] NOT NULL DEFAULT '{}',
	origins jsonb NOT NULL DEFAULT '{}',
	first_at timestamptz NOT NULL DEFAULT pg_catalog.now()
);
CREATE INDEX customer_email_idx ON crm_internal.customer (email);
COMMENT ON TABLE crm_internal.customer IS 'golden records, one a live customer';
COMMENT ON COLUMN crm_internal.customer.origins IS 'attribute -> id of the record whose value it is; an attribute that is not named is of the record named by the empty one';
COMMENT ON COLUMN crm_internal.customer.first_at IS 'since when this golden record is there; values without a history have been since then';
SELECT pg_catalog.pg_extension_config_dump('crm_internal.customer', '');

CREATE FUNCTION crm_internal.refresh_customers(customer_ids bigint[], dry_run boolean DEFAULT false)
RETURNS bigint[]
LANGUAGE c VOLATILE STRICT PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'crm_refresh_golden_records';
COMMENT ON FUNCTION crm_internal.refresh_customers(bigint[], boolean) IS 'recomputes golden records from the records and writes those that differ; returns their ids; with dry_run nothing is written';
REVOKE ALL ON FUNCTION crm_internal.refresh_customers(bigint[], boolean) FROM PUBLIC;

CREATE VIEW crm.customer AS
SELECT
	customer_id,
	kind,
	name,
	given_name,
	family_name,
	organization,
	email,
	phone,
	street,
	postal_code,
	city,
	region,
	country,
	birth_date,
	gender,
	language,
	tax_number,
	latitude,
	longitude,
	attributes,
	source_records,
	created_at,
	updated_at,
	emails,
	phones
FROM crm_internal.customer;
COMMENT ON VIEW crm.customer IS 'one row a customer: the golden record';
COMMENT ON COLUMN crm.customer.customer_id IS 'never given twice; after a merge crm.current_customer(old id) tells the one that answers for it';
COMMENT ON COLUMN crm.customer.kind IS 'person or organization, as most records say';
COMMENT ON COLUMN crm.customer.name IS 'of a person the full name, of an organization what it is called';
COMMENT ON COLUMN crm.customer.given_name IS 'given name, from the record that name is taken from';
COMMENT ON COLUMN crm.customer.family_name IS 'family name, from the record that name is taken from';
COMMENT ON COLUMN crm.customer.organization IS 'organization or employer';
COMMENT ON COLUMN crm.customer.email IS 'first of emails; lower case, so compare with lower case';
COMMENT ON COLUMN crm.customer.phone IS 'first of phones; E.164 (+31612345678) where it could be read';
COMMENT ON COLUMN crm.customer.street IS 'street and number; the whole address comes from one record';
COMMENT ON COLUMN crm.customer.postal_code IS 'postal code';
COMMENT ON COLUMN crm.customer.city IS 'city';
COMMENT ON COLUMN crm.customer.region IS 'region, state or province';
COMMENT ON COLUMN crm.customer.country IS 'ISO 3166 alpha-2 in upper case where the departments have two letters';
COMMENT ON COLUMN crm.customer.birth_date IS 'birth date; what is no date, or an ambiguous one, is only in the lineage';
COMMENT ON COLUMN crm.customer.gender IS 'gender';
COMMENT ON COLUMN crm.customer.language IS 'language';
COMMENT ON COLUMN crm.customer.tax_number IS 'tax or registration number';
COMMENT ON COLUMN crm.customer.latitude IS 'degrees north, WGS 84';
COMMENT ON COLUMN crm.customer.longitude IS 'degrees east, WGS 84';
COMMENT ON COLUMN crm.customer.attributes IS 'every other attribute -> its surviving value';
COMMENT ON COLUMN crm.customer.source_records IS 'how many departmental rows it is made of';
COMMENT ON COLUMN crm.customer.created_at IS 'when the customer id was given';
COMMENT ON COLUMN crm.customer.updated_at IS 'when a value shown here last changed';
COMMENT ON COLUMN crm.customer.emails IS 'all e-mail addresses, in order of survivorship';
COMMENT ON COLUMN crm.customer.phones IS 'all telephone numbers, in order of survivorship';
