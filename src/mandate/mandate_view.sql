-- mandate_view: the register of mandates.

CREATE VIEW crm.mandates AS
	SELECT m.mandate_id, m.kind, m.decision, m.from_position, m.to_position,
		CASE
			WHEN m.revoked_at <= pg_catalog.clock_timestamp() THEN 'revoked'
			WHEN m.valid_until <= pg_catalog.clock_timestamp() THEN 'over'
			WHEN m.valid_from > pg_catalog.clock_timestamp() THEN 'to come'
			ELSE 'in force'
		END AS status,
		m.amount, m.window_amount, m.window_length, m.budget, m.scope, m.depth, m.parent_id, m.joint_id, m.quorum, m.deadline,
		m.valid_from, m.valid_until, m.revoked_at, m.recorded_at, m.recorded_by, m.revoked_by, m.reason, m.revoked_why, m.operating_model,
		s.state AS effect, s.up_to AS effect_up_to, s.mandate_path, s.taken_by
	FROM crm_internal.mandate m
	LEFT JOIN crm_internal.mandate_states(NULL, NULL) s ON s.mandate_id OPERATOR(pg_catalog.=) m.mandate_id
	ORDER BY m.mandate_id;
COMMENT ON VIEW crm.mandates IS 'the register: every mandate ever given';
COMMENT ON COLUMN crm.mandates.mandate_id IS 'its number';
COMMENT ON COLUMN crm.mandates.kind IS 'charter (from nobody), hand_over, share, joint, consult, inform or ban';
COMMENT ON COLUMN crm.mandates.decision IS 'with all decisions below it';
COMMENT ON COLUMN crm.mandates.from_position IS 'who gave it; NULL: the company';
COMMENT ON COLUMN crm.mandates.to_position IS 'who decides, is consulted, informed or banned';
COMMENT ON COLUMN crm.mandates.status IS 'to come, in force, over or revoked; one in force has effect as far as what it stands on has';
COMMENT ON COLUMN crm.mandates.amount IS 'the limit of an act, NULL: none; of consult, inform and ban: acts for more than that';
COMMENT ON COLUMN crm.mandates.window_amount IS 'the limit on one customer within window_length';
COMMENT ON COLUMN crm.mandates.window_length IS 'any such time';
COMMENT ON COLUMN crm.mandates.budget IS 'what it spends';
COMMENT ON COLUMN crm.mandates.scope IS 'dimension to values, or to {"within": value}; {} without bounds';
COMMENT ON COLUMN crm.mandates.depth IS 'how often it may be passed on; NULL: without limit';
COMMENT ON COLUMN crm.mandates.parent_id IS 'the giver''s mandate that it was given under';
COMMENT ON COLUMN crm.mandates.joint_id IS 'the same for all positions of a joint mandate';
COMMENT ON COLUMN crm.mandates.quorum IS 'how many different persons a joint mandate needs';
COMMENT ON COLUMN crm.mandates.deadline IS 'how long a consult is waited for';
COMMENT ON COLUMN crm.mandates.valid_from IS 'when it begins';
COMMENT ON COLUMN crm.mandates.valid_until IS 'the first moment at which it is over';
COMMENT ON COLUMN crm.mandates.revoked_at IS 'when it was, or will be, taken back; infinity: not';
COMMENT ON COLUMN crm.mandates.recorded_at IS 'when it was given';
COMMENT ON COLUMN crm.mandates.recorded_by IS 'who gave it';
COMMENT ON COLUMN crm.mandates.revoked_by IS 'who took it back';
COMMENT ON COLUMN crm.mandates.reason IS 'why it was given';
COMMENT ON COLUMN crm.mandates.revoked_why IS 'why it was taken back';
COMMENT ON COLUMN crm.mandates.operating_model IS 'the operating model that it is part of';
COMMENT ON COLUMN crm.mandates.effect IS 'in force; handed over: its holder gave away all of it; without support: what it rests on is gone; to come, over, revoked. Judged at its own decision, the first values of its scope and effect_up_to';
COMMENT ON COLUMN crm.mandates.effect_up_to IS 'the largest amount at which it has effect, NULL: without limit';
COMMENT ON COLUMN crm.mandates.mandate_path IS 'what it rests on, from the charter down';
COMMENT ON COLUMN crm.mandates.taken_by IS 'the hand-over that left its holder nothing at effect_up_to';
