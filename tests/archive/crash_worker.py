"""Run by test_kill_matrix in processes of their own that are killed: one part of the platform, doing its work without end.

``sequencer`` places and signs, ``sealer`` seals, ``archiver`` begins new partitions and drops sealed ones. Prints a line for every piece of
work done, and ``wrong …`` for what may not happen; a database that does not answer is waited for. ``report`` reads acknowledged entries
(``number leaf``) from its input, finishes what is left to do, and prints what became of them as JSON.
"""

import json
import sys
import time
from collections.abc import Callable
from datetime import timedelta

SEGMENT = 1024  # entries
RECEIPTS = 200  # verified one by one at the end


def sequence() -> object:
    from govshare.audit import services
    from govshare.kernel.clock import utc_now

    return services.place(now=utc_now())


def seal() -> object:
    from govshare.archive import services
    from govshare.kernel.clock import utc_now

    return len(services.seal(now=utc_now(), everything=True, largest=SEGMENT))


def archive() -> object:
    """As if every time were a new month."""
    from govshare.archive import services
    from govshare.kernel.clock import utc_now
    from govshare.operations.services import as_owner

    with as_owner():
        services.prepare(now=utc_now() + timedelta(days=40))
        return len(services.drop(now=utc_now()))


WORK: dict[str, tuple[Callable[[], object], float]] = {"sequencer": (sequence, 0.05), "sealer": (seal, 0.3), "archiver": (archive, 1)}


def work_on(work: Callable[[], object], pause: float) -> None:
    from django.db import Error, connection

    from govshare.audit.services import LogRewound

    while True:
        try:
            print(f"did {work()}", flush=True)
        except Error as error:
            print(f"waits {type(error).__name__}", flush=True)
            connection.close()
        except LogRewound as rewound:
            print("waits for writers" if "还有人在写" in str(rewound) else f"wrong {rewound}", flush=True)
        except Exception as wrong:  # noqa: BLE001 - told to the test
            print(f"wrong {type(wrong).__name__} {wrong}", flush=True)
        time.sleep(pause)


def leaves() -> dict[str, str]:
    """Number and leaf hash of every entry there is, hashed anew: those in the database, and those in the archive."""
    from govshare.archive import layout, parquet
    from govshare.archive.search import shelf
    from govshare.audit import rules
    from govshare.audit.models import Entry

    kept = {rules.receipt_number(one.batch, one.ordinal): one.body for one in Entry.objects.iterator()}
    with parquet.engine() as database:
        for segment in shelf.segments():
            rows = database.sql(layout.numbered_sql(layout.entries_sql([segment.entries]), [segment.batches]))
            kept |= {rules.receipt_number(*row): body for *row, body in rows.project("batch, ordinal, body").fetchall()}
    return {number: rules.leaf_hash(body.encode()).hex() for number, body in kept.items()}


def finish() -> None:
    while sequence():
        pass


def fill_a_tile() -> None:
    from govshare.audit import services
    from govshare.kernel.clock import utc_now
    from tests.audit.actors import LAW, person

    last = services.entry(action="catalog:entry:publish", basis=LAW, by=person(), now=utc_now(), about="last")
    services.record_many([last] * 256)


def report() -> None:
    from govshare.archive import services as archived
    from govshare.archive.models import Segment
    from govshare.audit import queries, services, verifier
    from govshare.audit.log import open_log
    from govshare.audit.models import Dropped, Unplaced
    from govshare.kernel.clock import utc_now

    archive()  # begins a new partition, so that what was recorded until now can be sealed to its last entry, and dropped
    fill_a_tile()
    finish()
    seal()
    archive()
    finish()  # what sealing and dropping recorded
    waiting = Unplaced.objects.count()
    promised, kept, trust = dict(line.split() for line in sys.stdin), leaves(), open_log().trust()
    asked = sorted(promised)[:: max(1, len(promised) // RECEIPTS)]
    proofs = [verifier.verify(queries.receipt(number), trust) for number in asked]
    findings = [*services.fsck().findings, *archived.verify(now=utc_now())]
    told = {
        "lost": sorted(promised.items() - kept.items()),
        "unproved": [
            number for number, proof in zip(asked, proofs, strict=True) if (proof.stage, proof.leaf.hex()) != (2, promised[number])
        ],
        "proved": len({proof.index for proof in proofs}),
        "waiting": waiting,
        "findings": [str(one) for one in findings],
        "entries": queries.placed(),
        "sealed": Segment.objects.count(),
        "dropped": Dropped.objects.count(),
    }
    print(json.dumps(told), flush=True)


def main() -> None:
    import django

    django.setup()
    if sys.argv[1] == "report":
        report()
    else:
        print("ready", flush=True)
        work_on(*WORK[sys.argv[1]])


main()
