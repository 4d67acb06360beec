-- base: the two schemas. `crm` is the public face, `crm_internal` is granted to nobody.

CREATE SCHEMA crm;
COMMENT ON SCHEMA crm IS 'one customer record out of departmental tables: functions and views for people';

CREATE SCHEMA crm_internal;
COMMENT ON SCHEMA crm_internal IS 'tables and helpers of the crm extension; use the functions and views of schema crm';
REVOKE ALL ON SCHEMA crm_internal FROM PUBLIC;
