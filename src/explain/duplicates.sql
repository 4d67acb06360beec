-- duplicates: a warning at entry, before a row is stored.

-- Not a definer: the columns of crm.customer that the caller may read decide which he is shown.
CREATE FUNCTION crm.find_duplicates(source text, "row" jsonb, max_results integer DEFAULT 10)
RETURNS TABLE (
	customer_id bigint,
	joins boolean,
	weight numeric,
	probability double precision,
	reason text,
	record_id bigint,
	kind text,
	name text,
	email text,
	phone text,
	city text,
	birth_date date,
	source_records integer)
LANGUAGE c VOLATILE STRICT PARALLEL UNSAFE ROWS 10 COST 10000
AS 'MODULE_PATHNAME', 'crm_find_duplicates';
COMMENT ON FUNCTION crm.find_duplicates(text, jsonb, integer) IS
	'the customers that a row of a source would join, or is near, before it is stored; nothing is kept. row: column -> value, to_jsonb(NEW) in a trigger; what details would add is not there yet, and a stored row of the same key is left out. joins: it would be in one cluster with records of this customer, as things are now; weight (bits) and probability are of the pair with record_id, the strongest; reason tells levels, never values. Columns of the customer are shown to those who may read them in crm.customer. Errors: 42704 no such source; the one that reading the row gives, without its values';
REVOKE ALL ON FUNCTION crm.find_duplicates(text, jsonb, integer) FROM PUBLIC;
