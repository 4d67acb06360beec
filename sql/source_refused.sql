-- Every way in which a source is refused: a clear error, and nothing half registered.
\set SHOW_CONTEXT never
SELECT crm.add_department('sales');
CREATE SCHEMA sales;
CREATE TABLE sales.account (id integer PRIMARY KEY, name text, mail text, age integer, "Odd" text);
CREATE TABLE sales.other (id integer PRIMARY KEY, name text);
CREATE FUNCTION sales.wobble(text) RETURNS text LANGUAGE sql VOLATILE AS 'SELECT $1';

-- the table and its department
SELECT crm.add_source('sales.nothing', 'sales', '{"email": "mail"}');
SELECT crm.add_source('nowhere.account', 'sales', '{"email": "mail"}');
SELECT crm.add_source('sales.account', 'sails', '{"email": "mail"}');
SELECT crm.add_source(NULL, 'sales', '{"email": "mail"}');
SELECT crm.add_source('sales.account', NULL, '{"email": "mail"}');
SELECT crm.add_source('sales.account', 'sales', NULL);
SELECT crm.add_source('crm_internal.customer', 'sales', '{"email": "email"}');
SELECT crm.add_source('crm.pending', 'sales', '{"email": "source"}');
SELECT crm.add_source('pg_catalog.pg_class', 'sales', '{"email": "relname"}');
SELECT crm.add_source('information_schema.tables', 'sales', '{"email": "table_name"}');
CREATE TEMP TABLE scratch (id integer PRIMARY KEY, mail text);
SELECT crm.add_source('scratch', 'sales', '{"email": "mail"}');
CREATE SEQUENCE sales.counter;
SELECT crm.add_source('sales.counter', 'sales', '{"email": "last_value"}');

-- the map
SELECT crm.add_source('sales.account', 'sales', '{}');
SELECT crm.add_source('sales.account', 'sales', '["mail"]');
SELECT crm.add_source('sales.account', 'sales', '{"email": null}');
SELECT crm.add_source('sales.account', 'sales', '{"email": ""}');
SELECT crm.add_source('sales.account', 'sales', '{"email": []}');
SELECT crm.add_source('sales.account', 'sales', '{"email": ["mail", 1]}');
SELECT crm.add_source('sales.account', 'sales', '{"email": {"a": "b"}}');
SELECT crm.add_source('sales.account', 'sales', '{"e_mail": "mail"}');
SELECT crm.add_source('sales.account', 'sales', '{"shoe": "mail"}');

-- expressions
SELECT crm.add_source('sales.account', 'sales', '{"email": "mial"}');
SELECT crm.add_source('sales.account', 'sales', '{"email": "Odd"}', filter => 'Odd IS NULL');
SELECT crm.add_source('sales.account', 'sales', '{"email": "lower(mail"}');
SELECT crm.add_source('sales.account', 'sales', '{"email": "lower(age)"}');
SELECT crm.add_source('sales.account', 'sales', '{"email": "mail, name"}');
SELECT crm.add_source('sales.account', 'sales', '{"email": "mail AS x"}');
SELECT crm.add_source('sales.account', 'sales', '{"email": "mail FROM sales.account"}');
SELECT crm.add_source('sales.account', 'sales', '{"email": "mail; DROP TABLE sales.account"}');
SELECT crm.add_source('sales.account', 'sales', '{"email": "mail) FROM sales.account; --"}');
SELECT crm.add_source('sales.account', 'sales', '{"email": "other.name"}');
SELECT crm.add_source('sales.account', 'sales', '{"email": "(SELECT name FROM sales.other LIMIT 1)"}');
SELECT crm.add_source('sales.account', 'sales', '{"email": "max(mail)"}');
SELECT crm.add_source('sales.account', 'sales', '{"email": "first_value(mail) OVER ()"}');
SELECT crm.add_source('sales.account', 'sales', '{"email": "unnest(ARRAY[mail])"}');
SELECT crm.add_source('sales.account', 'sales', '{"email": "mail || random()"}');
SELECT crm.add_source('sales.account', 'sales', '{"email": "sales.wobble(mail)"}');
SELECT crm.add_source('sales.account', 'sales', '{"email": "ctid::text"}');
SELECT crm.add_source('sales.account', 'sales', '{"email": "$1"}');
SELECT crm.add_source('sales.account', 'sales', '{"email": "account"}');

