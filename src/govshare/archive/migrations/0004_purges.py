"""Ordered purges wait for a second person: rows are only added, and PostgreSQL itself wants two persons (PC-114)."""

from django.conf import settings
from django.db import migrations, models
from psycopg import sql

TABLES = """
CREATE TABLE archive_purge (
    id uuid PRIMARY KEY,
    month text NOT NULL CHECK (month ~ '^[0-9]{4}-(0[1-9]|1[0-2])$'),
    grounds text NOT NULL CHECK (grounds <> ''),
    document text NOT NULL CHECK (document <> ''),
    organization text NOT NULL CHECK (organization <> ''),
    organization_name text NOT NULL,
    asked_at timestamptz NOT NULL,
    asked_by text NOT NULL CHECK (asked_by <> ''),
    asked_by_name text NOT NULL,
    asked_for text NOT NULL,
    receipt text NOT NULL
);

CREATE TABLE archive_purge_answer (
    purge uuid PRIMARY KEY REFERENCES archive_purge,
    agreed boolean NOT NULL,
    reason text NOT NULL CHECK (agreed OR reason <> ''),
    answered_at timestamptz NOT NULL,
    answered_by text NOT NULL CHECK (answered_by <> ''),
    answered_by_name text NOT NULL,
    answered_for text NOT NULL,
    receipt text NOT NULL
);

CREATE FUNCTION archive_purge_takes_two() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    asked public.archive_purge;
BEGIN
    SELECT * INTO asked FROM public.archive_purge p WHERE p.id = NEW.purge;
    IF ARRAY[asked.asked_by, nullif(asked.asked_for, '')] && ARRAY[NEW.answered_by, nullif(NEW.answered_for, '')] THEN
        RAISE EXCEPTION 'purge %: one person cannot be both (PC-114)', NEW.purge USING ERRCODE = 'insufficient_privilege';
    END IF;
    IF NEW.answered_at < asked.asked_at OR NEW.answered_at >= asked.asked_at + interval '72 hours' THEN
        RAISE EXCEPTION 'purge %: not answered in time', NEW.purge USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER takes_two BEFORE INSERT ON archive_purge_answer FOR EACH ROW EXECUTE FUNCTION archive_purge_takes_two();
"""

NAMES = ("archive_purge", "archive_purge_answer")


def guard(_apps, schema_editor):
    role = sql.Identifier(settings.GOVSHARE_APP_ROLE)
    with schema_editor.connection.cursor() as cursor:
        for name in NAMES:
            table = sql.Identifier(name)
            refuse = "EXECUTE FUNCTION audit_refuse_change()"
            cursor.execute(sql.SQL(f"CREATE TRIGGER no_change BEFORE UPDATE OR DELETE ON {{}} FOR EACH ROW {refuse}").format(table))
            cursor.execute(sql.SQL(f"CREATE TRIGGER no_truncate BEFORE TRUNCATE ON {{}} FOR EACH STATEMENT {refuse}").format(table))
            cursor.execute(sql.SQL("REVOKE ALL ON {} FROM {}").format(table, role))
            cursor.execute(sql.SQL("GRANT SELECT, INSERT ON {} TO {}").format(table, role))


def act(verb):
    return [(f"{verb}_at", models.DateTimeField()), *((f"{verb}_{name}", models.TextField()) for name in ("by", "by_name", "for"))]


def unmanaged(name, table, fields):
    return migrations.CreateModel(name=name, fields=fields, options={"managed": False, "db_table": table})


class Migration(migrations.Migration):
    dependencies = [("archive", "0003_terms")]

    operations = [
        migrations.RunSQL(TABLES),
        migrations.RunPython(guard),
        unmanaged(
            "Purge",
            "archive_purge",
            [
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                *((name, models.TextField()) for name in ("month", "grounds", "document", "organization", "organization_name")),
                *act("asked"),
                ("receipt", models.TextField()),
            ],
        ),
        unmanaged(
            "PurgeAnswer",
            "archive_purge_answer",
            [
                ("purge", models.UUIDField(primary_key=True, serialize=False)),
                ("agreed", models.BooleanField()),
                ("reason", models.TextField()),
                *act("answered"),
                ("receipt", models.TextField()),
            ],
        ),
    ]
