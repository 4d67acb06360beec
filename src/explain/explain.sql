-- explain: why records are one customer, or are not.

-- Not a definer: the columns of crm.customer_source that the caller may read decide which values he
-- sees. The tables behind are read inside C as their owner.
CREATE FUNCTION crm.explain_match(source_a text, key_a text, source_b text, key_b text)
RETURNS TABLE (
	step integer,
	part text,
	attribute text,
	value_a text,
	value_b text,
	level text,
	m double precision,
	u double precision,
	frequency numeric,
	weight numeric,
	total numeric,
	probability double precision,
	record_a bigint,
	record_b bigint)
LANGUAGE c STABLE STRICT PARALLEL UNSAFE ROWS 15 COST 1000
AS 'MODULE_PATHNAME', 'crm_explain_records';
COMMENT ON FUNCTION crm.explain_match(text, text, text, text) IS
	'why two records are one customer, or are not, in steps that add up to the weight of the pair. part prior: the odds before anything is compared, against two strangers; attribute: what was compared (value_a and value_b as standardised, to those who may read crm.customer_source.attributes), the level that they reach, m and u (how often pairs of one customer and of strangers do), weight = log2(m/u) + frequency, in bits, where frequency is what the value is rarer (+) or commoner (-) than most; against: what else the pair may be, what that takes away, and as probability how likely it is; total: the weight of the pair. total adds up weights; probability (but of against) is that of one customer after this step. Fellegi and Sunter 1969. Errors: P0002 no such record, 42501 for who may not read keys';
REVOKE ALL ON FUNCTION crm.explain_match(text, text, text, text) FROM PUBLIC;

CREATE FUNCTION crm.explain_match(customer_a bigint, customer_b bigint)
RETURNS TABLE (
	step integer,
	part text,
	attribute text,
	value_a text,
	value_b text,
	level text,
	m double precision,
	u double precision,
	frequency numeric,
	weight numeric,
	total numeric,
	probability double precision,
	record_a bigint,
	record_b bigint)
LANGUAGE c STABLE STRICT PARALLEL UNSAFE ROWS 15 COST 10000
AS 'MODULE_PATHNAME', 'crm_explain_customers';
COMMENT ON FUNCTION crm.explain_match(bigint, bigint) IS
	'the same of two customers: of all pairs of their records the one that speaks most for one customer, record_a with record_b. Errors: P0002 no such customer, 22023 they are one';
REVOKE ALL ON FUNCTION crm.explain_match(bigint, bigint) FROM PUBLIC;

CREATE FUNCTION crm.explain_customer(customer bigint)
RETURNS TABLE (
	step integer,
	part text,
	records bigint[],
	other_records bigint[],
	other_customer_id bigint,
	source text,
	source_key text,
	weight numeric,
	mean numeric,
	probability double precision,
	reason text)
LANGUAGE c STABLE STRICT PARALLEL UNSAFE ROWS 20 COST 10000
AS 'MODULE_PATHNAME', 'crm_explain_customer';
COMMENT ON FUNCTION crm.explain_customer(bigint) IS
	'why these records are one customer, and no others. part record: each record, its source and key (to those who may read them) and the mean of what it says with each of the others; join: which records joined which, in the order of average linkage: the strongest pair, the mean of all pairs; weakest link: the join with the lowest mean; against: pairs that by themselves would be two customers (the 20 clearest); decided: what stewards said of its records; apart: the nearest customers (5 at most) that stayed others, with the strongest pair and the mean of all. weight and probability are of the strongest pair, in bits; mean is what decides: above zero clusters join; there a pair counts 15 bits at most. reason tells levels, never values. Errors: P0002 no such customer';
REVOKE ALL ON FUNCTION crm.explain_customer(bigint) FROM PUBLIC;
