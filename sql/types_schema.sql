-- The types live in the schema that the DBA names, their operators with them.
CREATE SCHEMA contact;
CREATE EXTENSION crm SCHEMA contact CASCADE;
SELECT typname, typnamespace::regnamespace FROM pg_type WHERE typname IN ('email_address', 'phone_number') ORDER BY 1;
SELECT 'a@x.org'::email_address;
SELECT 'a@X.org'::contact.email_address, crm.parse_phone('06 12345678', 'NL'), contact.domain('a@x.org');

-- the operators are found where the path says, and wherever they are named
SELECT 'a@X.org'::contact.email_address OPERATOR(contact.=) 'A@x.org';
CREATE TABLE person (email contact.email_address UNIQUE, phone contact.phone_number);
SET search_path = public, contact;
INSERT INTO person VALUES ('a@X.org', '+31612345678');
SELECT * FROM person WHERE email = 'A@x.org' AND phone = '0031612345678'::text;

-- a stored value that is not of the extension goes first
DROP EXTENSION crm;
DROP TABLE person;
DROP EXTENSION crm;
