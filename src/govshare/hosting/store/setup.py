"""What the hosting database holds before the first department comes. Safe to run again at every start.

``for_administrator`` is run by a superuser in that database, once and after every upgrade; the hosting role may make no
roles itself: on PostgreSQL before 16 such a role could set the password of any other, the owner of the evidence included.
"""

from psycopg import sql

from govshare.hosting.store.link import Link

INNER = "govshare"
STAGING = "govshare_staging"

_ADMINISTRATOR = """
REVOKE ALL ON DATABASE {database} FROM PUBLIC;
REVOKE ALL ON SCHEMA public FROM PUBLIC;
GRANT CONNECT, CREATE ON DATABASE {database} TO {hosting};
CREATE SCHEMA IF NOT EXISTS govshare_roles;
REVOKE ALL ON SCHEMA govshare_roles FROM PUBLIC;
GRANT USAGE ON SCHEMA govshare_roles TO {hosting};
CREATE OR REPLACE FUNCTION govshare_roles.reader(name text, verifier text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF name !~ '^govshare_h_[0-9a-f]{{12}}_read$' OR verifier !~ '^SCRAM-SHA-256\\$' THEN
        RAISE EXCEPTION 'not an account of hosting: %', name USING ERRCODE = 'insufficient_privilege';
    END IF;
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = name) THEN
        EXECUTE format('ALTER ROLE %I LOGIN PASSWORD %L', name, verifier);
    ELSE
        EXECUTE format('CREATE ROLE %I LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION PASSWORD %L', name, verifier);
    END IF;
    EXECUTE format('GRANT CONNECT ON DATABASE %I TO %I', current_database(), name);
END $$;
REVOKE ALL ON FUNCTION govshare_roles.reader(text, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION govshare_roles.reader(text, text) TO {hosting};
"""

_OWNER = """
CREATE SCHEMA IF NOT EXISTS govshare;
CREATE SCHEMA IF NOT EXISTS govshare_staging;
CREATE TABLE IF NOT EXISTS govshare.ledger (
    act uuid PRIMARY KEY, hosted uuid NOT NULL, kind text NOT NULL, at timestamptz NOT NULL, by_id text NOT NULL, by_name text NOT NULL,
    added bigint NOT NULL, changed bigint NOT NULL, deleted bigint NOT NULL, digest text NOT NULL, settled boolean NOT NULL DEFAULT false);
CREATE INDEX IF NOT EXISTS ledger_unsettled ON govshare.ledger (hosted) WHERE NOT settled;
CREATE TABLE IF NOT EXISTS govshare.history (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, hosted uuid NOT NULL, act uuid, at timestamptz NOT NULL DEFAULT now(),
    account text NOT NULL DEFAULT session_user, key jsonb NOT NULL, before jsonb, after jsonb,
    CHECK (before IS NOT NULL OR after IS NOT NULL));
CREATE INDEX IF NOT EXISTS history_key ON govshare.history USING hash (key);
CREATE INDEX IF NOT EXISTS history_act ON govshare.history (act);
CREATE INDEX IF NOT EXISTS history_hosted ON govshare.history (hosted, id);
CREATE TABLE IF NOT EXISTS govshare.bad (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, hosted uuid NOT NULL, upload uuid NOT NULL, source_row bigint NOT NULL,
    cells jsonb NOT NULL, faults jsonb NOT NULL, act uuid,
    state text NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'replayed', 'dropped')));
CREATE INDEX IF NOT EXISTS bad_upload ON govshare.bad (upload, source_row);
CREATE INDEX IF NOT EXISTS bad_open ON govshare.bad (hosted, id) WHERE state = 'open';

CREATE OR REPLACE FUNCTION govshare.key_of(line jsonb, keys text[]) RETURNS jsonb LANGUAGE sql IMMUTABLE AS
    'SELECT jsonb_agg(line -> c ORDER BY n) FROM unnest(keys) WITH ORDINALITY AS u(c, n)';

CREATE OR REPLACE FUNCTION govshare.write_history() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    keys text[] := TG_ARGV[1:];
    doing uuid := nullif(current_setting('govshare.act', true), '')::uuid;
BEGIN
    IF TG_OP = 'INSERT' THEN
        INSERT INTO govshare.history (hosted, act, key, after)
        SELECT TG_ARGV[0]::uuid, doing, govshare.key_of(to_jsonb(n), keys), to_jsonb(n) FROM new_rows n;
    ELSIF TG_OP = 'DELETE' THEN
        INSERT INTO govshare.history (hosted, act, key, before)
        SELECT TG_ARGV[0]::uuid, doing, govshare.key_of(to_jsonb(o), keys), to_jsonb(o) FROM old_rows o;
    ELSE
        INSERT INTO govshare.history (hosted, act, key, before, after)
        SELECT TG_ARGV[0]::uuid, doing, coalesce(n.key, o.key), o.line, n.line
        FROM (SELECT govshare.key_of(to_jsonb(r), keys) AS key, to_jsonb(r) AS line FROM old_rows r) o
        FULL JOIN (SELECT govshare.key_of(to_jsonb(r), keys) AS key, to_jsonb(r) AS line FROM new_rows r) n ON o.key = n.key
        WHERE o.line IS DISTINCT FROM n.line;
    END IF;
    RETURN NULL;
END $$;

CREATE OR REPLACE FUNCTION govshare.kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'history is kept' USING ERRCODE = 'restrict_violation';
END $$;
CREATE OR REPLACE TRIGGER history_kept BEFORE UPDATE OR DELETE ON govshare.history FOR EACH ROW EXECUTE FUNCTION govshare.kept();
CREATE OR REPLACE TRIGGER history_kept_whole BEFORE TRUNCATE ON govshare.history EXECUTE FUNCTION govshare.kept();
"""


def for_administrator(*, database: str, hosting: str) -> sql.Composed:
    """What a superuser runs in ``database``; ``hosting`` is the role the platform works with there."""
    return sql.SQL(_ADMINISTRATOR).format(database=sql.Identifier(database), hosting=sql.Identifier(hosting))


def prepare(link: Link) -> None:
    """As the hosting role: ledger, history, quarantine and the trigger that writes history."""
    link.execute("SELECT pg_advisory_xact_lock(hashtext('govshare hosting'))")
    link.execute(_OWNER)
