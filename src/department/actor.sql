-- actor: who is acting now. A person set by crm.act_as() from a gateway, one named in a trusted row, else the login.

CREATE TABLE crm_internal.gateway
(
	role text PRIMARY KEY,
	departments text[],
	session_allowed boolean NOT NULL DEFAULT false
);
COMMENT ON TABLE crm_internal.gateway IS 'logins of applications that may say for whom they act; departments: only for persons appointed there (NULL: all); session_allowed: also for a whole session (never behind a pooler)';
SELECT pg_catalog.pg_extension_config_dump('crm_internal.gateway', '');

CREATE TABLE crm_internal.actor_column
(
	table_name text PRIMARY KEY,
	column_name text NOT NULL
);
COMMENT ON TABLE crm_internal.actor_column IS 'columns of guarded tables whose value names the acting person, where nobody called crm.act_as(); the journal says that it was claimed';
SELECT pg_catalog.pg_extension_config_dump('crm_internal.actor_column', '');
