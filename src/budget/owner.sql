-- owner: whose money a budget is. Who lets others spend it by a mandate must have it to give.

CREATE FUNCTION crm_internal.budget_lies_within(budget text, whole text)
RETURNS boolean
LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
	SELECT EXISTS (SELECT FROM crm_internal.budget_line(budget_lies_within.budget) l WHERE l.name = budget_lies_within.whole);
END;
COMMENT ON FUNCTION crm_internal.budget_lies_within(text, text) IS 'whether a budget is another one or carved from it';
REVOKE ALL ON FUNCTION crm_internal.budget_lies_within(text, text) FROM PUBLIC;

-- The act counts the whole budget: so much is put into other hands.
CREATE FUNCTION crm_internal.give_budget(budget text, from_position text, subject text)
RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	owners text[] := ARRAY(SELECT l.owner FROM crm_internal.budget_line(budget) l WHERE l.owner IS NOT NULL ORDER BY l.height);
	how text;
	why text;
BEGIN
	IF from_position = ANY (owners) OR EXISTS (SELECT FROM unnest(owners) o WHERE crm_internal.acts_for(o)) THEN
		RETURN;
	END IF;
	PERFORM crm_internal.take_act('investment', subject => subject, amount => (crm_internal.budget_of(budget)).amount);
EXCEPTION WHEN insufficient_privilege THEN
	GET STACKED DIAGNOSTICS why = MESSAGE_TEXT, how = PG_EXCEPTION_HINT;
	RAISE insufficient_privilege USING
		MESSAGE = format('budget "%s" is not for position "%s" to give', budget, from_position),
		DETAIL = format('%s Else whoever decides investment gives it: %s.',
			CASE WHEN cardinality(owners) > 0 THEN format('It belongs to position "%s".', owners[1]) ELSE 'It belongs to no position.' END, why),
		HINT = coalesce(nullif(how, ''), 'Ask for a budget of your own, or a part of this one.');
END
$$;
COMMENT ON FUNCTION crm_internal.give_budget(text, text, text) IS 'raises 42501 unless the position that gives a mandate, or the one who acts, is the owner of the budget or of one that it is carved from; else it is an act under investment, of the budget''s amount';
REVOKE ALL ON FUNCTION crm_internal.give_budget(text, text, text) FROM PUBLIC;

INSERT INTO crm_internal.mandate_money (check_function, within_function, dispose_function)
VALUES ('crm_internal.budget_of', 'crm_internal.budget_lies_within', 'crm_internal.give_budget');
