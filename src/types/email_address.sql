-- email_address: an address of RFC 5321/6531. In the schema named at CREATE EXTENSION, since an
-- operator in a schema off the search_path does not exist for WHERE email = 'ann@example.org'.

CREATE TYPE email_address;

CREATE FUNCTION email_address_in(cstring) RETURNS email_address
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'crm_email_address_in';
COMMENT ON FUNCTION email_address_in(cstring) IS 'I/O';

CREATE FUNCTION email_address_out(email_address) RETURNS cstring
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'crm_email_address_out';
COMMENT ON FUNCTION email_address_out(email_address) IS 'I/O';

CREATE FUNCTION email_address_recv(internal) RETURNS email_address
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'crm_email_address_recv';
COMMENT ON FUNCTION email_address_recv(internal) IS 'I/O';

CREATE FUNCTION email_address_send(email_address) RETURNS bytea
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'crm_email_address_send';
COMMENT ON FUNCTION email_address_send(email_address) IS 'I/O';

CREATE TYPE email_address (
	INPUT = email_address_in,
	OUTPUT = email_address_out,
	RECEIVE = email_address_recv,
	SEND = email_address_send,
	INTERNALLENGTH = VARIABLE,
	STORAGE = main,
	CATEGORY = 'S'
);
COMMENT ON TYPE email_address IS
	'e-mail address by RFC 5321 and 6531: keeps the local part as typed, the domain in lower-case ASCII (IDN by UTS 46); compares without regard to the case of ASCII letters';

-- To text without asking, so that LIKE, || and lower() work; from text only where it is assigned.
CREATE CAST (email_address AS pg_catalog.text) WITH INOUT AS IMPLICIT;
COMMENT ON CAST (email_address AS pg_catalog.text) IS 'without asking';
CREATE CAST (email_address AS pg_catalog.varchar) WITH INOUT AS ASSIGNMENT;
COMMENT ON CAST (email_address AS pg_catalog.varchar) IS 'explicitly or on assignment';
CREATE CAST (pg_catalog.text AS email_address) WITH INOUT AS ASSIGNMENT;
COMMENT ON CAST (pg_catalog.text AS email_address) IS 'explicitly or on assignment';
CREATE CAST (pg_catalog.varchar AS email_address) WITH INOUT AS ASSIGNMENT;
COMMENT ON CAST (pg_catalog.varchar AS email_address) IS 'explicitly or on assignment';

CREATE FUNCTION local_part(email_address) RETURNS text
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'crm_email_local_part';
COMMENT ON FUNCTION local_part(email_address) IS 'what stands before the @, as typed';

CREATE FUNCTION domain(email_address) RETURNS text
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'crm_email_domain';
COMMENT ON FUNCTION domain(email_address) IS
	'the domain in lower-case ASCII (an internationalized one as xn--...), or an address literal in brackets';

CREATE FUNCTION email_address_eq(email_address, email_address) RETURNS boolean
LANGUAGE C IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE AS 'MODULE_PATHNAME', 'crm_email_eq';
COMMENT ON FUNCTION email_address_eq(email_address, email_address) IS 'implementation of = operator';

CREATE FUNCTION email_address_ne(email_address, email_address) RETURNS boolean
LANGUAGE C IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE AS 'MODULE_PATHNAME', 'crm_email_ne';
COMMENT ON FUNCTION email_address_ne(email_address, email_address) IS 'implementation of <> operator';

CREATE FUNCTION email_address_lt(email_address, email_address) RETURNS boolean
LANGUAGE C IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE AS 'MODULE_PATHNAME', 'crm_email_lt';
COMMENT ON FUNCTION email_address_lt(email_address, email_address) IS 'implementation of < operator';

CREATE FUNCTION email_address_le(email_address, email_address) RETURNS boolean
LANGUAGE C IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE AS 'MODULE_PATHNAME', 'crm_email_le';
COMMENT ON FUNCTION email_address_le(email_address, email_address) IS 'implementation of <= operator';

CREATE FUNCTION email_address_gt(email_address, email_address) RETURNS boolean
LANGUAGE C IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE AS 'MODULE_PATHNAME', 'crm_email_gt';
COMMENT ON FUNCTION email_address_gt(email_address, email_address) IS 'implementation of > operator';

CREATE FUNCTION email_address_ge(email_address, email_address) RETURNS boolean
LANGUAGE C IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE AS 'MODULE_PATHNAME', 'crm_email_ge';
COMMENT ON FUNCTION email_address_ge(email_address, email_address) IS 'implementation of >= operator';

CREATE OPERATOR = (
	LEFTARG = email_address,
	RIGHTARG = email_address,
	FUNCTION = email_address_eq,
	COMMUTATOR = =,
	NEGATOR = <>,
	RESTRICT = eqsel,
	JOIN = eqjoinsel,
	HASHES,
	MERGES
);
COMMENT ON OPERATOR = (email_address, email_address) IS 'equal without regard to case';

CREATE OPERATOR <> (
	LEFTARG = email_address,
	RIGHTARG = email_address,
	FUNCTION = email_address_ne,
	COMMUTATOR = <>,
	NEGATOR = =,
	RESTRICT = neqsel,
	JOIN = neqjoinsel
);
COMMENT ON OPERATOR <> (email_address, email_address) IS 'not equal without regard to case';

CREATE OPERATOR < (
	LEFTARG = email_address,
	RIGHTARG = email_address,
	FUNCTION = email_address_lt,
	COMMUTATOR = >,
	NEGATOR = >=,
	RESTRICT = scalarltsel,
	JOIN = scalarltjoinsel
);
COMMENT ON OPERATOR < (email_address, email_address) IS 'less than';

