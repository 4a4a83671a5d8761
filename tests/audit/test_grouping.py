"""Group commit: many writers, one order, and nobody is answered before the database has it."""

import asyncio
import os
import signal
import threading
from contextlib import contextmanager

import psycopg
import pytest
from django.conf import settings as django_settings
from django.db import connection, transaction
from psycopg.conninfo import conninfo_to_dict

from govshare.audit import queries, services, verifier
from govshare.audit.models import Batch, Entry
from govshare.audit.rules import Entry as Unwritten
from govshare.audit.services.grouping import LARGEST, GroupCommit
from govshare.kernel.errors import Unavailable
from tests.audit.actors import LAW, NOW, person
from tests.audit.recorders import recorders, until
from tests.processes import forked, wait


@pytest.fixture
def group(own_database):
    """A group commit of the test's own, on a database of its own."""
    made = GroupCommit(room=40)
    yield made
    made.close()


def entry(about="A-1"):
    return services.entry(action="gateway:person:query", basis=LAW, by=person(), now=NOW, about=about)


def kept():
    return {f"HZ-{batch}-{ordinal}": bytes(leaf) for batch, ordinal, leaf in Entry.objects.values_list("batch", "ordinal", "leaf_hash")}


@contextmanager
def stuck(url):
    """Nobody can record meanwhile, as when the database's disk does not answer."""
    with psycopg.connect(url) as other:
        other.execute("LOCK TABLE audit_batch IN ACCESS EXCLUSIVE MODE")
        yield other


