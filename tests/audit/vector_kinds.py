"""The test vectors beside the plain ones: another tree, another kind of key, witnesses, hand-overs, a sealed segment, a signed package."""

import hashlib
import tempfile
from datetime import timedelta
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from govshare.audit import merkle, receipts, statements, verifier
from govshare.audit.log import Log
from govshare.audit.notes import CosigningKey, NoteKey

SIGNING_NUMBER = int.from_bytes(bytes(range(1, 33)), "big")
SECOND_SEED = bytes(range(32, 64))
WITNESS_SEEDS = {"district.example/witness": bytes(range(64, 96)), "tax.example/witness": bytes(range(96, 128))}


def ed25519(seed, name):
    return NoteKey(name, Ed25519PrivateKey.from_private_bytes(seed))


def p256(name):
    return NoteKey(name, ec.derive_private_key(SIGNING_NUMBER, ec.SECP256R1()))


def line(key):
    return f"{key.verification_key()}\n".encode()


class Sample:
    """A log of ``bodies`` under ``key``, in a directory of its own."""

    def __init__(self, directory, key, bodies):
        self.log = Log(Path(directory) / hashlib.sha256(line(key)).hexdigest(), key)
        self.bodies = bodies
        self.leaves = [self.log.tree.leaf(body) for body in bodies]
        self.log.tiles.extend(0, self.leaves)
        self.subtrees = self.log.tiles.subtrees(len(bodies))

    def root(self, size):
        return merkle.root(size, self.subtrees)

    def note(self, size):
        return self.log.sign(size, self.root(size)).note

    def promise(self, ordinal, at, batch=7):
        key = self.log.key.named(f"{self.log.origin}/promise")
        body, leaf = self.bodies[ordinal], self.leaves[ordinal]
        return receipts.Promise(batch=batch, ordinal=ordinal, at=at, leaf_hash=leaf, body=body, key=key).text.encode()

    def proof(self, index, note):
        size = int(note.split("\n")[1])
        return receipts.proof(
            body=self.bodies[index], index=index, hashes=merkle.inclusion_proof(index, size, self.subtrees), checkpoint=note
        )

    def files(self, folder, proved, at):
        note = self.note(len(self.bodies))
        return {
            f"{folder}/log.vkey": line(self.log.key),
            f"{folder}/checkpoint": note.encode(),
            f"{folder}/promise": self.promise(proved, at),
            f"{folder}/receipt.tlog-proof": self.proof(proved, note),
        }


def kinds(origin, seed, entries, *, proved, at):
    """File name → content of every folder."""
    bodies = [entry.canonical() for entry in entries]
    with tempfile.TemporaryDirectory() as directory:
        plain = Sample(directory, ed25519(seed, origin), bodies)
        return {
            **Sample(directory, p256(origin), bodies).files("ecdsa", proved, at),
            **Sample(directory, ed25519(seed, f"{origin}/sm3"), [entry.canonical("sm3") for entry in entries]).files("sm3", proved, at),
            **cosigned(plain, proved, at),
            **handed_over(directory, plain, proved, at),
            **sealed(plain, at),
            **packed(plain, proved, at),
        }


def cosigned(log, proved, at):
    note = log.note(300)
    text = note.partition("\n\n")[0] + "\n"
    witnesses = [CosigningKey(name, Ed25519PrivateKey.from_private_bytes(seed)) for name, seed in WITNESS_SEEDS.items()]
    moment = int(at.timestamp())
    whole = verifier.with_cosignatures(note, [witness.line(text, moment + n) for n, witness in enumerate(reversed(witnesses))])
    return {
        **{f"cosigned/{witness.name.partition('.')[0]}.vkey": f"{witness.verifier.text}\n".encode() for witness in witnesses},
        "cosigned/checkpoint": whole.encode(),
        "cosigned/receipt.tlog-proof": log.proof(proved, whole),
    }


def handed_over(directory, log, proved, at):
    """Ed25519, then ECDSA from 100 entries on, then Ed25519 from 200 on; a receipt and a promise of each time."""
    origin = log.log.origin
    keys = [log.log.key, p256(origin), ed25519(SECOND_SEED, origin)]
    notes = [
        statements.handover(old=keys[n], new=keys[n + 1], size=size, root=log.root(size), at=at + timedelta(days=size))
        for n, size in enumerate((100, 200))
    ]
    files = {"handover/handover": "".join(notes).encode()}
    for n, (key, size) in enumerate(zip(keys, (50, 150, 300), strict=True), 1):
        one = Sample(directory, key, log.bodies) if n > 1 else log
        files |= {
            f"handover/key-{n}.vkey": line(key),
            f"handover/receipt-{n}.tlog-proof": one.proof(proved, one.note(size)),
            f"handover/promise-{n}": one.promise(proved, at),
        }
    return files


def sealed(log, at):
    """The second 256 of 700 leaves; what holds the entries is here a text that is not looked into."""
    log = Sample(log.log.directory.parent / "longer", log.log.key, [f"{n}".encode() for n in range(700)])
    first, end, size = 256, 512, 700
    leaves = log.leaves[first:end]
    files = {
        "checkpoint": log.note(size).encode(),
        "entries.parquet": b"In a real segment this is Apache Parquet.\n",
        "leaves.bin": b"".join(leaves),
        "nodes.bin": log.log.tiles.read(1, 0, 2)[1],
    }
    manifest = statements.manifest(
        key=log.log.key,
        first=first,
        end=end,
        root=log.root(end),
        edge=log.log.tiles.edge(first, size),
        consistency=merkle.consistency_proof(end, size, log.subtrees),
        files={name: hashlib.sha256(data).digest() for name, data in files.items()},
        earliest=at,
        latest=at + timedelta(days=1),
    )
    return {f"segment/{name}": data for name, data in {**files, "manifest": manifest.encode()}.items()}


def packed(log, proved, at):
    files = {
        f"receipts/HZ-7-{proved}.tlog-proof": log.proof(proved, log.note(300)),
        "receipts/HZ-9-2.promise": log.promise(2, at, batch=9),
        "list.jsonl": b"".join(log.bodies[n] + b"\n" for n in (2, proved)),
    }
    digests = {name: hashlib.sha256(data).digest() for name, data in files.items()}
    statement = statements.package(key=log.log.key, at=at, entries=2, files=digests)
    return {f"package/{name}": data for name, data in {**files, "package": statement.encode()}.items()}
