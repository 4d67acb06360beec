-- To read a view runs its owner's functions: with his rights, not with those of who registers it.
\set SHOW_CONTEXT never
SELECT crm.add_department('sales');
CREATE ROLE crm_test_owner;
CREATE SCHEMA sales AUTHORIZATION crm_test_owner;
SET ROLE crm_test_owner;
CREATE FUNCTION sales.spy(integer) RETURNS integer LANGUAGE plpgsql STABLE AS
	$$ BEGIN IF current_user <> 'crm_test_owner' THEN RAISE WARNING 'runs with the rights of somebody else'; END IF; RETURN $1; END $$;
CREATE TABLE sales.account (id integer PRIMARY KEY, name text, mail text);
INSERT INTO sales.account VALUES (1, 'Ann Abel', 'ann@a.example'), (2, 'Bob Bakker', 'bob@b.example');
CREATE VIEW sales.client AS SELECT sales.spy(id) AS client_id, name FROM sales.account;
CREATE VIEW sales.client_mail AS SELECT sales.spy(id) AS client_id, mail FROM sales.account;
CREATE TABLE sales.lead (id integer, name text);
INSERT INTO sales.lead VALUES (1, 'Cas Cox');
ALTER TABLE sales.lead ENABLE ROW LEVEL SECURITY;
CREATE POLICY look ON sales.lead USING (sales.spy(id) = id);
CREATE FUNCTION sales.holds(integer) RETURNS boolean LANGUAGE plpgsql IMMUTABLE AS
	$$ BEGIN IF current_user <> 'crm_test_owner' THEN RAISE WARNING 'runs with the rights of somebody else'; END IF; RETURN true; END $$;
CREATE TABLE sales.prospect (id integer NOT NULL, lead_id integer, name text);
CREATE UNIQUE INDEX ON sales.prospect (id) WHERE sales.holds(1);
CREATE UNIQUE INDEX ON sales.prospect ((CASE WHEN sales.holds(2) THEN id END));
RESET ROLE;

SELECT attribute, "column", statement FROM crm.suggest_mapping('sales.client');
SELECT crm.add_source('sales.client', 'sales', map => '{"name": "name"}', key => '{client_id}');
SELECT crm.add_detail('sales.client_mail', of => 'sales.client', key => '{client_id}', map => '{"email": "mail"}');
SELECT crm.change_source('sales.client', key => '{client_id}');
SELECT crm.repair_source('sales.client');
SELECT source, needs_attention FROM crm.source_status;
CALL crm.resolve();
SELECT source_key, attributes FROM crm.customer_source ORDER BY source_key;

-- nor are the conditions of an index looked at with other rights
SELECT attribute, "column", statement FROM crm.suggest_mapping('sales.prospect');
SELECT crm.add_source('sales.prospect', 'sales', map => '{"name": "name"}', key => '{id}');
SELECT crm.add_detail('sales.prospect', of => 'sales.client', key => '{lead_id}', map => '{"city": "name"}');
SELECT source, needs_attention FROM crm.source_status;
CALL crm.resolve();

-- so it is with row security, where who registers is neither owner nor superuser
CREATE ROLE crm_test_admin;
SELECT crm.grant_access('crm_test_admin', 'administrator');
GRANT USAGE ON SCHEMA sales TO crm_test_admin;
GRANT TRIGGER, SELECT (name) ON sales.lead TO crm_test_admin;
SET ROLE crm_test_admin;
SELECT crm.add_source('sales.lead', 'sales', map => '{"name": "name"}', key => '{id}');
RESET ROLE;
GRANT SELECT ON sales.lead TO crm_test_admin;
SET ROLE crm_test_admin;
SELECT attribute, "column", statement FROM crm.suggest_mapping('sales.lead');
SELECT crm.add_source('sales.lead', 'sales', map => '{"name": "name"}', key => '{id}');
RESET ROLE;

-- what goes wrong in there is told without the values
SET ROLE crm_test_owner;
CREATE VIEW sales.bad AS SELECT id, (name || mail)::integer AS number FROM sales.account;
RESET ROLE;
SELECT crm.suggest_mapping('sales.bad');
SELECT crm.add_source('sales.bad', 'sales', map => '{"name": "id"}', key => '{number}');
SELECT crm.drop_source(source) FROM crm.source_status;
SELECT crm.revoke_access('crm_test_admin');
DROP OWNED BY crm_test_admin, crm_test_owner;
DROP ROLE crm_test_admin, crm_test_owner;