@pytest.mark.article("CD2016-26")
def test_what_many_threads_record_shares_commits_and_every_entry_has_its_own_place(group):
    promises, say = [], threading.Lock()

    def write(name):
        for n in range(25):
            promise = group.record(entry(f"{name}/{n}"))
            with say:
                promises.append(promise)

    threads = [threading.Thread(target=write, args=[name]) for name in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert kept() == {promise.number: promise.leaf_hash for promise in promises}
    assert len(kept()) == 400
    assert Batch.objects.count() < 400
    services.place(now=NOW)
    assert services.fsck().entries == 400
    assert services.fsck().sound


@pytest.mark.article("CD2016-26")
def test_nobody_is_answered_before_the_commit(group, own_database):
    with stuck(own_database("owner")):
        waiting = group.submit(entry())
        with pytest.raises(TimeoutError):
            waiting.result(0.3)

    promise = waiting.result(20)

    assert kept() == {promise.number: promise.leaf_hash}


@pytest.mark.article("CD2016-26")
def test_while_one_group_is_written_a_second_writer_takes_the_next_whole_one_and_leaves_the_rest(own_database):
    group = GroupCommit(largest=10, room=40)
    with stuck(own_database("owner")):
        taken = [group.submit(entry("first"))]
        until(lambda: not group._waiting)
        taken += [group.submit(entry(f"A-{n}")) for n in range(14)]
        until(lambda: len(group._waiting) == 4)
        until(lambda: len(writers(own_database("admin"))) == 2)
        assert not any(future.done() for future in taken)

    promises = [future.result(20) for future in taken]
    group.close()

    assert kept() == {promise.number: promise.leaf_hash for promise in promises}
    assert sorted(Batch.objects.values_list("n", flat=True)) == [1, 4, 10]
    assert [promise.ordinal for promise in promises[1:11]] == list(range(10))
    assert not writers(own_database("admin"))


@pytest.mark.article("CD2016-26", "PC-101")
def test_when_the_database_does_not_keep_up_new_entries_are_refused_and_memory_does_not_grow(group, own_database):
    with stuck(own_database("owner")):
        taken = [group.submit(entry("first"))]
        until(lambda: not group._waiting)  # the writer has it in hand, and is stuck
        taken += [group.submit(entry(f"A-{n}")) for n in range(40)]
        with pytest.raises(Unavailable, match="来不及写入") as refused:
            group.record(entry("one too many"))

    numbers = {future.result(20).number for future in taken}

    assert refused.value.status_code == 503
    assert str(refused.value.basis) == "PC-101"
    assert numbers == set(kept())
    assert not Entry.objects.filter(about="one too many").exists()
    assert group.record(entry("later")).number in kept()


def test_inside_a_transaction_it_is_written_there_and_stands_or_falls_with_it(group):
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        fallen = group.record(entry("fallen"))
        assert fallen.number in kept()
        1 / 0  # noqa: B018
    with transaction.atomic():
        stands = group.submit(entry("stands"))

    assert list(Entry.objects.values_list("about", flat=True)) == ["stands"]
    assert stands.result(0).number in kept()


def test_an_entry_the_database_will_not_take_fails_alone(group, own_database):
    class NoJson(Unwritten):
        def canonical(self, _tree="sha256"):
            return b"{"

    bad = NoJson(at=NOW, action="gateway:person:query", basis="", rule_set="", by=person())
    with stuck(own_database("owner")):
        first = group.submit(entry("first"))
        until(lambda: not group._waiting)
        before, failing, after = group.submit(entry("before")), group.submit(bad), group.submit(entry("after"))

    with pytest.raises(psycopg.DataError):
        failing.result(20)
    assert {first.result(20).number, before.result(20).number, after.result(20).number} == set(kept())


def test_an_event_loop_records_without_blocking(group):
    async def many():
        return await asyncio.gather(*(group.arecord(entry(f"A-{n}")) for n in range(30)))

    promises = asyncio.run(many())

    assert {promise.number for promise in promises} == set(kept())


def writers(url):
    """Sessions of the program that are idle or writing, not Django's own."""
    with psycopg.connect(url) as admin:
        rows = admin.execute(
            "SELECT pid FROM pg_stat_activity"
            " WHERE datname = current_database() AND query LIKE '%audit_record(%' AND pid <> pg_backend_pid()"
        )
        return [pid for (pid,) in rows]


def cut(url, pids):
    with psycopg.connect(url, autocommit=True) as admin:
        for pid in pids:
            admin.execute("SELECT pg_terminate_backend(%s)", [pid])
    until(lambda: not set(writers(url)) & set(pids))


@pytest.mark.article("CD2016-26")
def test_a_session_that_was_cut_is_opened_anew_and_nothing_is_written_twice(group, own_database):
    first = group.record(entry("first"))
    connection.close()
    cut(own_database("admin"), writers(own_database("admin")))
    second = group.record(entry("second"))
    with stuck(own_database("owner")):
        third = group.submit(entry("third"))
        until(lambda: writers(own_database("admin")))
        cut(own_database("admin"), writers(own_database("admin")))

    assert {first.number, second.number, third.result(20).number} == set(kept())
    assert sorted(Entry.objects.values_list("about", flat=True)) == ["first", "second", "third"]


def test_an_idle_writer_gives_its_session_back(own_database):
    group = GroupCommit(idle=0.05)
    group.record(entry())
    connection.close()

    until(lambda: not writers(own_database("admin")))

    assert group.record(entry()).number in kept()
    group.close()


def test_a_forked_process_has_a_writer_of_its_own(own_database):
    parent = services.GROUP.record(entry("parent"))
    connection.close()

    child = forked(lambda: services.GROUP.record(entry("child")))
    wait(child)
    again = services.GROUP.record(entry("parent again"))
    services.GROUP.close()

    assert sorted(Entry.objects.values_list("about", flat=True)) == ["child", "parent", "parent again"]
    assert {parent.number, again.number} < set(kept())


@pytest.mark.article("CD2016-26")
@pytest.mark.parametrize("largest", [4, LARGEST], ids=["two writers in each process", "one writer in each process"])
def test_writers_killed_at_any_moment_lose_nothing_they_were_promised(own_database, evidence, largest):
    parts = conninfo_to_dict(own_database("app"))
    url = "postgresql://{user}:{password}@/{dbname}?host={host}&port={port}".format(**parts)
    environment = {"GOVSHARE_DATABASE_URL": url, "GOVSHARE_KEYS": str(django_settings.GOVSHARE_KEYS)}
    writing = recorders(3, environment, largest=largest)
    for n, each in enumerate(writing):
        until(lambda each=each, n=n: len(each.acknowledged()) > 100 * (n + 1))
        each.kill()

    promised = {number: bytes.fromhex(leaf) for each in writing for number, leaf in each.acknowledged().items()}

    assert len(promised) > 600
    assert promised.items() <= kept().items()
    services.place(now=NOW)
    report = services.fsck()
    assert (report.entries, report.findings) == (len(kept()), ())
    key = verifier.parse_key(queries.verification_key())
    for number in list(promised)[::50]:
        assert verifier.verify(queries.receipt(number), key).leaf == promised[number]


@pytest.mark.article("CD2016-26")
def test_a_database_killed_and_started_again_has_everything_that_was_promised(platform):
    cluster, environment = platform
    writing = [*recorders(1, environment), *recorders(1, environment, largest=4)]
    for _ in range(2):
        known = [len(each.acknowledged()) for each in writing]
        until(lambda known=known: all(len(each.acknowledged()) > n + 100 for each, n in zip(writing, known, strict=True)))
        os.kill(int((cluster.data / "postmaster.pid").read_text().split()[0]), signal.SIGKILL)
        until(lambda: all("refused" in each.answers for each in writing))
        cluster.start()
        for each in writing:
            each.answers[:] = [answer for answer in each.answers if answer != "refused"]
    known = [len(each.acknowledged()) for each in writing]
    until(lambda: all(len(each.acknowledged()) > n for each, n in zip(writing, known, strict=True)))
    for each in writing:
        each.kill()

    promised = {number: leaf for each in writing for number, leaf in each.acknowledged().items()}

    with psycopg.connect(cluster.url("app")) as app:
        rows = app.execute("SELECT 'HZ-' || batch || '-' || ordinal, encode(leaf_hash, 'hex') FROM audit_entry").fetchall()
        incomplete = app.execute(
            "SELECT batch FROM audit_batch b WHERE n <> (SELECT count(*) FROM audit_entry e WHERE e.batch = b.batch)"
        ).fetchall()
    assert len(promised) > 400
    assert promised.items() <= dict(rows).items()
    assert incomplete == []
