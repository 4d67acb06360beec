-- lookup: the value that another table has for a key.

-- Runs with the rights of whoever evaluates the expression: it reads nothing that he could not read
-- by himself. Whoever owns a departmental table evaluates the expressions over its rows, so everybody
-- may name it; of the rest of the schema that lets nobody use anything.
GRANT USAGE ON SCHEMA crm TO PUBLIC;

-- Restricted: in a worker a foreign table would be read over another connection.
CREATE FUNCTION crm.lookup(key anyelement, VARIADIC path text[])
RETURNS text
LANGUAGE c STABLE STRICT PARALLEL RESTRICTED
COST 100
AS 'MODULE_PATHNAME', 'crm_lookup';
COMMENT ON FUNCTION crm.lookup(anyelement, text[]) IS
	'the value, as text, of a row of another table: path is ''schema.table(key column).column'', the key column being the one that holds key, by default the primary key; with several steps the value that one finds is the key of the next. NULL if there is no such row or no value; of several rows the least value in C order. Runs with the caller''s rights; views, foreign tables and row security of others than himself or a superuser are refused. In expressions of crm.add_source() it may be written as lookup(''table.column''): then the foreign key to that table says which column holds the key';
