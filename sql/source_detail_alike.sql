-- Rows of a detail are placed by the texts of their keys, so keys that are equal but not written alike
-- are refused: their rows would be missed without a word.
\set SHOW_CONTEXT never
CREATE EXTENSION citext;
SELECT crm.add_department('sales');
CREATE SCHEMA app;
CREATE COLLATION app.any_case (provider = icu, locale = 'und-u-ks-level2', deterministic = false);
CREATE TABLE app.login (login citext PRIMARY KEY, name text);
CREATE TABLE app.login_mail (id integer PRIMARY KEY, login citext REFERENCES app.login, mail text);
CREATE TABLE app.badge (code text COLLATE app.any_case PRIMARY KEY, name text);
CREATE TABLE app.badge_mail (id integer PRIMARY KEY, code text COLLATE app.any_case REFERENCES app.badge, mail text);
SELECT crm.add_source('app.login', 'sales', map => '{"name": "name"}');
SELECT crm.add_detail('app.login_mail', of => 'app.login', key => '{login}', map => '{"email": "mail"}');
SELECT crm.add_source('app.badge', 'sales', map => '{"name": "name"}');
SELECT crm.add_detail('app.badge_mail', of => 'app.badge', key => '{code}', map => '{"email": "mail"}');
