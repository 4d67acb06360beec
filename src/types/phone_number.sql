-- phone_number: an E.164 number in 8 bytes. In the schema named at CREATE EXTENSION, since an
-- operator in a schema off the search_path does not exist for WHERE phone = '+31...'.

CREATE TYPE phone_number;

CREATE FUNCTION phone_number_in(cstring) RETURNS phone_number
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'crm_phone_number_in';
COMMENT ON FUNCTION phone_number_in(cstring) IS 'I/O';

CREATE FUNCTION phone_number_out(phone_number) RETURNS cstring
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'crm_phone_number_out';
COMMENT ON FUNCTION phone_number_out(phone_number) IS 'I/O';

CREATE FUNCTION phone_number_recv(internal) RETURNS phone_number
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'crm_phone_number_recv';
COMMENT ON FUNCTION phone_number_recv(internal) IS 'I/O';

CREATE FUNCTION phone_number_send(phone_number) RETURNS bytea
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'crm_phone_number_send';
COMMENT ON FUNCTION phone_number_send(phone_number) IS 'I/O';

CREATE TYPE phone_number (
	INPUT = phone_number_in,
	OUTPUT = phone_number_out,
	RECEIVE = phone_number_recv,
	SEND = phone_number_send,
	LIKE = pg_catalog.int8
);
COMMENT ON TYPE phone_number IS
	'telephone number by E.164: read in international writing (+31 (0)6-1234 5678, 0031..., tel:+31...; no extension), shown as +31612345678; national writing by crm.parse_phone()';

-- Explicit or on assignment only: as text, two spellings of one number are two.
CREATE CAST (phone_number AS pg_catalog.text) WITH INOUT AS ASSIGNMENT;
COMMENT ON CAST (phone_number AS pg_catalog.text) IS 'explicitly or on assignment';
CREATE CAST (phone_number AS pg_catalog.varchar) WITH INOUT AS ASSIGNMENT;
COMMENT ON CAST (phone_number AS pg_catalog.varchar) IS 'explicitly or on assignment';
CREATE CAST (pg_catalog.text AS phone_number) WITH INOUT AS ASSIGNMENT;
COMMENT ON CAST (pg_catalog.text AS phone_number) IS 'explicitly or on assignment';
CREATE CAST (pg_catalog.varchar AS phone_number) WITH INOUT AS ASSIGNMENT;
COMMENT ON CAST (pg_catalog.varchar AS phone_number) IS 'explicitly or on assignment';

-- The value is a bigint whose order is the order of the numbers, so the server's functions serve.
CREATE FUNCTION phone_number_eq(phone_number, phone_number) RETURNS boolean
LANGUAGE internal IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE AS 'int8eq';
COMMENT ON FUNCTION phone_number_eq(phone_number, phone_number) IS 'implementation of = operator';

CREATE FUNCTION phone_number_ne(phone_number, phone_number) RETURNS boolean
LANGUAGE internal IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE AS 'int8ne';
COMMENT ON FUNCTION phone_number_ne(phone_number, phone_number) IS 'implementation of <> operator';

CREATE FUNCTION phone_number_lt(phone_number, phone_number) RETURNS boolean
LANGUAGE internal IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE AS 'int8lt';
COMMENT ON FUNCTION phone_number_lt(phone_number, phone_number) IS 'implementation of < operator';

CREATE FUNCTION phone_number_le(phone_number, phone_number) RETURNS boolean
LANGUAGE internal IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE AS 'int8le';
COMMENT ON FUNCTION phone_number_le(phone_number, phone_number) IS 'implementation of <= operator';

CREATE FUNCTION phone_number_gt(phone_number, phone_number) RETURNS boolean
LANGUAGE internal IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE AS 'int8gt';
COMMENT ON FUNCTION phone_number_gt(phone_number, phone_number) IS 'implementation of > operator';

CREATE FUNCTION phone_number_ge(phone_number, phone_number) RETURNS boolean
LANGUAGE internal IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE AS 'int8ge';
COMMENT ON FUNCTION phone_number_ge(phone_number, phone_number) IS 'implementation of >= operator';

