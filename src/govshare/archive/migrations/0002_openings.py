"""Openings of identifiers: rows are only added, and PostgreSQL itself wants two persons and keeps the times (PC-120)."""

from django.conf import settings
from django.db import migrations, models
from psycopg import sql

TABLES = """
CREATE TABLE archive_opening (
    id uuid PRIMARY KEY,
    number text NOT NULL,
    actor text NOT NULL,
    actor_name text NOT NULL,
    since timestamptz,
    until timestamptz,
    below bigint NOT NULL CHECK (below >= 0),
    entries integer NOT NULL CHECK (entries > 0),
    reason text NOT NULL CHECK (reason <> ''),
    organization text NOT NULL CHECK (organization <> ''),
    asked_at timestamptz NOT NULL,
    asked_by text NOT NULL CHECK (asked_by <> ''),
    asked_by_name text NOT NULL,
    asked_for text NOT NULL,
    receipt text NOT NULL,
    CONSTRAINT archive_opening_reach CHECK (
        (number <> '' AND actor = '' AND since IS NULL AND until IS NULL) OR
        (number = '' AND actor <> '' AND since IS NOT NULL AND until IS NOT NULL AND until > since))
);
CREATE INDEX archive_opening_asked ON archive_opening (asked_at);

CREATE TABLE archive_opening_answer (
    opening uuid PRIMARY KEY REFERENCES archive_opening,
    agreed boolean NOT NULL,
    reason text NOT NULL CHECK (agreed OR reason <> ''),
    answered_at timestamptz NOT NULL,
    answered_by text NOT NULL CHECK (answered_by <> ''),
    answered_by_name text NOT NULL,
    answered_for text NOT NULL,
    receipt text NOT NULL
);

CREATE TABLE archive_opening_look (
    id uuid PRIMARY KEY,
    opening uuid NOT NULL REFERENCES archive_opening_answer,
    entries integer NOT NULL CHECK (entries >= 0),
    looked_at timestamptz NOT NULL,
    looked_by text NOT NULL,
    looked_by_name text NOT NULL,
    receipt text NOT NULL
);
CREATE INDEX archive_opening_look_opening ON archive_opening_look (opening, looked_at);
"""

GUARDS = """
CREATE FUNCTION archive_opening_takes_two() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    asked public.archive_opening;
BEGIN
    SELECT * INTO asked FROM public.archive_opening o WHERE o.id = NEW.opening;
    IF ARRAY[asked.asked_by, nullif(asked.asked_for, '')] && ARRAY[NEW.answered_by, nullif(NEW.answered_for, '')] THEN
        RAISE EXCEPTION 'opening %: one person cannot be both (PC-120)', NEW.opening USING ERRCODE = 'insufficient_privilege';
    END IF;
    IF NEW.answered_at < asked.asked_at OR NEW.answered_at >= asked.asked_at + interval '72 hours' THEN
        RAISE EXCEPTION 'opening %: not answered in time (PC-120)', NEW.opening USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER takes_two BEFORE INSERT ON archive_opening_answer FOR EACH ROW EXECUTE FUNCTION archive_opening_takes_two();

CREATE FUNCTION archive_opening_only_the_two() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT 1 FROM public.archive_opening o JOIN public.archive_opening_answer a ON a.opening = o.id
                   WHERE o.id = NEW.opening AND a.agreed AND NEW.looked_by IN (o.asked_by, a.answered_by)
                     AND NEW.looked_at >= a.answered_at AND NEW.looked_at < a.answered_at + interval '24 hours') THEN
        RAISE EXCEPTION 'opening %: not open to this person now (PC-120)', NEW.opening USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER only_the_two BEFORE INSERT ON archive_opening_look FOR EACH ROW EXECUTE FUNCTION archive_opening_only_the_two();
"""

NAMES = ("archive_opening", "archive_opening_answer", "archive_opening_look")


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


def act(verb, *more):
    fields = [(f"{verb}_at", models.DateTimeField())]
    return [*fields, *((f"{verb}_{name}", models.TextField()) for name in ("by", "by_name", *more))]


def unmanaged(name, table, fields):
    return migrations.CreateModel(name=name, fields=fields, options={"managed": False, "db_table": table})


def key(name):
    return (name, models.UUIDField(primary_key=True, serialize=False))


class Migration(migrations.Migration):
    dependencies = [("archive", "0001_initial")]

    operations = [
        migrations.RunSQL(TABLES),
        migrations.RunSQL(GUARDS),
        migrations.RunPython(guard),
        unmanaged(
            "Opening",
            "archive_opening",
            [
                key("id"),
                *((name, models.TextField()) for name in ("number", "actor", "actor_name")),
                *((name, models.DateTimeField(null=True)) for name in ("since", "until")),
                ("below", models.BigIntegerField()),
                ("entries", models.IntegerField()),
                *((name, models.TextField()) for name in ("reason", "organization")),
                *act("asked", "for"),
                ("receipt", models.TextField()),
            ],
        ),
        unmanaged(
            "OpeningAnswer",
            "archive_opening_answer",
            [
                key("opening"),
                ("agreed", models.BooleanField()),
                ("reason", models.TextField()),
                *act("answered", "for"),
                ("receipt", models.TextField()),
            ],
        ),
        unmanaged(
            "OpeningLook",
            "archive_opening_look",
            [
                key("id"),
                ("opening", models.UUIDField()),
                ("entries", models.IntegerField()),
                *act("looked"),
                ("receipt", models.TextField()),
            ],
        ),
    ]
