-- lineage: which departmental rows a customer is made of, which values won and what they were before.

CREATE VIEW crm.customer_source AS
SELECT
	r.customer_id,
	s.department,
	pg_catalog.concat(s.schema_name, '.', s.table_name) AS source,
	r.source_key,
	r.record_id,
	r.changed_at,
	COALESCE(
		CASE WHEN r.kind = 'o' THEN r.attributes -> 'organization' ->> 0 END,
		r.attributes -> 'name' ->> 0,
		NULLIF(pg_catalog.concat_ws(' ', r.attributes -> 'given_name' ->> 0, r.attributes -> 'family_name' ->> 0), ''),
		r.attributes -> 'organization' ->> 0) AS name,
	r.attributes -> 'email' ->> 0 AS email,
	r.attributes -> 'phone' ->> 0 AS phone,
	r.attributes
FROM crm_internal.record r
JOIN crm_internal.source s ON s.source_id = r.source_id
WHERE r.customer_id IS NOT NULL;
COMMENT ON VIEW crm.customer_source IS 'the departmental rows that each customer is made of, as they assert themselves';
COMMENT ON COLUMN crm.customer_source.customer_id IS 'the customer';
COMMENT ON COLUMN crm.customer_source.department IS 'department whose application owns the row';
COMMENT ON COLUMN crm.customer_source.source IS 'schema.table';
COMMENT ON COLUMN crm.customer_source.source_key IS 'key of the row; a JSON array where the key has several columns';
COMMENT ON COLUMN crm.customer_source.record_id IS 'number of the source record';
COMMENT ON COLUMN crm.customer_source.changed_at IS 'when the row last changed, as far as its source says';
COMMENT ON COLUMN crm.customer_source.name IS 'name as this row has it';
COMMENT ON COLUMN crm.customer_source.email IS 'first e-mail address of this row';
COMMENT ON COLUMN crm.customer_source.phone IS 'first telephone number of this row';
COMMENT ON COLUMN crm.customer_source.attributes IS 'everything this row asserts: attribute -> array of values';

-- Runs as the owner: who may read the view sees the lineage of any customer, which the view grants.
CREATE FUNCTION crm_internal.customer_lineage(
	customer_id bigint,
	OUT attribute text,
	OUT value text,
	OUT wins boolean,
	OUT source text,
	OUT source_key text,
	OUT rule text,
	OUT changed_at timestamptz,
	OUT record_id bigint)
RETURNS SETOF record
LANGUAGE c STABLE STRICT PARALLEL RESTRICTED
COST 1000 ROWS 20
SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS 'MODULE_PATHNAME', 'crm_customer_lineage';
COMMENT ON FUNCTION crm_internal.customer_lineage(bigint) IS 'every value that the records of a customer assert, whether it wins and by which rule, by the code that makes the golden record';
REVOKE ALL ON FUNCTION crm_internal.customer_lineage(bigint) FROM PUBLIC;

CREATE VIEW crm.customer_lineage AS
SELECT
	c.customer_id,
	l.attribute,
	l.value,
	l.wins,
	l.source,
	l.source_key,
	l.rule,
	l.changed_at,
	l.record_id
FROM crm_internal.customer c
CROSS JOIN LATERAL crm_internal.customer_lineage(c.customer_id) l;
COMMENT ON VIEW crm.customer_lineage IS 'which value came from where, and why it won or lost; computed when it is read';
COMMENT ON COLUMN crm.customer_lineage.customer_id IS 'the customer';
COMMENT ON COLUMN crm.customer_lineage.attribute IS 'attribute';
COMMENT ON COLUMN crm.customer_lineage.value IS 'value, as the golden record writes it';
COMMENT ON COLUMN crm.customer_lineage.wins IS 'whether the golden record shows this one; one row an attribute';
COMMENT ON COLUMN crm.customer_lineage.source IS 'schema.table it comes from';
COMMENT ON COLUMN crm.customer_lineage.source_key IS 'key of the row it comes from';
COMMENT ON COLUMN crm.customer_lineage.rule IS 'what decided between this value and the best other one';
COMMENT ON COLUMN crm.customer_lineage.changed_at IS 'when the row last changed, as far as its source says';
COMMENT ON COLUMN crm.customer_lineage.record_id IS 'number of the source record';

