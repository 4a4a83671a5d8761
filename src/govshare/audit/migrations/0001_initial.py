"""The log's tables (the models are unmanaged: partitions, checks and column rights are written here by hand)."""

import itertools

from django.db import migrations, models

PARTITION = 2**24  # batches in one partition
PARTITIONS = 8  # made ahead; batches beyond them fall into the default partition, so nothing ever stops

TABLES = """
CREATE TABLE audit_batch (
    batch bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    recorded_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    n integer NOT NULL CHECK (n BETWEEN 1 AND 1000),
    writer text NOT NULL DEFAULT session_user || ':' || pg_backend_pid(),
    transaction xid8 NOT NULL DEFAULT pg_current_xact_id()
);

-- every column after body is filled in from body by a trigger (0002), which parses it once
CREATE TABLE audit_entry (
    batch bigint NOT NULL,
    ordinal integer NOT NULL CHECK (ordinal >= 0),
    leaf_hash bytea NOT NULL,
    body text NOT NULL CHECK (octet_length(body) <= 65535),
    at timestamptz NOT NULL,
    action text NOT NULL,
    outcome text NOT NULL,
    actor text NOT NULL,
    organization text NOT NULL,
    about text NOT NULL,
    resource text NOT NULL,
    grant_id text NOT NULL,
    subject text NOT NULL,
    parties jsonb NOT NULL,
    PRIMARY KEY (batch, ordinal),
    CONSTRAINT audit_entry_leaf_is_its_bodys CHECK (leaf_hash = sha256('\\x00'::bytea || convert_to(body, 'UTF8')))
) PARTITION BY RANGE (batch);

CREATE INDEX audit_entry_at ON audit_entry (at);
CREATE INDEX audit_entry_action ON audit_entry (action, batch);
CREATE INDEX audit_entry_actor ON audit_entry (actor, batch);
CREATE INDEX audit_entry_about ON audit_entry (about, batch) WHERE about <> '';
CREATE INDEX audit_entry_resource ON audit_entry (resource, batch) WHERE resource <> '';
CREATE INDEX audit_entry_grant ON audit_entry (grant_id, batch) WHERE grant_id <> '';
CREATE INDEX audit_entry_subject ON audit_entry (subject, batch) WHERE subject <> '';
CREATE INDEX audit_entry_parties ON audit_entry USING gin (parties jsonb_path_ops);

CREATE TABLE audit_unplaced (
    batch bigint PRIMARY KEY
);

CREATE TABLE audit_placement (
    batch bigint PRIMARY KEY,
    first_index bigint NOT NULL UNIQUE CHECK (first_index >= 0),
    n integer NOT NULL CHECK (n >= 1)
);

CREATE TABLE audit_checkpoint (
    size bigint PRIMARY KEY CHECK (size >= 1),
    root bytea NOT NULL CHECK (octet_length(root) = 32),
    note text NOT NULL,
    tree text NOT NULL DEFAULT 'rfc6962+sha256' CHECK (tree = 'rfc6962+sha256'),
    at timestamptz NOT NULL
);
"""


def partitions() -> str:
    bounds = [0, *(PARTITION * k for k in range(1, PARTITIONS + 1))]
    ranges = [f"FOR VALUES FROM ({low}) TO ({high})" for low, high in itertools.pairwise(bounds)]
    names = [f"audit_entry_p{k:04}" for k in range(PARTITIONS)]
    made = [f"CREATE TABLE {name} PARTITION OF audit_entry {span};" for name, span in zip(names, ranges, strict=True)]
    return "\n".join([*made, "CREATE TABLE audit_entry_default PARTITION OF audit_entry DEFAULT;"])


def unmanaged(name: str, table: str, fields: list[tuple[str, models.Field]]) -> migrations.CreateModel:
    return migrations.CreateModel(name=name, fields=fields, options={"managed": False, "db_table": table})


class Migration(migrations.Migration):
    initial = True
    dependencies = []

    operations = [
        migrations.RunSQL(TABLES),
        migrations.RunSQL(partitions()),
        unmanaged(
            "Batch",
            "audit_batch",
            [
                ("batch", models.BigIntegerField(primary_key=True, serialize=False)),
                ("recorded_at", models.DateTimeField()),
                ("n", models.IntegerField()),
                ("writer", models.TextField()),
            ],
        ),
        unmanaged(
            "Entry",
            "audit_entry",
            [
                ("pk", models.CompositePrimaryKey("batch", "ordinal", blank=True, editable=False, primary_key=True, serialize=False)),
                ("batch", models.BigIntegerField()),
                ("ordinal", models.IntegerField()),
                ("leaf_hash", models.BinaryField()),
                ("body", models.TextField()),
                ("at", models.DateTimeField()),
                *((name, models.TextField()) for name in ("action", "outcome", "actor", "organization")),
                *((name, models.TextField()) for name in ("about", "resource", "grant_id", "subject")),
                ("parties", models.JSONField()),
            ],
        ),
        unmanaged("Unplaced", "audit_unplaced", [("batch", models.BigIntegerField(primary_key=True, serialize=False))]),
        unmanaged(
            "Placement",
            "audit_placement",
            [
                ("batch", models.BigIntegerField(primary_key=True, serialize=False)),
                ("first_index", models.BigIntegerField(unique=True)),
                ("n", models.IntegerField()),
            ],
        ),
        unmanaged(
            "Checkpoint",
            "audit_checkpoint",
            [
                ("size", models.BigIntegerField(primary_key=True, serialize=False)),
                ("root", models.BinaryField()),
                ("note", models.TextField()),
                ("tree", models.TextField()),
                ("at", models.DateTimeField()),
            ],
        ),
    ]
