"""The test vectors of ``docs/reference/evidence-format``: everything from fixed values, so that it is the same on every machine.

``python -m tests.audit.vectors`` writes them; ``test_format`` compares.
"""

import json
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from govshare.audit import merkle, receipts
from govshare.audit.log import Log
from govshare.audit.notes import NoteKey
from govshare.audit.rules import Entry, leaf_hash, sealed_identifier, subject_hash
from govshare.kernel.actor import PLATFORM, Actor
from tests.audit.vector_kinds import SECOND_SEED, SIGNING_NUMBER, WITNESS_SEEDS, kinds

DIRECTORY = Path(__file__).parent.parent.parent / "docs/reference/evidence-format"
ORIGIN = "govshare.example/log"
SEED = bytes(range(32))
SUBJECT_KEY = bytes(range(32, 64))
MONTH_KEY = bytes(range(64, 128))  # of March 2026
AT = datetime(2026, 3, 2, 1, 2, 3, 456789, tzinfo=UTC)
REVIEWER = Actor(
    kind="person",
    id="0198c000-0000-7000-8000-0000000000a1",
    name="王敏",
    organization="0198c000-0000-7000-8000-000000000001",
    organization_name="市民政局",
    certificate="ab" * 32,
    standing_in_for="0198c000-0000-7000-8000-0000000000a2",
)
SYSTEM = Actor(
    kind="system",
    id="0198c000-0000-7000-8000-0000000000b1",
    name="住房保障系统",
    organization="0198c000-0000-7000-8000-000000000002",
    organization_name="市住建局",
    certificate="cd" * 32,
)
PROVED = 1  # the entry whose promise and receipt are shown


def entries() -> list[Entry]:
    published = Entry(at=AT, action="catalog:entry:publish", basis="CD2016-14", rule_set="CD2016/1", by=REVIEWER, about="A-1")
    asked = Entry(
        at=AT + timedelta(seconds=1),
        action="gateway:person:query",
        basis="CD2016-24",
        rule_set="CD2016/1",
        by=SYSTEM,
        resource="0198c000-0000-7000-8000-0000000000c1",
        grant="0198c000-0000-7000-8000-0000000000d1",
        purpose="公租房资格审核",
        case="住保〔2026〕7号",
        subject=subject_hash(SUBJECT_KEY, "11010519491231002x "),
        identifier=sealed_identifier(MONTH_KEY, "2026-03", "11010519491231002x "),
        request_id="0198c000-0000-7000-8000-0000000000e1",
        parties=frozenset({REVIEWER.organization}),
        counts={"rows": 1, "nanoseconds": 2**53},
        digests={"answer": "sha256:" + "00" * 32},
        detail={"mode": "query", "说明": "“引号”\n换行\u0007"},
    )
    refused = Entry(
        at=AT + timedelta(seconds=2),
        action="catalog:entry:publish",
        basis="PC-20",
        rule_set="CD2016/1",
        by=REVIEWER,
        outcome="refused",
        reason="登记人员不能审核自己登记的条目",
        about="A-2",
        detail={"code": "not-yours"},
    )
    placed = [
        Entry(
            at=AT + timedelta(minutes=n), action="audit:backup:finish", basis="CD2016-34", rule_set="CD2016/1", by=PLATFORM, about=f"B-{n}"
        )
        for n in range(1, 298)
    ]
    return [published, asked, refused, *placed]


def vectors() -> dict[str, bytes]:
    """File name → content."""
    key = Ed25519PrivateKey.from_private_bytes(SEED)
    bodies = [entry.canonical() for entry in entries()]
    leaves = [leaf_hash(body) for body in bodies]
    with tempfile.TemporaryDirectory() as directory:
        log = Log(Path(directory), NoteKey(ORIGIN, key))
        log.tiles.extend(0, leaves)
        subtrees = log.tiles.subtrees(len(leaves))
        head = log.sign(len(leaves), merkle.root(len(leaves), subtrees))
        log.publish(head)
        hashes = merkle.inclusion_proof(PROVED, head.size, subtrees)
        files = {str(path.relative_to(directory)): path.read_bytes() for path in Path(directory).rglob("*") if path.is_file()}
        sizes = [1, 2, 3, 255, 256, 257, 300]
        roots = {str(size): merkle.root(size, subtrees).hex() for size in sizes}
        consistency = [h.hex() for h in merkle.consistency_proof(3, 300, subtrees)]
    promised = receipts.Promise(
        batch=7, ordinal=PROVED, at=AT, leaf_hash=leaves[PROVED], body=bodies[PROVED], key=NoteKey(f"{ORIGIN}/promise", key)
    )
    numbers = {
        "origin": ORIGIN,
        "signing_seed": SEED.hex(),
        "signing_number": f"{SIGNING_NUMBER:064x}",
        "second_signing_seed": SECOND_SEED.hex(),
        "witness_seeds": {name: seed.hex() for name, seed in WITNESS_SEEDS.items()},
        "subject_key": SUBJECT_KEY.hex(),
        "identifier_key_2026-03": MONTH_KEY.hex(),
        "leaves": [leaf.hex() for leaf in leaves[:3]],
        "roots": roots,
        "inclusion_proof": {"index": PROVED, "size": head.size, "hashes": [h.hex() for h in hashes]},
        "consistency_proof": {"old": 3, "new": head.size, "hashes": consistency},
    }
    return {
        **files,
        **{f"entry-{n}.json": body for n, body in enumerate(bodies[:3])},
        "entries.jsonl": b"".join(body + b"\n" for body in bodies),
        "log.vkey": (log.key.verification_key() + "\n").encode(),
        "promise": promised.text.encode(),
        "receipt.tlog-proof": receipts.proof(body=bodies[PROVED], index=PROVED, hashes=hashes, checkpoint=head.note),
        **kinds(ORIGIN, SEED, entries(), proved=PROVED, at=AT),
        "vectors.json": (json.dumps(numbers, indent=2) + "\n").encode(),
    }


if __name__ == "__main__":
    for name, content in vectors().items():
        path = DIRECTORY / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