CREATE TABLE crm_internal.customer_history
(
	customer_id bigint NOT NULL,
	attribute text NOT NULL,
	value text NOT NULL,
	record_id bigint NOT NULL,
	valid_from timestamptz NOT NULL,
	valid_to timestamptz
);
CREATE INDEX customer_history_customer_id_idx ON crm_internal.customer_history (customer_id, attribute);
CREATE INDEX customer_history_record_id_idx ON crm_internal.customer_history (record_id);
-- With a publication FOR ALL TABLES nothing could be deleted here otherwise.
ALTER TABLE crm_internal.customer_history REPLICA IDENTITY FULL;
COMMENT ON TABLE crm_internal.customer_history IS 'golden values of attributes that changed; a row goes with the record it came from';
SELECT pg_catalog.pg_extension_config_dump('crm_internal.customer_history', '');

-- Whether a record says this value, in whatever writing.
CREATE FUNCTION crm_internal.asserts(attributes jsonb, attribute text, value text)
RETURNS boolean
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
BEGIN ATOMIC
	SELECT EXISTS (
		SELECT FROM pg_catalog.jsonb_array_elements_text(
			COALESCE(attributes -> attribute, '[]')
			|| CASE WHEN attribute = 'name' THEN COALESCE(attributes -> 'organization', '[]')
				|| pg_catalog.jsonb_build_array(pg_catalog.concat_ws(' ',
					attributes -> 'given_name' ->> 0, attributes -> 'family_name' ->> 0))
				ELSE '[]' END) said (text)
		WHERE pg_catalog.lower(said.text) = pg_catalog.lower(value)
			OR (attribute = 'birth_date'
				AND pg_catalog.regexp_replace(said.text, '[^0-9]', '', 'g')
					= pg_catalog.regexp_replace(value, '[^0-9]', '', 'g')));
END;

COMMENT ON FUNCTION crm_internal.asserts(jsonb, text, text) IS 'whether these attributes of a record say this value of an attribute';

CREATE FUNCTION crm_internal.forget_records(record_ids bigint[])
RETURNS void
LANGUAGE c VOLATILE STRICT PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'crm_forget_records';
COMMENT ON FUNCTION crm_internal.forget_records(bigint[]) IS 'removes from the history what these records, which are about to be deleted, asserted; identity does it by itself';
REVOKE ALL ON FUNCTION crm_internal.forget_records(bigint[]) FROM PUBLIC;

CREATE VIEW crm.customer_history AS
SELECT
	h.customer_id,
	h.attribute,
	h.value,
	h.valid_from,
	h.valid_to,
	pg_catalog.concat(s.schema_name, '.', s.table_name) AS source,
	r.source_key
FROM (
	SELECT customer_id, attribute, value, record_id, valid_from, valid_to
	FROM crm_internal.customer_history
	UNION ALL
	SELECT c.customer_id, now.attribute, now.value, COALESCE(c.origins ->> now.attribute, c.origins ->> '')::bigint, c.first_at, NULL
	FROM crm_internal.customer c
	CROSS JOIN LATERAL (
		SELECT named.attribute, named.value
		FROM (VALUES
			('name', c.name), ('given_name', c.given_name), ('family_name', c.family_name),
			('organization', c.organization), ('email', c.email), ('phone', c.phone),
			('street', c.street), ('postal_code', c.postal_code), ('city', c.city),
			('region', c.region), ('country', c.country),
			('birth_date', pg_catalog.to_char(c.birth_date, 'YYYY-MM-DD')), ('gender', c.gender),
			('language', c.language), ('tax_number', c.tax_number),
			('latitude', c.latitude::text), ('longitude', c.longitude::text)
		) named (attribute, value)
		UNION ALL
		SELECT other.key, other.value FROM pg_catalog.jsonb_each_text(c.attributes) other
	) now (attribute, value)
	WHERE now.value IS NOT NULL
		AND NOT EXISTS (
			SELECT FROM crm_internal.customer_history o
			WHERE o.customer_id = c.customer_id AND o.attribute = now.attribute AND o.valid_to IS NULL)
) h
LEFT JOIN crm_internal.record r ON r.record_id = h.record_id
LEFT JOIN crm_internal.source s ON s.source_id = r.source_id;
COMMENT ON VIEW crm.customer_history IS 'what the golden record says and said; the values of a departmental row go when the row goes';
COMMENT ON COLUMN crm.customer_history.customer_id IS 'the customer';
COMMENT ON COLUMN crm.customer_history.attribute IS 'attribute';
COMMENT ON COLUMN crm.customer_history.value IS 'value';
COMMENT ON COLUMN crm.customer_history.valid_from IS 'since when the golden record showed it';
COMMENT ON COLUMN crm.customer_history.valid_to IS 'until when; NULL: it does now';
COMMENT ON COLUMN crm.customer_history.source IS 'schema.table it came from';
COMMENT ON COLUMN crm.customer_history.source_key IS 'key of the row it came from';

