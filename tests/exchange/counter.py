"""Where transfers are ordered: takes a grant, two tested front-end databases and a real table through the real services."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Thread
from typing import Any

import psycopg

from govshare.catalog.models import Entry
from govshare.catalog.services import routes
from govshare.exchange import services
from govshare.exchange.models import Run, Transfer
from govshare.exchange.services import carry
from govshare.kernel.clock import utc_now
from govshare.kernel.roles import Role
from govshare.sharing.models import Grant
from govshare.sharing.rules import Decision, ItemAnswer
from govshare.sharing.services import decisions
from govshare.sources import services as sources
from govshare.sources.models import FrontDatabase
from tests.catalog.world import item_id, version
from tests.fronts import Front, Fronts
from tests.sharing.office import Office, refusing

ROWS = 1200
TABLE = "uscc varchar(18) PRIMARY KEY, name varchar(200), legal_person_id char(18), capital numeric(18,2), inner_note text"
FILL = """
    INSERT INTO {s}.legal_entity
    SELECT 'X' || lpad(n::text, 17, '0'), '企业' || n, lpad(n::text, 18, '0'), n / 3.0, repeat('内部', 20)
    FROM generate_series(%s::int, %s::int) n
"""
WAITING = "SELECT count(*) FROM pg_stat_activity WHERE usename = '{a}' AND wait_event_type = 'Lock'"


@dataclass
class Counter:
    """``recipient`` is granted the entry's items, the person's number masked; ``inner_note`` is no item of it."""

    office: Office
    fronts: Fronts
    giving: FrontDatabase = field(init=False)
    taking: FrontDatabase = field(init=False)
    entry: Entry = field(init=False)
    grant: Grant = field(init=False)

    def __post_init__(self) -> None:
        self.fill(1, ROWS, make=True)
        self.giving = self._register(self.fronts.provider, "provider", "provide")
        self.taking = self._register(self.fronts.recipient, "recipient", "receive")
        self.entry = self.office.conditional()
        self._bind()
        demand = self.office.passed(self.entry, items=tuple(self._item(name) for name in ("uscc", "name", "legal_person_id", "capital")))
        self.grant = decisions.decide(demand=demand.pk, decision=self._masked(demand), by=self.office.provider, now=self.office.now)

    def fill(self, first: int, last: int, *, make: bool = False) -> None:
        if make:
            self.fronts.provider.run(f"CREATE TABLE {{s}}.legal_entity ({TABLE})")
            self.fronts.provider.readable("legal_entity", "ctid", "uscc", "name", "legal_person_id", "capital")
        self.fronts.provider.run(FILL, [first, last])

    def order(self, table: str = "firm") -> Transfer:
        return services.order(grant=self.grant.pk, target=self.taking.pk, table=table, by=self.office.checker, now=utc_now())

    def start(self, transfer: Transfer | None = None) -> Run:
        transfer = transfer or Transfer.objects.first() or self.order()
        return services.start(transfer=transfer.pk, by=self.office.checker, now=utc_now())

    def carry(self, run: Run) -> Run:
        """What a worker does with the job on the queue."""
        run.refresh_from_db()
        carry.carry_out(run.pk, run.token)
        run.refresh_from_db()
        return run

    @contextmanager
    def held_up(self, run: Run) -> Iterator[None]:
        """A worker carries ``run`` out and waits at the recipient while the body runs; afterwards it has come to its end.

        Something must have been delivered before, so that there is something to wait for.
        """
        with psycopg.connect(self.fronts.recipient.admin.info.dsn, password=self.fronts.recipient.admin.info.password) as holder:
            holder.execute(f"LOCK TABLE {self.fronts.recipient.schema}.govshare_ledger IN ACCESS EXCLUSIVE MODE")  # type: ignore[arg-type]
            worker = Thread(target=carry.carry_out, args=(run.pk, run.token))
            worker.start()
            while self.fronts.recipient.run(WAITING) == [(0,)]:
                pass
            yield
        worker.join()
        run.refresh_from_db()

    def delivered(self) -> Run:
        return self.carry(self.start())

    def granted_rows(self) -> list[tuple[Any, ...]]:
        """What the recipient should now have."""
        columns = "uscc, name, left(legal_person_id, 6) || repeat('*', 12), capital"
        return self.fronts.provider.rows("legal_entity", columns)

    def arrived_rows(self) -> list[tuple[Any, ...]]:
        return self.fronts.recipient.rows("firm")

    def _item(self, column: str) -> Any:
        return item_id(self.entry, column)

    def _masked(self, demand: Any) -> Decision:
        answers = []
        for row in demand.items.all():
            masked = {"verdict": "mask", "head": 6, "because": refusing()} if row.item == self._item("legal_person_id") else {}
            answers.append(ItemAnswer(item=row.item, **masked))
        return Decision(items=tuple(answers))

    def _bind(self) -> None:
        by = self.office.provider
        now = self.office.now
        routes.bind_route(
            entry=self.entry.pk,
            front_database=self.giving.pk,
            table="legal_entity",
            key=["uscc"],
            expected_version=version(self.entry),
            by=by,
            now=now,
        )
        routes.test_route(entry=self.entry.pk, by=by, now=now)

    def _register(self, front: Front, who: str, purpose: str) -> FrontDatabase:
        by = self.office.actor(who, Role.RESOURCE_ADMIN)
        made = sources.register(
            organization=self.office.cast.organization(who).pk,
            name=f"前置库 {who}",
            engine="postgresql",
            purpose=purpose,
            host="localhost",
            port=front.port,
            database=front.database,
            schema=front.schema,
            account=front.account,
            password=front.password,
            tls_mode="disable",
            by=by,
            now=self.office.now,
        )
        tested = sources.test(front_database=made.pk, by=by, now=self.office.now)
        assert tested.test_passed, tested.test_message
        return tested
