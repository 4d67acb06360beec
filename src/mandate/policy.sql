-- policy: tells every backend that the policy it has loaded is out of date.

CREATE FUNCTION crm_internal.policy_changed()
RETURNS trigger
LANGUAGE c VOLATILE PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'crm_policy_changed';
COMMENT ON FUNCTION crm_internal.policy_changed() IS 'after a change of a table that rulings rest on: every backend reads the policy anew before its next ruling';
REVOKE ALL ON FUNCTION crm_internal.policy_changed() FROM PUBLIC;

-- For each row, as logical replication fires no trigger of a statement, but of TRUNCATE.

CREATE TRIGGER crm_10_policy_changed
	AFTER INSERT OR UPDATE OR DELETE ON crm_internal.department
	FOR EACH ROW EXECUTE FUNCTION crm_internal.policy_changed();
ALTER TABLE crm_internal.department ENABLE ALWAYS TRIGGER crm_10_policy_changed;
CREATE TRIGGER crm_10_policy_truncated
	AFTER TRUNCATE ON crm_internal.department
	FOR EACH STATEMENT EXECUTE FUNCTION crm_internal.policy_changed();
ALTER TABLE crm_internal.department ENABLE ALWAYS TRIGGER crm_10_policy_truncated;

CREATE TRIGGER crm_10_policy_changed
	AFTER INSERT OR UPDATE OR DELETE ON crm_internal.position
	FOR EACH ROW EXECUTE FUNCTION crm_internal.policy_changed();
ALTER TABLE crm_internal.position ENABLE ALWAYS TRIGGER crm_10_policy_changed;
CREATE TRIGGER crm_10_policy_truncated
	AFTER TRUNCATE ON crm_internal.position
	FOR EACH STATEMENT EXECUTE FUNCTION crm_internal.policy_changed();
ALTER TABLE crm_internal.position ENABLE ALWAYS TRIGGER crm_10_policy_truncated;

CREATE TRIGGER crm_10_policy_changed
	AFTER INSERT OR UPDATE OR DELETE ON crm_internal.appointment
	FOR EACH ROW EXECUTE FUNCTION crm_internal.policy_changed();
ALTER TABLE crm_internal.appointment ENABLE ALWAYS TRIGGER crm_10_policy_changed;
CREATE TRIGGER crm_10_policy_truncated
	AFTER TRUNCATE ON crm_internal.appointment
	FOR EACH STATEMENT EXECUTE FUNCTION crm_internal.policy_changed();
ALTER TABLE crm_internal.appointment ENABLE ALWAYS TRIGGER crm_10_policy_truncated;

CREATE TRIGGER crm_10_policy_changed
	AFTER INSERT OR UPDATE OR DELETE ON crm_internal.decision
	FOR EACH ROW EXECUTE FUNCTION crm_internal.policy_changed();
ALTER TABLE crm_internal.decision ENABLE ALWAYS TRIGGER crm_10_policy_changed;
CREATE TRIGGER crm_10_policy_truncated
	AFTER TRUNCATE ON crm_internal.decision
	FOR EACH STATEMENT EXECUTE FUNCTION crm_internal.policy_changed();
ALTER TABLE crm_internal.decision ENABLE ALWAYS TRIGGER crm_10_policy_truncated;

CREATE TRIGGER crm_10_policy_changed
	AFTER INSERT OR UPDATE OR DELETE ON crm_internal.mandate
	FOR EACH ROW EXECUTE FUNCTION crm_internal.policy_changed();
ALTER TABLE crm_internal.mandate ENABLE ALWAYS TRIGGER crm_10_policy_changed;
CREATE TRIGGER crm_10_policy_truncated
	AFTER TRUNCATE ON crm_internal.mandate
	FOR EACH STATEMENT EXECUTE FUNCTION crm_internal.policy_changed();
ALTER TABLE crm_internal.mandate ENABLE ALWAYS TRIGGER crm_10_policy_truncated;

CREATE TRIGGER crm_10_policy_changed
	AFTER INSERT OR UPDATE OR DELETE ON crm_internal.position_before
	FOR EACH ROW EXECUTE FUNCTION crm_internal.policy_changed();
ALTER TABLE crm_internal.position_before ENABLE ALWAYS TRIGGER crm_10_policy_changed;
CREATE TRIGGER crm_10_policy_truncated
	AFTER TRUNCATE ON crm_internal.position_before
	FOR EACH STATEMENT EXECUTE FUNCTION crm_internal.policy_changed();
ALTER TABLE crm_internal.position_before ENABLE ALWAYS TRIGGER crm_10_policy_truncated;

CREATE TRIGGER crm_10_policy_changed
	AFTER INSERT OR UPDATE OR DELETE ON crm_internal.decision_before
	FOR EACH ROW EXECUTE FUNCTION crm_internal.policy_changed();
ALTER TABLE crm_internal.decision_before ENABLE ALWAYS TRIGGER crm_10_policy_changed;
CREATE TRIGGER crm_10_policy_truncated
	AFTER TRUNCATE ON crm_internal.decision_before
	FOR EACH STATEMENT EXECUTE FUNCTION crm_internal.policy_changed();
ALTER TABLE crm_internal.decision_before ENABLE ALWAYS TRIGGER crm_10_policy_truncated;