CREATE VIEW crm.customer_event AS
SELECT
	event_no,
	at,
	kind,
	customer_id,
	other_customer_id,
	cause,
	actor,
	person,
	reason,
	act_no
FROM crm_internal.customer_event;
COMMENT ON VIEW crm.customer_event IS 'what happened to customer ids';
COMMENT ON COLUMN crm.customer_event.event_no IS 'ascending number';
COMMENT ON COLUMN crm.customer_event.at IS 'when';
COMMENT ON COLUMN crm.customer_event.kind IS 'created, merged, split, moved or ended; what somebody decided: confirmed, rejected or undone';
COMMENT ON COLUMN crm.customer_event.customer_id IS 'the customer it is about';
COMMENT ON COLUMN crm.customer_event.other_customer_id IS 'merged: the id that went into it; split: the new id; moved: the id that records came from; decided: of whom as well';
COMMENT ON COLUMN crm.customer_event.cause IS 'why';
COMMENT ON COLUMN crm.customer_event.actor IS 'the login';
COMMENT ON COLUMN crm.customer_event.person IS 'who decided it, where somebody did';
COMMENT ON COLUMN crm.customer_event.reason IS 'why, in his words';
COMMENT ON COLUMN crm.customer_event.act_no IS 'number of what he decided: crm.undo() of any of its events takes back all of it';

-- Runs as the owner; tells ids only.
CREATE FUNCTION crm.current_customer(customer_id bigint)
RETURNS bigint
LANGUAGE sql STABLE STRICT PARALLEL SAFE
SECURITY DEFINER SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
	WITH RECURSIVE answering (id, merged_into, ended_at) AS (
		SELECT i.customer_id, i.merged_into, i.ended_at
		FROM crm_internal.customer_identity i
		WHERE i.customer_id = current_customer.customer_id
		UNION
		SELECT i.customer_id, i.merged_into, i.ended_at
		FROM answering a
		JOIN crm_internal.customer_identity i ON i.customer_id = a.merged_into
	)
	SELECT a.id FROM answering a WHERE a.merged_into IS NULL AND a.ended_at IS NULL;
END;
COMMENT ON FUNCTION crm.current_customer(bigint) IS 'the customer id that answers for this one today, for ever, through any number of merges; NULL for an id never given and for a customer all of whose rows are gone';
REVOKE ALL ON FUNCTION crm.current_customer(bigint) FROM PUBLIC;

-- Mandates are of use before the first source is there: until then the ids are the company's own, and crm cannot know them.
CREATE FUNCTION crm_internal.check_customer(customer bigint)
RETURNS void
LANGUAGE plpgsql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	IF crm.current_customer(customer) IS NULL AND EXISTS (SELECT FROM crm_internal.customer_identity) THEN
		RAISE undefined_object USING
			MESSAGE = format('customer %s does not exist', customer),
			HINT = 'SELECT crm.customer_of(''sales.account'', ''4711'') tells the id of the customer that a row belongs to.';
	END IF;
END
$$;
COMMENT ON FUNCTION crm_internal.check_customer(bigint) IS 'error 42704 for an id that was never given, and for a customer all of whose rows are gone; none as long as there are no customers at all';
REVOKE ALL ON FUNCTION crm_internal.check_customer(bigint) FROM PUBLIC;
INSERT INTO crm_internal.customer_register (check_function, view_name) VALUES ('crm_internal.check_customer', 'crm.customer');

-- Runs as the owner; tells an id to one who knows the key already.
CREATE FUNCTION crm.customer_of(source text, source_key text)
RETURNS bigint
LANGUAGE sql STABLE STRICT PARALLEL SAFE
SECURITY DEFINER SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
	SELECT r.customer_id
	FROM crm_internal.source s
	JOIN crm_internal.record r ON r.source_id = s.source_id
	WHERE customer_of.source IN (pg_catalog.concat(s.schema_name, '.', s.table_name),
			pg_catalog.format('%I.%I', s.schema_name, s.table_name))
		AND r.source_key = CASE
			WHEN pg_catalog.cardinality(s.key_columns) = 1 THEN customer_of.source_key
			ELSE (SELECT pg_catalog.jsonb_agg(part.value ORDER BY part.ordinality)::text
				FROM pg_catalog.jsonb_array_elements_text(customer_of.source_key::jsonb)
					WITH ORDINALITY part (value, ordinality))
		END;
END;
COMMENT ON FUNCTION crm.customer_of(text, text) IS 'the customer that a departmental row belongs to: source as schema.table, key as text, a JSON array where the key has several columns; NULL if the row is not known';
REVOKE ALL ON FUNCTION crm.customer_of(text, text) FROM PUBLIC;
