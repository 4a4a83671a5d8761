"""The archive's tables and what PostgreSQL holds of retention: rows are only added, no disposal before fifteen years or under a hold."""

from django.conf import settings
from django.db import migrations, models
from psycopg import sql

TABLES = """
CREATE TABLE archive_segment (
    first_index bigint PRIMARY KEY CHECK (first_index >= 0 AND first_index % 256 = 0),
    end_index bigint NOT NULL UNIQUE CHECK (end_index > first_index AND end_index % 256 = 0),
    name text NOT NULL UNIQUE,
    manifest text NOT NULL,
    since timestamptz NOT NULL,
    until timestamptz NOT NULL CHECK (until >= since),
    least_batch bigint NOT NULL,
    most_batch bigint NOT NULL CHECK (most_batch >= least_batch),
    bytes bigint NOT NULL CHECK (bytes > 0),
    sealed_at timestamptz NOT NULL,
    sealed_by text NOT NULL
);
CREATE INDEX archive_segment_batches ON archive_segment (least_batch, most_batch);

CREATE TABLE archive_check (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    first_index bigint NOT NULL REFERENCES archive_segment,
    problems text NOT NULL,
    checked_at timestamptz NOT NULL,
    checked_by text NOT NULL
);
CREATE INDEX archive_check_segment ON archive_check (first_index, id);

CREATE TABLE archive_hold (
    id uuid PRIMARY KEY,
    since timestamptz NOT NULL,
    until timestamptz NOT NULL CHECK (until > since),
    reason text NOT NULL CHECK (reason <> ''),
    document text NOT NULL CHECK (document <> ''),
    placed_at timestamptz NOT NULL,
    placed_by text NOT NULL
);

CREATE TABLE archive_lift (
    hold uuid PRIMARY KEY REFERENCES archive_hold,
    reason text NOT NULL CHECK (reason <> ''),
    lifted_at timestamptz NOT NULL,
    lifted_by text NOT NULL
);

CREATE TABLE archive_disposal (
    first_index bigint PRIMARY KEY REFERENCES archive_segment,
    end_index bigint NOT NULL,
    digests jsonb NOT NULL,
    reason text NOT NULL CHECK (reason <> ''),
    disposed_at timestamptz NOT NULL,
    disposed_by text NOT NULL
);

CREATE TABLE archive_destruction (
    month text PRIMARY KEY CHECK (month ~ '^[0-9]{4}-(0[1-9]|1[0-2])$'),
    grounds text NOT NULL CHECK (grounds <> ''),
    document text NOT NULL CHECK (document <> ''),
    agreed_by text NOT NULL CHECK (agreed_by <> destroyed_by),
    destroyed_at timestamptz NOT NULL,
    destroyed_by text NOT NULL
);
"""

GUARDS = """
CREATE FUNCTION archive_follows() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.first_index <> coalesce((SELECT max(s.end_index) FROM public.archive_segment s), 0) THEN
        RAISE EXCEPTION 'segment % does not follow the last one', NEW.first_index USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER follows BEFORE INSERT ON archive_segment FOR EACH ROW EXECUTE FUNCTION archive_follows();

CREATE FUNCTION archive_may_be_disposed() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    segment public.archive_segment;
BEGIN
    SELECT * INTO segment FROM public.archive_segment s WHERE s.first_index = NEW.first_index AND s.end_index = NEW.end_index;
    IF NOT FOUND OR clock_timestamp() < segment.until + interval '15 years' THEN
        RAISE EXCEPTION 'segment %: logs are kept for at least fifteen years (CD2016-26)', NEW.first_index
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    IF EXISTS (SELECT 1 FROM public.archive_hold h LEFT JOIN public.archive_lift l ON l.hold = h.id
               WHERE l.hold IS NULL AND h.since <= segment.until AND h.until > segment.since) THEN
        RAISE EXCEPTION 'segment %: it is under a hold', NEW.first_index USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER retained BEFORE INSERT ON archive_disposal FOR EACH ROW EXECUTE FUNCTION archive_may_be_disposed();
"""

NAMES = ("archive_segment", "archive_check", "archive_hold", "archive_lift", "archive_disposal", "archive_destruction")
#: Only the owner disposes; the program adds to the others.
OWNERS = ("archive_disposal",)


def guard(_apps, schema_editor):
    role = sql.Identifier(settings.GOVSHARE_APP_ROLE)
    with schema_editor.connection.cursor() as cursor:
        for name in NAMES:
            table = sql.Identifier(name)
            refuse = "EXECUTE FUNCTION audit_refuse_change()"
            cursor.execute(sql.SQL(f"CREATE TRIGGER no_change BEFORE UPDATE OR DELETE ON {{}} FOR EACH ROW {refuse}").format(table))
            cursor.execute(sql.SQL(f"CREATE TRIGGER no_truncate BEFORE TRUNCATE ON {{}} FOR EACH STATEMENT {refuse}").format(table))
            cursor.execute(sql.SQL("REVOKE ALL ON {} FROM {}").format(table, role))
            rights = sql.SQL("SELECT" if name in OWNERS else "SELECT, INSERT")
            cursor.execute(sql.SQL("GRANT {} ON {} TO {}").format(rights, table, role))


def unmanaged(name, fields):
    return migrations.CreateModel(name=name, fields=fields, options={"managed": False, "db_table": f"archive_{name.lower()}"})


def key(kind):
    return kind(primary_key=True, serialize=False)


def act(verb):
    return [(f"{verb}_at", models.DateTimeField()), (f"{verb}_by", models.TextField())]


class Migration(migrations.Migration):
    initial = True
    dependencies = [("audit", "0004_trees")]

    operations = [
        migrations.RunSQL(TABLES),
        migrations.RunSQL(GUARDS),
        migrations.RunPython(guard),
        unmanaged(
            "Segment",
            [
                ("first_index", key(models.BigIntegerField)),
                ("end_index", models.BigIntegerField()),
                ("name", models.TextField()),
                ("manifest", models.TextField()),
                ("since", models.DateTimeField()),
                ("until", models.DateTimeField()),
                *((name, models.BigIntegerField()) for name in ("least_batch", "most_batch", "bytes")),
                *act("sealed"),
            ],
        ),
        unmanaged(
            "Check",
            [
                ("id", key(models.BigAutoField)),
                ("first_index", models.BigIntegerField()),
                ("problems", models.TextField()),
                *act("checked"),
            ],
        ),
        unmanaged(
            "Hold",
            [
                ("id", key(models.UUIDField)),
                ("since", models.DateTimeField()),
                ("until", models.DateTimeField()),
                ("reason", models.TextField()),
                ("document", models.TextField()),
                *act("placed"),
            ],
        ),
        unmanaged("Lift", [("hold", key(models.UUIDField)), ("reason", models.TextField()), *act("lifted")]),
        unmanaged(
            "Disposal",
            [
                ("first_index", key(models.BigIntegerField)),
                ("end_index", models.BigIntegerField()),
                ("digests", models.JSONField()),
                ("reason", models.TextField()),
                *act("disposed"),
            ],
        ),
        unmanaged(
            "Destruction",
            [
                ("month", key(models.TextField)),
                *((name, models.TextField()) for name in ("grounds", "document", "agreed_by")),
                *act("destroyed"),
            ],
        ),
    ]
