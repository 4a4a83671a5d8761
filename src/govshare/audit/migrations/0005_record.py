"""One door for writing: ``audit_record`` writes a whole batch, and nothing else writes batches or entries.

It replaces the triggers per row of 0002: every body is parsed once, the batch is complete because one statement writes it. Columns
for search compare bytes (COLLATE "C"): cheaper to keep sorted, and what an action begins with can be looked up.
"""

from django.conf import settings
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps
from psycopg import sql

OLD = """
DROP TRIGGER from_body ON audit_entry;
DROP TRIGGER complete ON audit_batch;
DROP TRIGGER awaits ON audit_batch;
DROP FUNCTION audit_entry_from_its_body();
DROP FUNCTION audit_batch_is_complete();
DROP FUNCTION audit_batch_awaits_its_place();
"""

COLUMNS = """
ALTER TABLE audit_entry
    ALTER action TYPE text COLLATE "C", ALTER outcome TYPE text COLLATE "C", ALTER actor TYPE text COLLATE "C",
    ALTER organization TYPE text COLLATE "C", ALTER about TYPE text COLLATE "C", ALTER resource TYPE text COLLATE "C",
    ALTER grant_id TYPE text COLLATE "C", ALTER subject TYPE text COLLATE "C",
    DROP CONSTRAINT audit_entry_leaf_is_its_bodys,
    ADD CONSTRAINT audit_entry_leaf_is_its_bodys CHECK (
        leaf_hash = sha256('\\x00'::bytea || convert_to(body, 'UTF8'))
        OR octet_length(leaf_hash) = 32 AND body LIKE '%"v":"govshare/entry@v_+sm3"}'  -- PostgreSQL knows no SM3
    );
"""

FUNCTIONS = """
CREATE FUNCTION audit_record(bodies text[], leaves bytea[], OUT batch bigint, OUT recorded_at timestamptz)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
#variable_conflict use_column
DECLARE
    number bigint;
BEGIN
    IF cardinality(leaves) IS DISTINCT FROM cardinality(bodies) THEN
        RAISE EXCEPTION 'every body has one leaf hash' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    INSERT INTO public.audit_batch AS b (n) VALUES (cardinality(bodies)) RETURNING b.batch, b.recorded_at INTO number, recorded_at;
    INSERT INTO public.audit_entry
        SELECT number, given.place - 1, given.leaf, given.body,
               (fields ->> 'at')::timestamptz, fields ->> 'action', fields ->> 'outcome',
               left(fields #>> '{actor,id}', 200), left(fields #>> '{actor,organization}', 200),
               left(fields ->> 'about', 200), left(fields ->> 'resource', 200), left(fields ->> 'grant', 200),
               fields ->> 'subject', fields -> 'parties'
        FROM (SELECT place, leaf, body, body::jsonb AS fields
              FROM unnest(bodies, leaves) WITH ORDINALITY AS it (body, leaf, place)
              OFFSET 0) AS given;  -- OFFSET keeps the planner from parsing a body once for every column
    INSERT INTO public.audit_unplaced VALUES (number);
    batch := number;
END $$;

CREATE FUNCTION audit_only_by_record() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog AS $$
DECLARE
    callers text;
BEGIN
    GET DIAGNOSTICS callers = PG_CONTEXT;
    IF position('function public.audit_record(' IN callers) = 0 THEN
        RAISE EXCEPTION '% into % goes through audit_record only (CD2016-26)', TG_OP, TG_TABLE_NAME
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NULL;
END $$;

-- what a table of batches or entries needs beside what it inherits from its parent; for every new partition
CREATE FUNCTION audit_guard_partition(partition regclass) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('CREATE OR REPLACE TRIGGER no_truncate BEFORE TRUNCATE ON %s FOR EACH STATEMENT'
                   ' EXECUTE FUNCTION public.audit_refuse_change()', partition);
    EXECUTE format('CREATE OR REPLACE TRIGGER only_by_record BEFORE INSERT ON %s FOR EACH STATEMENT'
                   ' EXECUTE FUNCTION public.audit_only_by_record()', partition);
END $$;

SELECT audit_guard_partition(inhrelid) FROM pg_inherits WHERE inhparent = 'audit_entry'::regclass;
SELECT audit_guard_partition('audit_entry');
SELECT audit_guard_partition('audit_batch');
"""


def rights(_apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """The program may call the function, and has no right of its own to insert."""
    role = sql.Identifier(settings.GOVSHARE_APP_ROLE)
    with schema_editor.connection.cursor() as cursor:
        cursor.execute("REVOKE ALL ON FUNCTION audit_record, audit_guard_partition FROM PUBLIC")
        cursor.execute(sql.SQL("GRANT EXECUTE ON FUNCTION audit_record TO {}").format(role))
        for table, columns in (("audit_batch", "n"), ("audit_entry", "batch, ordinal, leaf_hash, body")):
            cursor.execute(sql.SQL("REVOKE INSERT ({}) ON {} FROM {}").format(sql.SQL(columns), sql.Identifier(table), role))


class Migration(migrations.Migration):
    dependencies = [("audit", "0004_trees")]
    operations = [
        migrations.RunSQL(OLD),
        migrations.RunSQL(COLUMNS),
        migrations.RunSQL(FUNCTIONS),
        migrations.RunPython(rights),
    ]
