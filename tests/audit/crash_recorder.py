"""Run by test_grouping in processes of their own that are killed: eight threads record without end through a group commit.

Arguments: a name, how many characters of noise each entry carries, and the most entries of one commit; four keep two writers at work.
Prints a line for every answer: ``ready`` once, then ``HZ-… <leaf>`` for what was acknowledged, or ``refused``.
"""

import secrets
import sys
import threading
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from govshare.audit.services import GroupCommit

THREADS = 8


def record_on(name: str, group: "GroupCommit", say: threading.Lock) -> None:
    from govshare.audit import services
    from govshare.kernel.clock import utc_now
    from govshare.kernel.errors import Unavailable
    from tests.audit.actors import LAW, person

    n = 0
    while True:
        n += 1
        noise = {"noise": secrets.token_hex(int(sys.argv[2]) // 2)}
        written = services.entry(action="gateway:person:query", basis=LAW, by=person(), now=utc_now(), about=f"{name}/{n}", detail=noise)
        try:
            promise = group.record(written)
            answer = f"{promise.number} {promise.leaf_hash.hex()}"
        except Unavailable:
            answer = "refused"
            time.sleep(0.05)
        with say:
            sys.stdout.write(f"{answer}\n")  # at once, for the program's log is written between
            sys.stdout.flush()


def main() -> None:
    import django

    django.setup()
    from govshare.audit.services import GroupCommit

    group = GroupCommit(largest=int(sys.argv[3]))
    say = threading.Lock()
    with say:
        print("ready", flush=True)
    for thread in range(THREADS):
        threading.Thread(target=record_on, args=[f"{sys.argv[1]}.{thread}", group, say]).start()


main()
