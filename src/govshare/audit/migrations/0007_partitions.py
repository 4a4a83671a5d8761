"""Batches and places are partitioned like entries, by batch and with the same bounds: what is sealed leaves the database whole.

The owner makes partitions ahead (``audit_make_partition``), moves the numbering on to the next one (``audit_roll``), and drops one;
``audit_dropped`` says what went. What there is is copied.
"""

from django.conf import settings
from django.db import migrations, models
from psycopg import sql

MAKE = """
CREATE FUNCTION audit_make_partition(number integer) RETURNS boolean LANGUAGE plpgsql SET search_path = public AS $$
DECLARE
    parent text;
    made boolean := false;
    name text;
BEGIN
    FOREACH parent IN ARRAY ARRAY['audit_batch', 'audit_entry', 'audit_placement'] LOOP
        name := parent || '_p' || lpad(number::text, greatest(4, length(number::text)), '0');
        CONTINUE WHEN to_regclass(name) IS NOT NULL;
        EXECUTE format('CREATE TABLE %I PARTITION OF %I FOR VALUES FROM (%s) TO (%s)',
                       name, parent, number::bigint << 24, (number::bigint + 1) << 24);
        EXECUTE format('REVOKE ALL ON %I FROM %I', name, {role});
        IF parent = 'audit_placement' THEN
            EXECUTE format('CREATE TRIGGER no_truncate BEFORE TRUNCATE ON %I FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse_change()', name);
        ELSE
            PERFORM audit_guard_partition(name::regclass);
        END IF;
        made := true;
    END LOOP;
    RETURN made;
END $$;

-- the next batch goes into the next partition; returns its number
CREATE FUNCTION audit_roll() RETURNS integer LANGUAGE plpgsql SET search_path = public AS $$
DECLARE
    number integer;
BEGIN
    number := (SELECT CASE WHEN is_called THEN last_value >> 24 ELSE (last_value - 1) >> 24 END FROM audit_batch_batch_seq) + 1;
    PERFORM audit_make_partition(number), setval('audit_batch_batch_seq', number::bigint << 24, false);
    RETURN number;
END $$;
REVOKE ALL ON FUNCTION audit_make_partition, audit_roll FROM PUBLIC;
"""

TABLES = """
ALTER TABLE audit_batch RENAME TO audit_batch_before;
ALTER SEQUENCE audit_batch_batch_seq RENAME TO audit_batch_before_seq;
ALTER TABLE audit_batch_before RENAME CONSTRAINT audit_batch_pkey TO audit_batch_before_pkey;
ALTER TABLE audit_placement RENAME TO audit_placement_before;
ALTER TABLE audit_placement_before RENAME CONSTRAINT audit_placement_pkey TO audit_placement_before_pkey;
ALTER TABLE audit_placement_before RENAME CONSTRAINT audit_placement_first_index_key TO audit_placement_before_key;

CREATE TABLE audit_batch (
    batch bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    recorded_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    n integer NOT NULL CHECK (n BETWEEN 1 AND 1000),
    writer text NOT NULL DEFAULT session_user || ':' || pg_backend_pid(),
    transaction xid8 NOT NULL DEFAULT pg_current_xact_id()
) PARTITION BY RANGE (batch);
CREATE TABLE audit_batch_default PARTITION OF audit_batch DEFAULT;

CREATE TABLE audit_placement (
    batch bigint PRIMARY KEY,
    first_index bigint NOT NULL CHECK (first_index >= 0),
    n integer NOT NULL CHECK (n >= 1)
) PARTITION BY RANGE (batch);
CREATE TABLE audit_placement_default PARTITION OF audit_placement DEFAULT;
CREATE INDEX audit_placement_first_index ON audit_placement (first_index);  -- audit_place_without_gap keeps it unique

CREATE TABLE audit_dropped (
    number integer PRIMARY KEY,
    batches bigint NOT NULL CHECK (batches > 0),
    entries bigint NOT NULL CHECK (entries > 0),
    least_batch bigint NOT NULL,
    most_batch bigint NOT NULL,
    first_index bigint NOT NULL,
    end_index bigint NOT NULL,
    dropped_at timestamptz NOT NULL,
    dropped_by text NOT NULL
);
CREATE TRIGGER no_change BEFORE UPDATE OR DELETE ON audit_dropped FOR EACH ROW EXECUTE FUNCTION audit_refuse_change();
CREATE TRIGGER no_truncate BEFORE TRUNCATE ON audit_dropped FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse_change();
"""

