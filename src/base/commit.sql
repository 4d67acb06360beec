-- commit: the ticket, whose deferred trigger runs the commit phase of a department's transaction.
-- A deferred trigger on the department's own table would break `UPDATE ...; ALTER TABLE ...`.

CREATE TABLE crm_internal.ticket
(
	lap smallint NOT NULL
);
-- With a publication FOR ALL TABLES nothing could be deleted here otherwise.
ALTER TABLE crm_internal.ticket REPLICA IDENTITY FULL;
COMMENT ON TABLE crm_internal.ticket IS 'one row a transaction that changed an inline source; its deferred trigger resolves; empty outside transactions';
COMMENT ON COLUMN crm_internal.ticket.lap IS '1 as bought; 2 behind the deferred triggers that the application had queued until then';

CREATE FUNCTION crm_internal.drain() RETURNS trigger
	LANGUAGE c VOLATILE PARALLEL UNSAFE
	AS 'MODULE_PATHNAME', 'crm_drain';
COMMENT ON FUNCTION crm_internal.drain() IS 'deferred trigger of crm_internal.ticket: resolves what the transaction changed in inline sources, or leaves it to crm_internal.pending; never fails the transaction';
REVOKE ALL ON FUNCTION crm_internal.drain() FROM PUBLIC;

CREATE CONSTRAINT TRIGGER crm_50_drain AFTER INSERT ON crm_internal.ticket
	DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION crm_internal.drain();
ALTER TABLE crm_internal.ticket ENABLE ALWAYS TRIGGER crm_50_drain;
