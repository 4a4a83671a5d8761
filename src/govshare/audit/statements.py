"""What the log signs beside checkpoints and promises: manifests of sealed segments, statements of packages, hand-overs of its key.

The verifier reads them; ``docs/reference/evidence-format.md`` describes them byte by byte.
"""

import base64
from collections.abc import Iterable, Mapping
from datetime import datetime

from govshare.audit.notes import NoteKey
from govshare.audit.rules import timestamp
from govshare.audit.verifier import HANDOVER, PACKAGE, SEGMENT, tree_of


def manifest(
    *,
    key: NoteKey,
    first: int,
    end: int,
    root: bytes,
    edge: Iterable[bytes],
    consistency: Iterable[bytes],
    files: Mapping[str, bytes],
    earliest: datetime,
    latest: datetime,
) -> str:
    """Of the sealed entries ``first`` .. ``end`` - 1: ``root`` is that of the log's first ``end``, ``edge`` what its first ``first`` leave
    (``Tiles.edge``), ``consistency`` leads from ``end`` to the segment's checkpoint, ``files`` are names and SHA-256 digests.

    ``key`` is the log's; it signs under ``<origin>/segment``.
    """
    lines = (
        *_head(key, "segment", SEGMENT),
        f"first {first}",
        f"end {end}",
        f"root {_base64(root)}",
        *(f"before {_base64(subtree)}" for subtree in edge),
        *(f"consistency {_base64(step)}" for step in consistency),
        *_files(files),
        f"earliest {timestamp(earliest)}",
        f"latest {timestamp(latest)}",
        f"entries {end - first}",
    )
    return _signed(key, "segment", lines)


def package(*, key: NoteKey, at: datetime, entries: int, files: Mapping[str, bytes]) -> str:
    """Of a package with the receipts of ``entries`` entries: ``files`` are all its files but this one, with their SHA-256 digests."""
    return _signed(key, "package", (*_head(key, "package", PACKAGE), f"at {timestamp(at)}", f"entries {entries}", *_files(files)))


def handover(*, old: NoteKey, new: NoteKey, size: int, root: bytes, at: datetime) -> str:
    """Both keys sign that from ``size`` on, where the log has this ``root``, ``new`` signs for ``old``."""
    lines = (
        *_head(old, "handover", HANDOVER),
        f"size {size}",
        f"root {_base64(root)}",
        f"from {old.verification_key()}",
        f"to {new.verification_key()}",
        f"at {timestamp(at)}",
    )
    text = "".join(f"{line}\n" for line in lines)
    return _signed(old, "handover", lines) + new.named(f"{new.name}/handover").line(text)


def _head(key: NoteKey, what: str, version: str) -> tuple[str, str]:
    return f"{key.name}/{what}", f"{version}+{tree_of(key.name).name}"


def _files(files: Mapping[str, bytes]) -> list[str]:
    return [f"file {name} {_base64(digest)}" for name, digest in sorted(files.items())]


def _signed(key: NoteKey, what: str, lines: Iterable[str]) -> str:
    return key.named(f"{key.name}/{what}").sign("".join(f"{line}\n" for line in lines))


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode()
