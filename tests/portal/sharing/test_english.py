"""The pages of demands and grants in English say nothing in Chinese but what people, the data and the law said."""

import pytest

from govshare.kernel.roles import Role
from govshare.portal.frame.middleware import LANGUAGE_COOKIE
from tests.browser.plain import Chrome
from tests.portal.conftest import Site
from tests.portal.sharing.test_pages import in_every_state
from tests.sharing.office import Office

pytestmark = pytest.mark.django_db


def test_no_chinese_is_left_over(site: Site, office: Office):
    every = in_every_state(office)
    grant, raised = every["granted"].grant, {name: each for name, each in every.items() if each.raised_at}
    sides = {
        ("recipient", Role.REGISTRAR): [
            *(f"/demands/{each.pk}/" for each in every.values()),
            f"/demands/new/{grant.entry_id}/",
            f"/demands/{every['draft'].pk}/edit/",
            f"/demands/{every['deciding_incomplete'].pk}/complete/",
            f"/grants/{grant.pk}/renew/",
            f"/grants/{grant.pk}/first/",
            "/demands/?side=own",
            "/grants/",
        ],
        ("recipient", Role.RESOURCE_ADMIN): [f"/demands/{every['checking'].pk}/{part}/" for part in ("check", "return", "decline")],
        ("provider", Role.RESOURCE_ADMIN): [
            *(f"/demands/{each.pk}/" for each in raised.values()),
            *(f"/demands/{every['deciding'].pk}/{part}/" for part in ("decide", "refuse", "ask")),
            f"/grants/{grant.pk}/end/",
        ],
        ("authority", Role.AUTHORITY): [
            f"/demands/{every['accepting'].pk}/accept/",
            f"/demands/{every['pressed'].pk}/press/",
            "/demands/?side=all",
        ],
    }

    left = {}
    for (who, role), addresses in sides.items():
        visitor = site.visitor(who, role)
        visitor.client.cookies[LANGUAGE_COOKIE] = "en"
        for address in addresses:
            answer = visitor.open(address)
            assert answer.status_code == 200, address
            if words := Chrome.of(answer.content.decode()):
                left[address] = words

    assert left == {}
