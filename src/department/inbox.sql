-- inbox: all that waits for the positions of the one who asks. Rooms register what they have for it.

CREATE TABLE crm_internal.inbox_kind
(
	kind text PRIMARY KEY,
	function_name text NOT NULL
);
COMMENT ON TABLE crm_internal.inbox_kind IS 'what fills crm.inbox: a function(positions text[], person text) that returns its entries; filled by the install script, the same in every database';
SELECT pg_catalog.pg_extension_config_dump('crm_internal.inbox_kind', 'WHERE false');
