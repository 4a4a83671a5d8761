"""Entries as a city's gateway writes them, from a fixed seed: who asks, about whom and under which grant varies as it does in real life.

Every entry has a request id of its own (a UUID of version 7), if wanted a digest of its own, and one of thousands of case numbers; a
person is looked up ten times on average, by one of three thousand systems and officers of sixty departments, under four hundred grants.
"""

import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from uuid import UUID

from govshare.audit.rules import Entry, identifier_month, sealed_identifier, subject_hash
from govshare.kernel.actor import Actor

START = datetime(2026, 11, 1, tzinfo=UTC)
DEPARTMENTS, OFFICERS, GRANTS, RESOURCES = 60, 3000, 400, 180
APART = timedelta(microseconds=8640)  # ten million a day
LOOKUPS = 10  # of one person, on average
SUBJECT_KEY, MONTH_KEY = bytes(range(32)), bytes(range(64, 128))
PURPOSES = ("公租房资格审核", "社会救助家庭经济状况核对", "不动产登记", "企业开办一件事", "义务教育入学资格核验", "工程建设项目审批")


def entries(count: int, *, seed: int = 1, start: datetime = START, answers: bool = True) -> Iterator[Entry]:
    """``answers``: whether each entry names the digest of what was answered."""
    draw = random.Random(seed)  # noqa: S311 - made-up entries
    departments = [str(_uuid7(draw, START)) for _ in range(DEPARTMENTS)]
    officers = [_officer(draw, departments, n) for n in range(OFFICERS)]
    grants = [(f"SQ-2026-{n:06}", f"{n % 60:02}/{n % RESOURCES:05}", draw.choice(departments)) for n in range(GRANTS)]
    people = max(count // LOOKUPS, 1)
    for n in range(count):
        grant, resource, owner = draw.choice(grants)
        at = start + n * APART + timedelta(microseconds=draw.randrange(8640))
        person = draw.randrange(people)
        identifier = f"510104{1940 + person % 70}{person:08}"
        yield Entry(
            at=at,
            action="gateway:person:query",
            basis="CD2016-24",
            rule_set="CD2016/1",
            by=draw.choice(officers),
            resource=resource,
            grant=grant,
            purpose=draw.choice(PURPOSES),
            case=f"住保〔2026〕{draw.randrange(50_000)}号",
            subject=subject_hash(SUBJECT_KEY, identifier),
            identifier=sealed_identifier(MONTH_KEY, identifier_month(at), identifier),
            request_id=str(_uuid7(draw, at)),
            parties=frozenset({owner}),
            counts={"rows": draw.randrange(3)},
            digests={"answer": f"sha256:{draw.getrandbits(256):064x}"} if answers else {},
            detail={"mode": "query"},
        )


def _officer(draw: random.Random, departments: list[str], number: int) -> Actor:
    place = number % DEPARTMENTS
    return Actor(
        kind="system",
        id=str(_uuid7(draw, START)),
        name=f"业务系统{number}",
        organization=departments[place],
        organization_name=f"市第{place + 1}局",
        certificate=f"{draw.getrandbits(256):064x}",
    )


def _uuid7(draw: random.Random, at: datetime) -> UUID:
    milliseconds = int(at.timestamp() * 1000)
    return UUID(int=milliseconds << 80 | 7 << 76 | draw.getrandbits(12) << 64 | 2 << 62 | draw.getrandbits(62))