COPY = """
SELECT audit_make_partition(split_part(inhrelid::regclass::text, '_p', 2)::integer)
FROM pg_inherits WHERE inhparent = 'audit_entry'::regclass AND inhrelid::regclass::text LIKE 'audit\\_entry\\_p%';
ALTER TABLE audit_batch DISABLE TRIGGER USER;
INSERT INTO audit_batch OVERRIDING SYSTEM VALUE SELECT * FROM audit_batch_before;
INSERT INTO audit_placement SELECT * FROM audit_placement_before;
SELECT setval('audit_batch_batch_seq', last_value, is_called) FROM audit_batch_before_seq;
DROP TABLE audit_batch_before, audit_placement_before;
"""

GUARDS = """
SELECT audit_guard_partition('audit_batch');
SELECT audit_guard_partition('audit_batch_default');
CREATE TRIGGER no_truncate BEFORE TRUNCATE ON audit_placement_default FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse_change();
CREATE TRIGGER no_truncate BEFORE TRUNCATE ON audit_placement FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse_change();
CREATE TRIGGER no_change BEFORE UPDATE OR DELETE ON audit_batch FOR EACH ROW EXECUTE FUNCTION audit_refuse_change();
CREATE TRIGGER no_change BEFORE UPDATE OR DELETE ON audit_placement FOR EACH ROW EXECUTE FUNCTION audit_refuse_change();
CREATE TRIGGER no_gap BEFORE INSERT ON audit_placement FOR EACH ROW EXECUTE FUNCTION audit_place_without_gap();
CREATE TRIGGER placed AFTER INSERT ON audit_placement FOR EACH ROW EXECUTE FUNCTION audit_batch_has_its_place();

CREATE OR REPLACE FUNCTION audit_place_without_gap() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.first_index <> greatest(
           (SELECT p.first_index + p.n FROM public.audit_placement p ORDER BY p.first_index DESC LIMIT 1),
           (SELECT max(d.end_index) FROM public.audit_dropped d), 0)
       OR NOT EXISTS (SELECT 1 FROM public.audit_batch b WHERE b.batch = NEW.batch AND b.n = NEW.n) THEN
        RAISE EXCEPTION 'batch % of % does not go to %', NEW.batch, NEW.n, NEW.first_index
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;
"""


def partition(_apps, schema_editor):
    role = sql.Identifier(settings.GOVSHARE_APP_ROLE)
    with schema_editor.connection.cursor() as cursor:
        cursor.execute(sql.SQL(MAKE).format(role=sql.Literal(settings.GOVSHARE_APP_ROLE)))
        for statements in (TABLES, COPY, GUARDS):
            cursor.execute(statements)
        for table in ("audit_batch", "audit_batch_default", "audit_placement", "audit_placement_default", "audit_dropped"):
            cursor.execute(sql.SQL("REVOKE ALL ON {} FROM {}").format(sql.Identifier(table), role))
        cursor.execute(sql.SQL("REVOKE ALL ON SEQUENCE audit_batch_batch_seq FROM {}").format(role))
        cursor.execute(sql.SQL("GRANT SELECT ON audit_batch, audit_placement, audit_dropped TO {}").format(role))
        cursor.execute(sql.SQL("GRANT INSERT (batch, first_index, n) ON audit_placement TO {}").format(role))


class Migration(migrations.Migration):
    dependencies = [("audit", "0006_witnesses")]
    operations = [
        migrations.RunPython(partition),
        migrations.CreateModel(
            name="Dropped",
            fields=[
                ("number", models.IntegerField(primary_key=True, serialize=False)),
                *(
                    (name, models.BigIntegerField())
                    for name in ("batches", "entries", "least_batch", "most_batch", "first_index", "end_index")
                ),
                ("dropped_at", models.DateTimeField()),
                ("dropped_by", models.TextField()),
            ],
            options={"managed": False, "db_table": "audit_dropped"},
        ),
    ]
