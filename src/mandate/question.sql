-- question: which mandates have effect, and where there are too few or too many of them.

CREATE FUNCTION crm_internal.mandate_states(as_of timestamptz, mandate integer)
RETURNS TABLE (mandate_id integer, state text, has_effect boolean, mandate_path integer[], taken_by integer, up_to numeric)
LANGUAGE c VOLATILE PARALLEL UNSAFE ROWS 5
AS 'MODULE_PATHNAME', 'crm_mandate_states';
COMMENT ON FUNCTION crm_internal.mandate_states(timestamptz, integer) IS 'of one mandate, or with NULL of all, at a time (NULL: now): whether it has effect at its own decision, scope and largest amount (up_to, NULL: without limit), what it rests on from the charter down, and the hand-over that left its holder nothing there';
REVOKE ALL ON FUNCTION crm_internal.mandate_states(timestamptz, integer) FROM PUBLIC;

-- Runs as the owner: shows of any mandate where it comes from, as crm.mandates does.
CREATE FUNCTION crm.mandate_path(mandate integer, as_of timestamptz DEFAULT NULL)
RETURNS TABLE (step integer, mandate_id integer, kind text, decision text, from_position text, to_position text, amount numeric, scope jsonb, valid_from timestamptz, valid_until timestamptz, state text)
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE ROWS 5
SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
BEGIN
	RETURN QUERY SELECT s.step::integer, m.mandate_id, m.kind, m.decision, m.from_position, m.to_position, m.amount, m.scope, m.valid_from, m.valid_until, s.state
		FROM (
			-- one after the other: in another order each mandate would be judged for every row of the table
			SELECT p.id, p.step, (SELECT o.state FROM crm_internal.mandate_states(mandate_path.as_of, p.id) o) AS state
			FROM crm_internal.mandate_states(mandate_path.as_of, mandate_path.mandate) own,
				LATERAL unnest(own.mandate_path) WITH ORDINALITY AS p(id, step)
			OFFSET 0) s
		JOIN crm_internal.mandate m ON m.mandate_id = s.id
		ORDER BY s.step;
END
$$;
COMMENT ON FUNCTION crm.mandate_path(integer, timestamptz) IS 'what a mandate rests on, from the charter down to itself, now or at another time; of one that has no effect what it was given by';
REVOKE ALL ON FUNCTION crm.mandate_path(integer, timestamptz) FROM PUBLIC;

CREATE FUNCTION crm_internal.mandate_gaps(as_of timestamptz)
RETURNS TABLE (decision text, scope jsonb, above numeric, up_to numeric, positions text[], mandates integer[])
LANGUAGE c VOLATILE PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'crm_mandate_gaps';
COMMENT ON FUNCTION crm_internal.mandate_gaps(timestamptz) IS 'crm.mandate_gaps of a time (NULL: now)';
REVOKE ALL ON FUNCTION crm_internal.mandate_gaps(timestamptz) FROM PUBLIC;

CREATE VIEW crm.mandate_gaps AS
	SELECT g.decision, g.scope, g.above, g.up_to, g.positions, g.mandates
	FROM crm_internal.mandate_gaps(NULL) g;
COMMENT ON VIEW crm.mandate_gaps IS 'decisions, and amounts of them, that nobody may take now, neither alone nor together with others; nothing before there is a charter';
COMMENT ON COLUMN crm.mandate_gaps.decision IS 'what nobody may decide';
COMMENT ON COLUMN crm.mandate_gaps.scope IS 'in which scope; {}: where no scope is given; {"within": value}: in what lies within the value and is named nowhere';
COMMENT ON COLUMN crm.mandate_gaps.above IS 'for amounts above this, NULL: for all up to up_to';
COMMENT ON COLUMN crm.mandate_gaps.up_to IS 'and up to this, NULL: without end, and for acts whose amount is not known';
COMMENT ON COLUMN crm.mandate_gaps.positions IS 'positions that could, but are vacant, or held by who is banned in another position; empty: no position has the decision';
COMMENT ON COLUMN crm.mandate_gaps.mandates IS 'by which they could';

CREATE FUNCTION crm_internal.mandate_overlaps(as_of timestamptz)
RETURNS TABLE (decision text, scope jsonb, above numeric, up_to numeric, positions text[], mandates integer[])
LANGUAGE c VOLATILE PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'crm_mandate_overlaps';
COMMENT ON FUNCTION crm_internal.mandate_overlaps(timestamptz) IS 'crm.mandate_overlaps of a time (NULL: now)';
REVOKE ALL ON FUNCTION crm_internal.mandate_overlaps(timestamptz) FROM PUBLIC;

CREATE VIEW crm.mandate_overlaps AS
	SELECT o.decision, o.scope, o.above, o.up_to, o.positions, o.mandates
	FROM crm_internal.mandate_overlaps(NULL) o;
COMMENT ON VIEW crm.mandate_overlaps IS 'decisions, and amounts of them, for which several are accountable now: by the charter or because it was handed over to them; a share makes nobody accountable, a joint mandate counts as one';
COMMENT ON COLUMN crm.mandate_overlaps.decision IS 'for what several are accountable';
COMMENT ON COLUMN crm.mandate_overlaps.scope IS 'in which scope; {}: where no scope is given; {"within": value}: in what lies within the value and is named nowhere';
COMMENT ON COLUMN crm.mandate_overlaps.above IS 'for amounts above this, NULL: for all up to up_to';
COMMENT ON COLUMN crm.mandate_overlaps.up_to IS 'and up to this, NULL: without end';
COMMENT ON COLUMN crm.mandate_overlaps.positions IS 'who';
COMMENT ON COLUMN crm.mandate_overlaps.mandates IS 'by which mandates';
