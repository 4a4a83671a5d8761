"""What witnesses say of the log is on its page, for better and for worse."""

import psycopg
import pytest
from django.db import connection
from django.template.loader import render_to_string

from govshare.audit import services
from govshare.kernel.clock import utc_now
from govshare.portal.integrity.standing import standing
from tests.audit.actors import NOW
from tests.audit.test_witnessing import department, keyring, record

__all__ = ["department", "keyring"]


def page() -> str:
    return render_to_string("portal/integrity/live.html", {"log": standing(), "outcomes": [], "now": utc_now()})


@pytest.mark.article("CD2016-26", "PC-106")
def test_the_head_names_the_witnesses_whose_signatures_hold(own_database, department):
    record()
    services.place(now=NOW)
    before = standing()
    services.cosign(now=NOW)
    record("A-2")
    services.place(now=NOW)

    after = standing()

    assert (before.witnesses, before.cosigned_size, before.head.size) == ((), 0, 1)
    assert ([name for name, _at in after.witnesses], after.cosigned_size, after.head.size) == (["tax.example/witness"], 1, 2)
    assert "tax.example/witness" in page() and "到第 1 条" in page()
    assert "见证方认为日志前后不一致" not in page()


@pytest.mark.article("PC-106")
def test_an_objection_of_a_witness_is_an_alarm_on_the_page(own_database, department, evidence):
    for n in range(3):
        record(f"A-{n}")
    services.place(now=NOW)
    services.cosign(now=NOW)
    connection.close()
    with psycopg.connect(own_database("admin"), autocommit=True) as admin:
        admin.execute("SET session_replication_role = replica")
        admin.execute("TRUNCATE audit_cosignature, audit_checkpoint, audit_placement, audit_entry, audit_batch, audit_unplaced CASCADE")
    for path in (evidence / "checkpoint", *(path for path in (evidence / "tile").rglob("*") if path.is_file())):
        path.unlink()
    record("another history")
    services.place(now=NOW)
    services.cosign(now=NOW)

    assert "见证方认为日志前后不一致" in page() and "409 3" in page()
