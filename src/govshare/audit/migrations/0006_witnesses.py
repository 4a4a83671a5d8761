"""Hand-overs of the log's key, cosignatures and objections of witnesses, time stamps: inserted, never changed or deleted."""

from django.conf import settings
from django.db import migrations, models
from psycopg import sql

TABLES = """
CREATE TABLE audit_handover (
    number integer PRIMARY KEY CHECK (number >= 0),
    size bigint NOT NULL CHECK (size >= 0),
    root bytea NOT NULL CHECK (octet_length(root) = 32),
    old_key text NOT NULL UNIQUE,
    new_key text NOT NULL UNIQUE CHECK (new_key <> old_key),
    note text NOT NULL,
    at timestamptz NOT NULL
);
CREATE TABLE audit_cosignature (
    size bigint NOT NULL REFERENCES audit_checkpoint,
    witness text NOT NULL,
    line text NOT NULL,
    at timestamptz NOT NULL,
    PRIMARY KEY (size, witness)
);
CREATE INDEX audit_cosignature_witness ON audit_cosignature (witness, size);
CREATE TABLE audit_objection (
    number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    witness text NOT NULL,
    size bigint NOT NULL,
    answer text NOT NULL,
    at timestamptz NOT NULL
);
CREATE TABLE audit_timestamp (
    size bigint PRIMARY KEY REFERENCES audit_checkpoint,
    token bytea NOT NULL,
    authority text NOT NULL,
    at timestamptz NOT NULL
);
"""

INSERTABLE = {
    "audit_handover": ("number", "size", "root", "old_key", "new_key", "note", "at"),
    "audit_cosignature": ("size", "witness", "line", "at"),
    "audit_objection": ("witness", "size", "answer", "at"),
    "audit_timestamp": ("size", "token", "authority", "at"),
}


def make(_apps, schema_editor):
    role = sql.Identifier(settings.GOVSHARE_APP_ROLE)
    with schema_editor.connection.cursor() as cursor:
        cursor.execute(TABLES)
        cursor.execute(sql.SQL("REVOKE ALL ON SEQUENCE audit_objection_number_seq FROM {}").format(role))
        for table, columns in INSERTABLE.items():
            cursor.execute(
                f"CREATE TRIGGER no_change BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION audit_refuse_change()"
            )
            cursor.execute(
                f"CREATE TRIGGER no_truncate BEFORE TRUNCATE ON {table} FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse_change()"
            )
            names = sql.SQL(", ").join(map(sql.Identifier, columns))
            cursor.execute(sql.SQL("REVOKE ALL ON {} FROM {}").format(sql.Identifier(table), role))
            cursor.execute(sql.SQL("GRANT SELECT, INSERT ({}) ON {} TO {}").format(names, sql.Identifier(table), role))


def unmanaged(name, fields):
    return migrations.CreateModel(name=name, fields=fields, options={"managed": False, "db_table": f"audit_{name.lower()}"})


class Migration(migrations.Migration):
    dependencies = [("audit", "0005_record")]

    operations = [
        migrations.RunPython(make),
        unmanaged(
            "Handover",
            [
                ("number", models.IntegerField(primary_key=True, serialize=False)),
                ("size", models.BigIntegerField()),
                ("root", models.BinaryField()),
                ("old_key", models.TextField()),
                ("new_key", models.TextField()),
                ("note", models.TextField()),
                ("at", models.DateTimeField()),
            ],
        ),
        unmanaged(
            "Cosignature",
            [
                ("pk", models.CompositePrimaryKey("size", "witness", blank=True, editable=False, primary_key=True, serialize=False)),
                ("size", models.BigIntegerField()),
                ("witness", models.TextField()),
                ("line", models.TextField()),
                ("at", models.DateTimeField()),
            ],
        ),
        unmanaged(
            "Objection",
            [
                ("number", models.BigIntegerField(primary_key=True, serialize=False)),
                ("witness", models.TextField()),
                ("size", models.BigIntegerField()),
                ("answer", models.TextField()),
                ("at", models.DateTimeField()),
            ],
        ),
        unmanaged(
            "Timestamp",
            [
                ("size", models.BigIntegerField(primary_key=True, serialize=False)),
                ("token", models.BinaryField()),
                ("authority", models.TextField()),
                ("at", models.DateTimeField()),
            ],
        ),
    ]
