-- Whom a refusal names, and when it tells to ask: never somebody who could not, never where nobody could answer.
\pset null -
SELECT crm.add_department('company'), crm.add_department('sales', parent => 'company'), crm.add_department('field', parent => 'sales');
SELECT count(crm.add_position(p, d)) FROM (VALUES ('board', 'company'), ('brand', 'company'), ('care', 'company'), ('desk', 'sales')) v(p, d);
SELECT count(crm.appoint(p, who)) FROM (VALUES ('board', 'ann'), ('brand', 'bea'), ('care', 'cleo'), ('desk', 'dave')) v(p, who);
SELECT crm.appoint('desk', 'carl', capacity => 'contractor', valid_until => '2100-01-01') > 0 AS appointed;
SELECT crm.add_budget('large', 1000, owner => 'board'), crm.add_budget('small', 20);
SELECT crm.add_gateway(session_user::text, session_allowed => true);
CREATE VIEW hint AS
	SELECT d.decision, a.amount, w.hint
	FROM (VALUES (1, 'goodwill'), (2, 'pricing'), (3, 'care.solution')) d(m, decision)
	CROSS JOIN (VALUES (1, 100), (2, 2000), (3, NULL)) a(n, amount)
	CROSS JOIN LATERAL crm.why_not('dave', d.decision, amount => a.amount) w
	ORDER BY d.m, a.n;

-- who lacks only the money is named as such; a mandate that has some left counts, whatever another one of the same position lacks
SELECT crm.grant_mandate('goodwill', 'care', budget => 'small'), crm.grant_mandate('goodwill', 'care', budget => 'large');
-- a contractor acts, but answers nobody
SELECT crm.grant_mandate('pricing', 'desk');
SELECT crm.end_appointment('desk', 'dave') AS ended;
-- so many together
SELECT crm.grant_mandate('care.solution', 'board');
SELECT crm.share_jointly('care.solution', positions => '{brand,care}', quorum => 2, from_position => 'board', budget => 'large') > 0 AS shared;
SELECT * FROM hint;

-- who handed it over may ask for it
SELECT hint FROM crm.why_not('ann', 'care.solution', amount => 100);

-- a gap in what lies within sales, and is neither sales itself nor named
SELECT crm.add_position('vacant', 'sales') IS NOT NULL AS added;
SELECT crm.grant_mandate('investment', 'care', scope => '{"department": "sales"}'),
	crm.grant_mandate('investment', 'vacant', scope => '{"department": {"within": "sales"}}');
SELECT scope, above, up_to, positions FROM crm.mandate_gaps WHERE decision = 'investment';
SELECT detail, hint FROM crm.why_not('ann', 'investment', scope => '{"department": "sales"}');
SELECT detail, hint FROM crm.why_not('ann', 'investment', scope => '{"department": "field"}');

-- who only has to consult asks, although the whole amount is more than the budget has: an UPDATE takes the difference
CREATE TABLE voucher (id integer PRIMARY KEY, value numeric);
SELECT crm.add_guard('voucher', decision => 'sales.tools', amount => 'value') > 0 AS guarded;
SELECT crm.grant_mandate('sales.tools', 'care', budget => 'small');
SELECT crm.act_as('cleo', for_session => true);
INSERT INTO voucher VALUES (1, 15);
SELECT crm.act_as(NULL);
SELECT crm.consult('sales.tools', to_position => 'brand') > 0 AS consulted;
SELECT crm.act_as('cleo', for_session => true);
UPDATE voucher SET value = 18;
SELECT crm.request('sales.tools', amount => 18) AS asked \gset
SELECT crm.act_as('bea', for_session => true);
SELECT crm.answer_consult(:asked, 'agree');
SELECT crm.act_as('cleo', for_session => true);
UPDATE voucher SET value = 18;
SELECT name, spent FROM crm.budgets WHERE name = 'small';
