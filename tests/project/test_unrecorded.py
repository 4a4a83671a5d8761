"""What cannot be recorded is not answered: the asker hears that, not the refusal itself, and sees no fault of ours."""

import json

import psycopg
import pytest
from django.db import connection
from django.test import RequestFactory

from govshare.api import frame
from govshare.kernel.errors import NotYours
from govshare.operations.faults import Told
from govshare.portal.frame import refusals
from tests.audit.actors import LAW, person


class SomeVisitor:
    actor = person()


@pytest.fixture
def asked(own_database):
    """A request of somebody signed in, while the database takes no evidence."""
    with psycopg.connect(own_database("owner")) as owner:
        owner.execute("REVOKE EXECUTE ON FUNCTION audit_record FROM govshare_app")
    request = RequestFactory().get("/somewhere/")
    request.resolver_match, request.actor, request.visitor, request.kind = None, person(), SomeVisitor(), "json"
    yield request
    connection.close()


@pytest.mark.article("CD2016-26", "PC-101")
def test_a_machine_hears_that_the_record_cannot_be_written(asked):
    response = frame.tell(asked, NotYours("只能办理本部门的事项", basis=LAW))

    assert response.status_code == 503
    assert "存证写不进数据库" in json.loads(response.content)["detail"]


@pytest.mark.article("CD2016-26", "PC-101")
def test_a_person_hears_that_the_record_cannot_be_written(asked):
    response = refusals.page(asked, Told(NotYours("只能办理本部门的事项", basis=LAW), 403, recorded=True))

    assert response.status_code == 503
    assert "存证写不进数据库" in response.content.decode()
    assert "PC-101" in response.content.decode()
