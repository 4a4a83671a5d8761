"""What a source was asked, read from its own statement log: nothing but what was granted, and never a hash key."""

import shutil
import tempfile
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest

from govshare.connectors import Column, Condition, Operator, Selection, Treatment
from govshare.connectors.full import Load, full_load
from govshare.connectors.pads import pads
from govshare.operations.cluster import Cluster

KEY = bytes(range(32))
SETUP = """
    CREATE SCHEMA share;
    CREATE SCHEMA landing;
    CREATE TABLE share.person (serial int PRIMARY KEY, name text, phone text, id_number text, district text, diagnosis text);
    INSERT INTO share.person SELECT n, '居民' || n, '138' || n, '5101' || n, 'd' || n % 2, '从未授权' FROM generate_series(1, 500) n;
    CREATE ROLE reader LOGIN PASSWORD 'r'; GRANT USAGE ON SCHEMA share TO reader;
    GRANT SELECT (ctid, serial, name, phone, district) ON share.person TO reader;
    CREATE ROLE writer LOGIN PASSWORD 'w'; GRANT USAGE, CREATE ON SCHEMA landing TO writer;
"""


@pytest.fixture
def logging_cluster():
    """A server that logs every statement with its parameters, and every connection."""
    home = Path(tempfile.mkdtemp(prefix="gsl-", dir="/tmp"))
    home.chmod(0o711)  # as root, the server is another account
    cluster = Cluster(home, name="log", settings={"log_statement": "all", "log_connections": "on", "log_duration": "on", "fsync": "off"})
    cluster.start()
    try:
        yield cluster
    finally:
        cluster.stop()
        shutil.rmtree(home)


def at(cluster, role, password):
    return f"postgresql://{role}:{password}@/postgres?host={cluster.socket_directory}&port={cluster.port}"


@pytest.mark.article("CD2016-34")
def test_a_source_is_never_asked_for_what_was_not_granted_and_never_told_the_hash_key(logging_cluster):
    with psycopg.connect(logging_cluster.url("admin", "postgres"), autocommit=True) as admin:
        admin.execute(SETUP)
    selection = Selection(
        "share",
        "person",
        (
            Column("serial", "serial"),
            Column("name", "name", treatment=Treatment.MASK, head=1),
            Column("phone", "phone", treatment=Treatment.KEYED_HASH),
            Column("id_number", "id_number", treatment=Treatment.QUERY_KEY),
        ),
        (Condition("district", Operator.EQ, ("d1",)),),
        ("serial",),
    )
    load = Load(
        transfer=uuid4(),
        run=uuid4(),
        token=1,
        selection=selection,
        source=at(logging_cluster, "reader", "r"),
        target=at(logging_cluster, "writer", "w"),
        schema="landing",
        table="person",
        hash_key=KEY,
    )

    delivery = full_load(load, lambda _: None)

    log = "".join(path.read_text("utf-8") for path in logging_cluster.log.iterdir())
    asked = "\n".join(line for line in log.splitlines() if "reader@postgres" in line)
    assert delivery.source.rows == 250
    assert 'SELECT "serial" AS "serial"' in asked
    assert "diagnosis" not in asked
    assert "id_number" not in asked
    assert not [secret for secret in (KEY, *pads(KEY)) if secret.hex() in log]