-- choices
SELECT crm.add_source('sales.account', 'sales', '{"email": "mail"}', filter => 'age');
SELECT crm.add_source('sales.account', 'sales', '{"email": "mail"}', filter => 'age > 1; SELECT 1');
SELECT crm.add_source('sales.account', 'sales', '{"email": "mail"}', kind => 'age');
SELECT crm.add_source('sales.account', 'sales', '{"email": "mail"}', kind => 'company');
SELECT crm.add_source('sales.account', 'sales', '{"email": "mail"}', region => 'XX');
SELECT crm.add_source('sales.account', 'sales', '{"email": "mail"}', region => 'Holland');
SELECT crm.add_source('sales.account', 'sales', '{"email": "mail"}', region => 'age');
SELECT crm.add_source('sales.account', 'sales', '{"email": "mail"}', changed_at => 'name');
SELECT crm.add_source('sales.account', 'sales', '{"email": "mail"}', trust => 1.5);
SELECT crm.add_source('sales.account', 'sales', '{"email": "mail"}', trust => 'NaN');
SELECT crm.add_source('sales.account', 'sales', '{"email": "mail"}', mode => 'publish');

-- names that SQL would not take, or take otherwise
SELECT crm.add_source('sales.Account List', 'sales', '{"email": "mail"}');
SELECT crm.add_source('sales..account', 'sales', '{"email": "mail"}');
SELECT crm.add_source('sales.Account', 'sales', '{"email": "mail"}', related => 'a b', belongs_to => 'id');
SELECT crm.add_source('sales."Other".Account', 'sales', '{"email": "mail"}');
SELECT crm.add_source('sales.Accounts', 'sales', '{"email": "mail"}');
SELECT crm.add_source('sales account', 'sales', preset => 'odoo');
SELECT crm.suggest_mapping('sales account');

-- keys
CREATE TABLE sales.heap (a integer, b integer, mail text);
CREATE TABLE sales.nullable (a integer UNIQUE, mail text);
CREATE TABLE sales.partial (a integer NOT NULL, mail text);
CREATE UNIQUE INDEX ON sales.partial (a) WHERE mail IS NOT NULL;
CREATE VIEW sales.looking AS SELECT * FROM sales.account;
INSERT INTO sales.heap VALUES (1, 1, 'x'), (1, 2, 'y'), (2, NULL, 'z');
SELECT crm.add_source('sales.heap', 'sales', '{"email": "mail"}');
SELECT crm.add_source('sales.nullable', 'sales', '{"email": "mail"}');
SELECT crm.add_source('sales.partial', 'sales', '{"email": "mail"}');
SELECT crm.add_source('sales.looking', 'sales', '{"email": "mail"}');
SELECT crm.add_source('sales.heap', 'sales', '{"email": "mail"}', key => '{a}');
SELECT crm.add_source('sales.heap', 'sales', '{"email": "mail"}', key => '{a,b}');
SELECT crm.add_source('sales.heap', 'sales', '{"email": "mail"}', key => '{a,a}');
SELECT crm.add_source('sales.heap', 'sales', '{"email": "mail"}', key => '{a,nothing}');

SELECT crm.change_source(NULL);
SELECT crm.repair_source('');
SELECT crm.drop_source('');
SELECT crm.change_detail('', of => 'sales.account');
SELECT crm.drop_detail('sales.heap', of => '');

-- what goes with belongs_to says nothing alone
SELECT crm.add_source('sales.account', 'sales', '{"email": "mail"}', related => 'sales.heap');
SELECT crm.add_source('sales.account', 'sales', '{"email": "mail"}', relation => 'contact_of');
SELECT crm.add_source('sales.account', 'sales', '{"email": "mail"}', since => 'current_date');
SELECT crm.add_source('sales.account', 'sales', '{"email": "mail"}', belongs_to => ' ', until => 'current_date');

-- nothing was left behind by any of it
SELECT count(*) AS sources FROM crm_internal.source;
SELECT count(*) AS pending FROM crm_internal.pending;
SELECT count(*) AS triggers FROM pg_trigger WHERE tgname LIKE 'crm\_50\_%' AND tgrelid::regclass::text LIKE 'sales.%';

-- twice, and through a relative
SELECT crm.add_source('sales.account', 'sales', '{"email": "mail"}');
SELECT crm.add_source('sales.account', 'sales', '{"email": "mail"}');
CREATE TABLE sales.special (more text) INHERITS (sales.account);
SELECT crm.add_source('sales.special', 'sales', '{"email": "mail"}', key => '{id}');
SELECT crm.change_source('sales.account', map => '{"email": "mial"}');
SELECT crm.change_source('sales.other', trust => 1);
SELECT crm.drop_source('sales.other');
SELECT mapping FROM crm_internal.source;
