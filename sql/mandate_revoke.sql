-- Revoking: what falls with a mandate, what stands on another, what comes back.
\set SHOW_CONTEXT never
SELECT crm.add_department('company');
SELECT crm.add_position(p, department => 'company') FROM unnest('{board,head,lead,desk,agent,temp}'::text[]) p;

-- a chain falls as far as nothing else carries it
SELECT crm.grant_mandate('goodwill', 'head', amount => 1000);
SELECT crm.grant_mandate('goodwill', 'board', amount => 500);
SELECT crm.share('goodwill', 'head', 'lead', amount => 800);
SELECT crm.share('goodwill', 'board', 'lead', amount => 300);
SELECT crm.share('goodwill', 'lead', 'desk', amount => 200);
SELECT crm.share('goodwill', 'lead', 'agent', amount => 700);
SELECT crm.share('goodwill', 'desk', 'temp', amount => 100);
SELECT * FROM crm.revoke(3, reason => 'too much');
-- nothing but that row was written
SELECT mandate_id, revoked_at < 'infinity' AS revoked, revoked_by = session_user AS by_me, revoked_why FROM crm.mandates WHERE revoked_by IS NOT NULL;
SELECT * FROM crm.revoke(4);
SELECT * FROM crm.revoke(99);
DO $$ BEGIN PERFORM crm.revoke(4); EXCEPTION WHEN object_not_in_prerequisite_state THEN RAISE NOTICE '% %', SQLSTATE, SQLERRM; END $$;

-- taken back, the giver has it again, and what it shared
SELECT crm.share('goodwill', 'head', 'agent', amount => 50);
SELECT crm.hand_over('goodwill', 'head', 'lead');
SELECT crm.share('goodwill', 'lead', 'desk');
SELECT crm.share('goodwill', 'head', 'temp');
SELECT * FROM crm.revoke(9);
SELECT crm.share('goodwill', 'head', 'temp', amount => 20);

-- two hand-overs in a row, then back to where it came from
SELECT crm.grant_mandate('pricing', 'head');
SELECT crm.hand_over('pricing', 'head', 'lead');
SELECT crm.hand_over('pricing', 'lead', 'head');
SELECT * FROM crm.revoke(13);

-- a joint mandate is taken back as a whole
SELECT crm.grant_mandate('care', 'head');
SELECT crm.share_jointly('care.solution', '{lead,desk,agent}', quorum => 2, from_position => 'head');
SELECT * FROM crm.revoke(17);
SELECT mandate_id, status FROM crm.mandates WHERE kind = 'joint';

-- what has not begun is taken back before it does
SELECT crm.grant_mandate('product', 'head', valid_from => '2100-01-01');
SELECT crm.share('product', 'head', 'lead');
SELECT crm.share('product', 'head', 'lead', valid_from => '2100-01-01');
SELECT * FROM crm.revoke(19);

-- consult, inform and ban go with whose condition they are
SELECT crm.grant_mandate('segmentation', 'head');
SELECT crm.hand_over('segmentation', 'head', 'lead');
SELECT crm.consult('segmentation', 'desk', from_position => 'lead');
SELECT crm.ban('segmentation', 'temp');
SELECT * FROM crm.revoke(22);

-- who may: holder and deputy of the giver, nobody else without org.model
CREATE ROLE crm_test_holder;
CREATE ROLE crm_test_contractor;
CREATE ROLE crm_test_other;
SELECT crm.grant_access(r, 'member') FROM unnest('{crm_test_holder,crm_test_contractor,crm_test_other}'::text[]) r;
SELECT crm.appoint('head', 'crm_test_holder') > 0 AS appointed;
SELECT crm.appoint('head', 'crm_test_contractor', capacity => 'contractor', valid_until => '2100-01-01') > 0 AS appointed;
SET SESSION AUTHORIZATION crm_test_holder;
SELECT crm.share('segmentation', 'head', 'lead');
SELECT crm.hand_over('segmentation', 'head', 'desk');
SELECT mandate_id, effect FROM crm.revoke(26);
SELECT recorded_by, revoked_by FROM crm.mandates WHERE mandate_id IN (25, 26) ORDER BY mandate_id;
SELECT crm.share('segmentation', 'lead', 'agent');
SELECT crm.grant_mandate('segmentation', 'head');
SELECT what, subject, detail FROM crm.preview_hand_over('segmentation', 'head', 'agent');
SELECT what, subject, detail FROM crm.preview_hand_over('segmentation', 'lead', 'agent');
SET SESSION AUTHORIZATION crm_test_contractor;
SELECT crm.share('segmentation', 'head', 'agent');
SELECT * FROM crm.revoke(25);
SET SESSION AUTHORIZATION crm_test_other;
SELECT crm.ban('segmentation', 'head', from_position => 'lead');
SELECT crm.ban('segmentation', 'head');
RESET SESSION AUTHORIZATION;
DROP OWNED BY crm_test_holder, crm_test_contractor, crm_test_other;
DROP ROLE crm_test_holder, crm_test_contractor, crm_test_other;

-- what cannot have come about through these calls is found
SELECT problem, repair FROM crm.verify() WHERE check_name = 'mandate' ORDER BY 1;
INSERT INTO crm_internal.mandate (kind, decision, to_position, valid_from, recorded_by) VALUES ('charter', 'nothing', 'nobody', '2026-01-01', 'x');
INSERT INTO crm_internal.mandate (kind, decision, from_position, to_position, parent_id, valid_from, recorded_by) VALUES ('share', 'pricing', 'lead', 'desk', 99, '2026-01-01', 'x');
UPDATE crm_internal.position SET closed_at = now() WHERE name = 'temp';
SELECT problem, repair FROM crm.verify() WHERE check_name = 'mandate' ORDER BY 1;
