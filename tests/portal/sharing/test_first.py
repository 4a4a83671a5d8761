"""From a grant to the first data in hand, over real databases: the guide says what is done and what comes next (CD2016-24)."""

import json
import re

import pytest
from django.test import Client

from govshare.kernel.roles import Role
from tests.exchange.counter import Counter
from tests.portal.conftest import Site, Visitor, text
from tests.portal.transfers.conftest import counter, site

__all__ = ["counter", "site"]


def states(visitor: Visitor, counter: Counter) -> list[str]:
    """The state of each step, in order."""
    page = visitor.open(f"/grants/{counter.grant.pk}/first/").content.decode()
    return re.findall(r'<li class="(done|now|)"', page.partition('class="gd"')[2].partition("</ol>")[0])


@pytest.mark.article("CD2016-24", "CD2016-26")
def test_each_step_is_ticked_as_it_is_done_until_the_receipt_is_there(site: Site, counter: Counter):
    admin, registrar = site.visitor("recipient", Role.RESOURCE_ADMIN), site.visitor("recipient", Role.REGISTRAR)
    address = f"/grants/{counter.grant.pk}/first/"

    seen = [states(admin, counter)]
    offered = admin.open(address).content.decode(), registrar.open(address).content.decode()
    transfer = counter.order()
    seen.append(states(admin, counter))
    run = counter.carry(counter.start(transfer))
    seen.append(states(admin, counter))

    assert seen == [["done", "done", "now", "", ""], ["done", "done", "done", "now", ""], ["done"] * 5]
    assert f"/transfers/new/{counter.grant.pk}/" in offered[0]
    assert f"/transfers/new/{counter.grant.pk}/" not in offered[1]
    assert "由信息资源管理员办理" in offered[1]
    over = admin.open(address)
    assert run.finish_receipt in text(over)
    assert 'hx-trigger="every 5s"' not in over.content.decode()
    assert "首次取数" in text(admin.open(f"/demands/{counter.grant.demand_id}/"))


def test_the_commands_say_what_the_machine_api_takes(site: Site, counter: Counter):
    admin = site.visitor("recipient", Role.RESOURCE_ADMIN)
    shown = text(admin.open(f"/grants/{counter.grant.pk}/first/")).replace("&quot;", '"').replace("&#x27;", "'")
    body = json.loads(re.search(r"-d '(\{.*?\})'", shown)[1])

    headers = {"Authorization": f"Bearer {admin.token}"}
    asked = Client().get(f"/api/v1/grants/{counter.grant.pk}", headers=headers)
    ordered = Client().post("/api/v1/transfers", json.dumps(body), content_type="application/json", headers=headers)

    assert f"/api/v1/grants/{counter.grant.pk}" in shown
    assert asked.json()["obstacle"] is None
    assert ordered.status_code == 201, ordered.content.decode()
    after = text(admin.open(f"/grants/{counter.grant.pk}/first/"))
    assert f"/api/v1/transfers/{ordered.json()['id']}/runs" in after