CREATE OPERATOR = (
	LEFTARG = phone_number,
	RIGHTARG = phone_number,
	FUNCTION = phone_number_eq,
	COMMUTATOR = =,
	NEGATOR = <>,
	RESTRICT = eqsel,
	JOIN = eqjoinsel,
	HASHES,
	MERGES
);
COMMENT ON OPERATOR = (phone_number, phone_number) IS 'equal';

CREATE OPERATOR <> (
	LEFTARG = phone_number,
	RIGHTARG = phone_number,
	FUNCTION = phone_number_ne,
	COMMUTATOR = <>,
	NEGATOR = =,
	RESTRICT = neqsel,
	JOIN = neqjoinsel
);
COMMENT ON OPERATOR <> (phone_number, phone_number) IS 'not equal';

CREATE OPERATOR < (
	LEFTARG = phone_number,
	RIGHTARG = phone_number,
	FUNCTION = phone_number_lt,
	COMMUTATOR = >,
	NEGATOR = >=,
	RESTRICT = scalarltsel,
	JOIN = scalarltjoinsel
);
COMMENT ON OPERATOR < (phone_number, phone_number) IS 'less than';

CREATE OPERATOR <= (
	LEFTARG = phone_number,
	RIGHTARG = phone_number,
	FUNCTION = phone_number_le,
	COMMUTATOR = >=,
	NEGATOR = >,
	RESTRICT = scalarlesel,
	JOIN = scalarlejoinsel
);
COMMENT ON OPERATOR <= (phone_number, phone_number) IS 'less than or equal';

CREATE OPERATOR > (
	LEFTARG = phone_number,
	RIGHTARG = phone_number,
	FUNCTION = phone_number_gt,
	COMMUTATOR = <,
	NEGATOR = <=,
	RESTRICT = scalargtsel,
	JOIN = scalargtjoinsel
);
COMMENT ON OPERATOR > (phone_number, phone_number) IS 'greater than';

CREATE OPERATOR >= (
	LEFTARG = phone_number,
	RIGHTARG = phone_number,
	FUNCTION = phone_number_ge,
	COMMUTATOR = <=,
	NEGATOR = <,
	RESTRICT = scalargesel,
	JOIN = scalargejoinsel
);
COMMENT ON OPERATOR >= (phone_number, phone_number) IS 'greater than or equal';

CREATE FUNCTION phone_number_cmp(phone_number, phone_number) RETURNS integer
LANGUAGE internal IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE AS 'btint8cmp';
COMMENT ON FUNCTION phone_number_cmp(phone_number, phone_number) IS 'less-equal-greater';

CREATE FUNCTION phone_number_sortsupport(internal) RETURNS void
LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE AS 'btint8sortsupport';
COMMENT ON FUNCTION phone_number_sortsupport(internal) IS 'sort support';

CREATE FUNCTION phone_number_hash(phone_number) RETURNS integer
LANGUAGE internal IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE AS 'hashint8';
COMMENT ON FUNCTION phone_number_hash(phone_number) IS 'hash';

CREATE FUNCTION phone_number_hash_extended(phone_number, bigint) RETURNS bigint
LANGUAGE internal IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE AS 'hashint8extended';
COMMENT ON FUNCTION phone_number_hash_extended(phone_number, bigint) IS 'hash with a seed';

CREATE OPERATOR CLASS phone_number_ops DEFAULT FOR TYPE phone_number USING btree AS
	OPERATOR 1 <,
	OPERATOR 2 <=,
	OPERATOR 3 =,
	OPERATOR 4 >=,
	OPERATOR 5 >,
	FUNCTION 1 phone_number_cmp(phone_number, phone_number),
	FUNCTION 2 phone_number_sortsupport(internal),
	FUNCTION 4 pg_catalog.btequalimage(pg_catalog.oid);
COMMENT ON OPERATOR FAMILY phone_number_ops USING btree IS 'order and equality of the digits';
COMMENT ON OPERATOR CLASS phone_number_ops USING btree IS 'order and equality of the digits';

CREATE OPERATOR CLASS phone_number_ops DEFAULT FOR TYPE phone_number USING hash AS
	OPERATOR 1 =,
	FUNCTION 1 phone_number_hash(phone_number),
	FUNCTION 2 phone_number_hash_extended(phone_number, bigint);
COMMENT ON OPERATOR FAMILY phone_number_ops USING hash IS 'equality of the digits';
COMMENT ON OPERATOR CLASS phone_number_ops USING hash IS 'equality of the digits';

