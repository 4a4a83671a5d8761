"""A form that meets the end of its session: nothing typed is lost, even when the answer is closed."""

import pytest

from govshare.kernel.clock import utc_now
from govshare.kernel.roles import Role
from govshare.organizations.models import Person
from govshare.organizations.services import sessions
from govshare.portal.models import KeptForm
from tests.portal.conftest import Site, Visitor, text

pytestmark = [pytest.mark.django_db, pytest.mark.article("PC-81")]
TYPED = {"name": "王一 <b>", "number": "工号七", "duty": "科员", "phone": "028-1"}


def left(site: Site) -> tuple[Visitor, dict[str, str]]:
    """The provider's leader, whose session is over while a form is being filled in; and what was typed."""
    leader = site.visitor("provider", Role.LEADER)
    sessions.sign_out(token=leader.token, by=site.cast.actor("provider", Role.LEADER), now=utc_now())
    return leader, {"organization": str(site.cast.organization("provider").pk), **TYPED}


def back(site: Site) -> Visitor:
    """The same person, signed in again."""
    site.visitors.pop(("provider", Role.LEADER))
    return site.visitor("provider", Role.LEADER)


def test_what_was_typed_comes_back_in_the_answer_and_on_the_page_itself(site: Site):
    leader, typed = left(site)

    answer = leader.send("/people/new/", typed)
    again = back(site)
    offered = again.open("/people/new/")
    restored = again.open("/people/new/?restore=1")

    assert answer.status_code == 401
    assert "王一 &lt;b&gt;" in answer.content.decode()
    assert "加密保管" in text(answer)
    assert "恢复填写" in text(offered)
    assert 'value="工号七"' not in offered.content.decode()
    assert 'value="工号七"' in restored.content.decode()
    assert "王一 &lt;b&gt;" in restored.content.decode()
    assert not Person.objects.filter(number="工号七").exists()


def test_once_it_is_sent_nothing_is_kept_any_more(site: Site):
    leader, typed = left(site)
    leader.send("/people/new/", typed)

    sent = back(site).send("/people/new/", typed)

    assert sent.status_code == 302
    assert Person.objects.filter(number="工号七").count() == 1
    assert not KeptForm.objects.exists()


def test_it_is_offered_to_its_writer_alone_and_can_be_thrown_away(site: Site):
    leader, typed = left(site)
    leader.send("/people/new/", typed)
    again = back(site)

    other = site.visitor("recipient", Role.LEADER).open("/people/new/?restore=1")
    again.send("/kept/drop/", {"next": "/people/new/"})

    assert "工号七" not in other.content.decode()
    assert "恢复填写" not in text(again.open("/people/new/"))
    assert not KeptForm.objects.exists()


def test_a_stranger_keeps_nothing(stranger: Visitor):
    answer = stranger.send("/people/new/", TYPED)

    assert answer.status_code == 401
    assert not KeptForm.objects.exists()
    assert "加密保管" not in text(answer)


def test_what_is_too_much_to_keep_still_stands_in_the_answer(site: Site):
    leader, typed = left(site)

    answer = leader.send("/people/new/", typed | {"duty": "长" * 200_000})

    assert answer.status_code == 401
    assert "工号七" in answer.content.decode()
    assert not KeptForm.objects.exists()
