-- What crm.verify() finds of requests, and that its statements repair it.
SET client_min_messages = error;
INSERT INTO crm_internal.request_consult (request_id, "position", mandate_id, due_at) VALUES (7, 'agent', 1, '2026-01-01');
INSERT INTO crm_internal.request_signature (request_id, person, "position", verdict) VALUES (7, 'ann', 'agent', 'approve'), (7, 'bob', 'agent', 'approve');
INSERT INTO crm_internal.notice (act_id, mandate_id, "position", created_at) VALUES (-1, 1, 'agent', '2026-01-01');
INSERT INTO crm_internal.request (decision, requester, known_by, login, amount, status, reserved, budget_id, expires_at)
	VALUES ('goodwill', 'bob', 'login', 'bob', 5, 'approved', 5, 77, '2100-01-01');
SELECT * FROM crm.verify();
SELECT repair FROM crm.verify() \gexec
SELECT * FROM crm.verify();
