"""Several connections at once, with real commits."""

import threading
from collections.abc import Callable

import psycopg
import pytest
from django.db import connection, transaction

from govshare.catalog import services
from govshare.catalog.queries import contents as saying
from govshare.catalog.rules.contents import Content
from govshare.kernel.clock import utc_now
from govshare.kernel.errors import WrongState
from tests.cast import assemble
from tests.catalog.world import CONTENT, ITEMS, Desk, version


def at_once(*acts: Callable[[], None]) -> None:
    """Each in a thread and on a connection of its own."""
    start = threading.Barrier(len(acts))

    def run(act: Callable[[], None]) -> None:
        start.wait()
        try:
            act()
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


@pytest.mark.article("PC-21")
def test_registrars_at_once_get_codes_of_their_own_and_a_rolled_back_one_leaves_no_double(own_database):
    desk = Desk(assemble(utc_now()))
    registrar, codes = desk.registrar, []

    def register(number: int) -> None:
        with transaction.atomic():
            content = Content(name=f"名录{number}", node="102001")
            codes.append(services.create_entry(content=content, items=ITEMS, by=registrar, now=desk.now).code)
            transaction.set_rollback(number == 3)

    at_once(*(lambda n=number: register(n) for number in range(4)))
    after = desk.draft(name="其后").code

    with psycopg.connect(own_database("app")) as link:
        stored = [code for (code,) in link.execute("SELECT code FROM catalog_entry ORDER BY code")]
    assert len(stored) == len(set(stored)) == 4
    assert set(stored) <= {*codes, after}


@pytest.mark.article("PC-24")
def test_of_two_saving_at_once_one_is_told_to_look_again(own_database):
    desk = Desk(assemble(utc_now()))
    entry = desk.draft()
    registrar, seen, outcomes = desk.registrar, version(entry), []

    def save(contact: str) -> None:
        content = Content(name=CONTENT.name, node=CONTENT.node, contact=contact)
        try:
            services.edit_entry(entry=entry.pk, content=content, expected_version=seen, by=registrar, now=desk.now)
            outcomes.append(contact)
        except WrongState as refusal:
            outcomes.append(str(refusal.basis))

    at_once(lambda: save("甲"), lambda: save("乙"))

    assert sorted(outcomes)[0] == "PC-24"
    assert saying.pending(entry).contact == sorted(outcomes)[1]
    assert version(entry) == seen + 1