CREATE OPERATOR <= (
	LEFTARG = email_address,
	RIGHTARG = email_address,
	FUNCTION = email_address_le,
	COMMUTATOR = >=,
	NEGATOR = >,
	RESTRICT = scalarlesel,
	JOIN = scalarlejoinsel
);
COMMENT ON OPERATOR <= (email_address, email_address) IS 'less than or equal';

CREATE OPERATOR > (
	LEFTARG = email_address,
	RIGHTARG = email_address,
	FUNCTION = email_address_gt,
	COMMUTATOR = <,
	NEGATOR = <=,
	RESTRICT = scalargtsel,
	JOIN = scalargtjoinsel
);
COMMENT ON OPERATOR > (email_address, email_address) IS 'greater than';

CREATE OPERATOR >= (
	LEFTARG = email_address,
	RIGHTARG = email_address,
	FUNCTION = email_address_ge,
	COMMUTATOR = <=,
	NEGATOR = <,
	RESTRICT = scalargesel,
	JOIN = scalargejoinsel
);
COMMENT ON OPERATOR >= (email_address, email_address) IS 'greater than or equal';

CREATE FUNCTION email_address_cmp(email_address, email_address) RETURNS integer
LANGUAGE C IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE AS 'MODULE_PATHNAME', 'crm_email_cmp';
COMMENT ON FUNCTION email_address_cmp(email_address, email_address) IS 'less-equal-greater';

CREATE FUNCTION email_address_hash(email_address) RETURNS integer
LANGUAGE C IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE AS 'MODULE_PATHNAME', 'crm_email_hash';
COMMENT ON FUNCTION email_address_hash(email_address) IS 'hash';

CREATE FUNCTION email_address_hash_extended(email_address, bigint) RETURNS bigint
LANGUAGE C IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE AS 'MODULE_PATHNAME', 'crm_email_hash_extended';
COMMENT ON FUNCTION email_address_hash_extended(email_address, bigint) IS 'hash with a seed';

CREATE OPERATOR CLASS email_address_ops DEFAULT FOR TYPE email_address USING btree AS
	OPERATOR 1 <,
	OPERATOR 2 <=,
	OPERATOR 3 =,
	OPERATOR 4 >=,
	OPERATOR 5 >,
	FUNCTION 1 email_address_cmp(email_address, email_address);
COMMENT ON OPERATOR FAMILY email_address_ops USING btree IS 'order and equality without regard to the case of ASCII letters';
COMMENT ON OPERATOR CLASS email_address_ops USING btree IS 'order and equality without regard to the case of ASCII letters';

CREATE OPERATOR CLASS email_address_ops DEFAULT FOR TYPE email_address USING hash AS
	OPERATOR 1 =,
	FUNCTION 1 email_address_hash(email_address),
	FUNCTION 2 email_address_hash_extended(email_address, bigint);
COMMENT ON OPERATOR FAMILY email_address_ops USING hash IS 'equality without regard to the case of ASCII letters';
COMMENT ON OPERATOR CLASS email_address_ops USING hash IS 'equality without regard to the case of ASCII letters';

CREATE FUNCTION email_address_or_null(text) RETURNS email_address
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'crm_email_address_or_null';
COMMENT ON FUNCTION email_address_or_null(text) IS 'the address that the text is, or NULL where a cast would be an error';

-- With text: what a driver sends as text or varchar finds what a literal finds, by the index too,
-- since these bodies are written into the query in place of the operator.
CREATE FUNCTION email_address_eq(email_address, text) RETURNS boolean
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN $1 = email_address_or_null($2);
COMMENT ON FUNCTION email_address_eq(email_address, text) IS 'implementation of = operator';

CREATE FUNCTION email_address_eq(text, email_address) RETURNS boolean
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN email_address_or_null($1) = $2;
COMMENT ON FUNCTION email_address_eq(text, email_address) IS 'implementation of = operator';

CREATE FUNCTION email_address_ne(email_address, text) RETURNS boolean
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN $1 <> email_address_or_null($2);
COMMENT ON FUNCTION email_address_ne(email_address, text) IS 'implementation of <> operator';

CREATE FUNCTION email_address_ne(text, email_address) RETURNS boolean
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN email_address_or_null($1) <> $2;
COMMENT ON FUNCTION email_address_ne(text, email_address) IS 'implementation of <> operator';

CREATE OPERATOR = (
	LEFTARG = email_address,
	RIGHTARG = text,
	FUNCTION = email_address_eq,
	COMMUTATOR = =,
	NEGATOR = <>,
	RESTRICT = eqsel,
	JOIN = eqjoinsel
);
COMMENT ON OPERATOR = (email_address, text) IS 'equal to the address that the text is; NULL if it is none';

CREATE OPERATOR = (
	LEFTARG = text,
	RIGHTARG = email_address,
	FUNCTION = email_address_eq,
	COMMUTATOR = =,
	NEGATOR = <>,
	RESTRICT = eqsel,
	JOIN = eqjoinsel
);
COMMENT ON OPERATOR = (text, email_address) IS 'equal to the address that the text is; NULL if it is none';

CREATE OPERATOR <> (
	LEFTARG = email_address,
	RIGHTARG = text,
	FUNCTION = email_address_ne,
	COMMUTATOR = <>,
	NEGATOR = =,
	RESTRICT = neqsel,
	JOIN = neqjoinsel
);
COMMENT ON OPERATOR <> (email_address, text) IS 'not equal to the address that the text is; NULL if it is none';

CREATE OPERATOR <> (
	LEFTARG = text,
	RIGHTARG = email_address,
	FUNCTION = email_address_ne,
	COMMUTATOR = <>,
	NEGATOR = =,
	RESTRICT = neqsel,
	JOIN = neqjoinsel
);
COMMENT ON OPERATOR <> (text, email_address) IS 'not equal to the address that the text is; NULL if it is none';
