-- attribute: the canonical attributes of a customer and the kind that decides how each is
-- standardised, compared and survives.

CREATE TABLE crm_internal.attribute
(
	name text PRIMARY KEY,
	kind text NOT NULL,
	position integer NOT NULL,
	builtin boolean NOT NULL DEFAULT false
);
COMMENT ON TABLE crm_internal.attribute IS 'canonical attributes; kind is one of the kinds of source/attribute.h';
SELECT pg_catalog.pg_extension_config_dump('crm_internal.attribute', 'WHERE NOT builtin');

INSERT INTO crm_internal.attribute (name, kind, position, builtin) VALUES
	('name', 'name', 1, true),
	('given_name', 'given_name', 2, true),
	('family_name', 'family_name', 3, true),
	('organization', 'organization', 4, true),
	('email', 'email', 5, true),
	('phone', 'phone', 6, true),
	('street', 'street', 7, true),
	('postal_code', 'postal_code', 8, true),
	('city', 'city', 9, true),
	('region', 'region', 10, true),
	('country', 'country', 11, true),
	('birth_date', 'date', 12, true),
	('gender', 'gender', 13, true),
	('language', 'language', 14, true),
	('tax_number', 'identifier', 15, true),
	('external_id', 'identifier', 16, true),
	('latitude', 'latitude', 17, true),
	('longitude', 'longitude', 18, true);
