-- The service's role. `baraza migrate` runs this as the owner; an operator may run it by hand and set the password.
-- No BYPASSRLS, no membership, no ownership: row security guards what the service's own code forgets.
DO $$
BEGIN
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'baraza_app') THEN
    CREATE ROLE baraza_app LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS;
  END IF;
  BEGIN
    ALTER ROLE baraza_app SET statement_timeout = '15s';
    ALTER ROLE baraza_app SET lock_timeout = '5s';
    ALTER ROLE baraza_app SET idle_in_transaction_session_timeout = '30s';
    -- Moments are answered in UTC.
    ALTER ROLE baraza_app SET timezone = 'UTC';
    -- Each statement is planned once a connection, since no plan depends on a value; it is not compiled to machine code,
    -- which takes longer than it runs; and pages are in memory, or on a disk without moving parts.
    ALTER ROLE baraza_app SET plan_cache_mode = 'force_generic_plan';
    ALTER ROLE baraza_app SET jit = 'off';
    ALTER ROLE baraza_app SET random_page_cost = '1.1';
  EXCEPTION WHEN insufficient_privilege THEN
    -- Somebody else made the role, and sets all this with this file: the row-security lint looks for its timeouts, and
    -- the service for the rest when it starts.
    NULL;
  END;
  EXECUTE format('REVOKE ALL ON DATABASE %I FROM PUBLIC', current_database());
  EXECUTE format('GRANT CONNECT ON DATABASE %I TO baraza_app', current_database());
  REVOKE ALL ON SCHEMA public FROM PUBLIC;
  GRANT USAGE ON SCHEMA public TO baraza_app;
END
$$;
