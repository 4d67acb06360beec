-- suggest_mapping: by name in five languages, by type and by values; the statement runs as printed.
\set SHOW_CONTEXT never
CREATE SCHEMA verkoop;
CREATE TABLE verkoop.klant (klantnummer integer PRIMARY KEY, voornaam text, tussenvoegsel text, achternaam text, "eMailAdres" text, telefoon_mobiel text,
	straat text, huisnummer text, postcode text, woonplaats text, landcode char(2), geboortedatum date, btw_nummer text, email_opt_in boolean,
	gewijzigd_op timestamptz, opmerking text, contact2 text, is_bedrijf boolean);
INSERT INTO verkoop.klant SELECT i, 'Jan', 'van', 'Dam', 'jan' || i || '@x.example', '06-1234567' || i % 10, 'Dorpsstraat', i, '1012 AB', 'Delft', 'NL', '1980-01-01',
	'NL12B01', true, '2024-01-01', 'hij belt', 'x' || i || '@y.example', i % 2 = 0 FROM generate_series(1, 20) i;
SELECT attribute, "column", reason, confidence FROM crm.suggest_mapping('verkoop.klant');
SELECT statement FROM crm.suggest_mapping('verkoop.klant') WHERE statement IS NOT NULL;
SELECT statement FROM crm.suggest_mapping('verkoop.klant') WHERE statement IS NOT NULL \gexec
SELECT source_key, kind, region, attributes FROM crm_internal.read_source(1, '{1,2}') ORDER BY 1;
-- a source already: the statement changes it
SELECT statement LIKE 'SELECT crm.change_source(''verkoop.klant'', map => %' AS changes FROM crm.suggest_mapping('verkoop.klant') WHERE statement IS NOT NULL;
SELECT statement FROM crm.suggest_mapping('verkoop.klant') WHERE statement IS NOT NULL \gexec

-- English, German, French, Spanish
CREATE TABLE verkoop.contact ("ContactId" integer PRIMARY KEY, "FirstName" text, "LastName" text, "EmailAddress1" text, "MobilePhone" text, "ZipCode" text, "City" text,
	"State" text, "Country" text, "DateOfBirth" date, "Gender" text, "PreferredLanguage" text, "VatNumber" text, lat double precision, lng double precision, "UpdatedAt" timestamp);
SELECT attribute, "column" FROM crm.suggest_mapping('verkoop.contact');
CREATE TABLE verkoop.kunde (id integer, "Vorname" text, "Nachname" text, "PLZ" text, "Ort" text, "Strasse" text, "HausNr" text, "Geburtsdatum" text, "Handy" text,
	"UStId" text, "Land" text, "Firma" text, kundentelefon text, "KundenNr" integer PRIMARY KEY, "Geändert_am" timestamp);
SELECT attribute, "column" FROM crm.suggest_mapping('verkoop.kunde');
CREATE TABLE verkoop.client (id_client integer PRIMARY KEY, nom text, prénom text, date_naissance date, code_postal text, ville text, rue text, courriel text,
	tél_portable text, numero_tva text, pays text, raison_sociale text, modifié_le date);
SELECT attribute, "column" FROM crm.suggest_mapping('verkoop.client');
CREATE TABLE verkoop.cliente (id integer PRIMARY KEY, nombre text, apellidos text, fecha_nacimiento date, codigo_postal text, ciudad text, calle text,
	correo_electrónico text, móvil text, nif text, país text, empresa text, sexo text);
SELECT attribute, "column" FROM crm.suggest_mapping('verkoop.cliente');

-- values against the name, values without a name, types against the name
CREATE TABLE verkoop.odd (id integer PRIMARY KEY, mail text, a text, b text, c text, phone boolean, birth_date integer, email integer);
INSERT INTO verkoop.odd SELECT i, 'see file ' || i, 'a' || i || '@z.example', '+31 6 1234567' || i % 10, 'SW1A ' || i % 10 || 'AA' FROM generate_series(1, 30) i;
SELECT attribute, "column", reason, confidence FROM crm.suggest_mapping('verkoop.odd');

-- a view: a key is found by looking; the statements of all of them run
CREATE VIEW verkoop.odd_view AS SELECT c, a, id FROM verkoop.odd;
SELECT statement FROM crm.suggest_mapping('verkoop.odd_view') WHERE statement IS NOT NULL;
SELECT statement FROM crm.suggest_mapping('verkoop.odd_view') WHERE statement IS NOT NULL
UNION ALL SELECT statement FROM crm.suggest_mapping('verkoop.contact') WHERE statement IS NOT NULL
UNION ALL SELECT statement FROM crm.suggest_mapping('verkoop.kunde') WHERE statement IS NOT NULL
UNION ALL SELECT statement FROM crm.suggest_mapping('verkoop.client') WHERE statement IS NOT NULL
UNION ALL SELECT statement FROM crm.suggest_mapping('verkoop.cliente') WHERE statement IS NOT NULL \gexec
SELECT source, needs_attention FROM crm.source_status ORDER BY source;
-- to whom rows belong, where a foreign key says so: the table itself, or one that is a source
CREATE TABLE verkoop.bedrijf (id integer PRIMARY KEY, naam text, merged_into integer REFERENCES verkoop.bedrijf, "Moeder" integer REFERENCES verkoop.bedrijf);
CREATE TABLE verkoop.medewerker (id integer PRIMARY KEY, voornaam text, achternaam text, bolt integer, bedrijf integer REFERENCES verkoop.bedrijf);
SELECT statement FROM crm.suggest_mapping('verkoop.medewerker') WHERE statement IS NOT NULL;
SELECT statement FROM crm.suggest_mapping('verkoop.bedrijf') WHERE statement IS NOT NULL;
SELECT statement FROM crm.suggest_mapping('verkoop.bedrijf') WHERE statement IS NOT NULL \gexec
SELECT statement FROM crm.suggest_mapping('verkoop.medewerker') WHERE statement IS NOT NULL;
SELECT statement FROM crm.suggest_mapping('verkoop.medewerker') WHERE statement IS NOT NULL \gexec
-- several in one column
CREATE TABLE verkoop.gast (id integer PRIMARY KEY, naam text, emails text[], telefoonnummers varchar[]);
SELECT attribute, "column" FROM crm.suggest_mapping('verkoop.gast');
-- a state that is no place
CREATE TYPE verkoop.stage AS ENUM ('live', 'deleted');
CREATE TABLE verkoop.lead (id integer PRIMARY KEY, full_name text, state verkoop.stage);
SELECT attribute, "column" FROM crm.suggest_mapping('verkoop.lead');
-- nothing to say, nothing there
CREATE TABLE verkoop.bolt (thread integer PRIMARY KEY, torque numeric);
SELECT * FROM crm.suggest_mapping('verkoop.bolt');
SELECT * FROM crm.suggest_mapping('verkoop.nothing');