CREATE FUNCTION phone_number_or_null(text) RETURNS phone_number
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'crm_phone_number_or_null';
COMMENT ON FUNCTION phone_number_or_null(text) IS 'the number that the text is in international writing, or NULL where a cast would be an error';

-- With text: what a driver sends as text or varchar finds what a literal finds, by the index too,
-- since these bodies are written into the query in place of the operator.
CREATE FUNCTION phone_number_eq(phone_number, text) RETURNS boolean
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN $1 = phone_number_or_null($2);
COMMENT ON FUNCTION phone_number_eq(phone_number, text) IS 'implementation of = operator';

CREATE FUNCTION phone_number_eq(text, phone_number) RETURNS boolean
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN phone_number_or_null($1) = $2;
COMMENT ON FUNCTION phone_number_eq(text, phone_number) IS 'implementation of = operator';

CREATE FUNCTION phone_number_ne(phone_number, text) RETURNS boolean
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN $1 <> phone_number_or_null($2);
COMMENT ON FUNCTION phone_number_ne(phone_number, text) IS 'implementation of <> operator';

CREATE FUNCTION phone_number_ne(text, phone_number) RETURNS boolean
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN phone_number_or_null($1) <> $2;
COMMENT ON FUNCTION phone_number_ne(text, phone_number) IS 'implementation of <> operator';

CREATE OPERATOR = (
	LEFTARG = phone_number,
	RIGHTARG = text,
	FUNCTION = phone_number_eq,
	COMMUTATOR = =,
	NEGATOR = <>,
	RESTRICT = eqsel,
	JOIN = eqjoinsel
);
COMMENT ON OPERATOR = (phone_number, text) IS 'equal to the number that the text is; NULL if it is none';

CREATE OPERATOR = (
	LEFTARG = text,
	RIGHTARG = phone_number,
	FUNCTION = phone_number_eq,
	COMMUTATOR = =,
	NEGATOR = <>,
	RESTRICT = eqsel,
	JOIN = eqjoinsel
);
COMMENT ON OPERATOR = (text, phone_number) IS 'equal to the number that the text is; NULL if it is none';

CREATE OPERATOR <> (
	LEFTARG = phone_number,
	RIGHTARG = text,
	FUNCTION = phone_number_ne,
	COMMUTATOR = <>,
	NEGATOR = =,
	RESTRICT = neqsel,
	JOIN = neqjoinsel
);
COMMENT ON OPERATOR <> (phone_number, text) IS 'not equal to the number that the text is; NULL if it is none';

CREATE OPERATOR <> (
	LEFTARG = text,
	RIGHTARG = phone_number,
	FUNCTION = phone_number_ne,
	COMMUTATOR = <>,
	NEGATOR = =,
	RESTRICT = neqsel,
	JOIN = neqjoinsel
);
COMMENT ON OPERATOR <> (text, phone_number) IS 'not equal to the number that the text is; NULL if it is none';

CREATE FUNCTION crm.parse_phone(number text, region text) RETURNS phone_number
LANGUAGE C STABLE CALLED ON NULL INPUT PARALLEL SAFE AS 'MODULE_PATHNAME', 'crm_parse_phone';
COMMENT ON FUNCTION crm.parse_phone(text, text) IS
	'the number that this is in the writing of a region (ISO 3166 alpha-2, as NL; NULL: international writing only); an extension is left out; error if it is none (22P02) or the region is unknown (22023); by libphonenumber';

CREATE FUNCTION crm.is_valid_phone(number text, region text DEFAULT NULL) RETURNS boolean
LANGUAGE C STABLE CALLED ON NULL INPUT PARALLEL SAFE AS 'MODULE_PATHNAME', 'crm_is_valid_phone';
COMMENT ON FUNCTION crm.is_valid_phone(text, text) IS
	'whether the numbering plan of its country knows such a number, in international writing or in that of the region (ISO 3166 alpha-2); error if the region is unknown (22023); by libphonenumber';

-- From here on nothing is made or looked up in the schema of the types, so that nobody who may create
-- there slips an operator of his own into what follows: it would run with the rights of whoever uses crm.
SELECT pg_catalog.set_config('search_path', 'pg_catalog, pg_temp', true);
