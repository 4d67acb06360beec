-- What crm.progress says of a run that was cancelled while its session goes on.
\set SHOW_CONTEXT never
\set VERBOSITY terse
CREATE SCHEMA sales
	CREATE TABLE account (id integer PRIMARY KEY, name text);
CREATE FUNCTION sales.slow(text) RETURNS text LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
	IF current_setting('sales.slow', true) = 'on' THEN
		PERFORM pg_sleep(60);
	END IF;
	RETURN $1;
END $$;
SELECT crm.add_department('sales');
SELECT crm.add_source('sales.account', department => 'sales', map => '{"name": "sales.slow(name)"}');
CALL crm.resolve();
INSERT INTO sales.account VALUES (1, 'Ann Lee');
SET sales.slow = on;
SET statement_timeout = '300ms';
CALL crm.resolve();
RESET statement_timeout;
SELECT kind, state FROM crm.progress ORDER BY job_id;
SELECT count(*) AS locks FROM pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid();
RESET sales.slow;
CALL crm.resolve();
SELECT kind, done, state FROM crm.progress ORDER BY job_id;
