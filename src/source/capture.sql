-- capture: the trigger that notes which departmental rows changed.

CREATE TABLE crm_internal.ticket
(
	ticket_id bigint GENERATED ALWAYS AS IDENTITY
);
COMMENT ON TABLE crm_internal.ticket IS 'one row a transaction that changed an inline source; its deferred trigger resolves; empty outside transactions';
