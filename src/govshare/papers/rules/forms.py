"""What a printable form says, as a pure value: rendered as a page and as DOCX, kept as canonical JSON for as long as the paper. Pure."""

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass

import rfc8785

#: Names the version of these fields and the hash of their canonical bytes; a new set of fields gets a new name.
FORMAT = "govshare/paper@v1+sha256"


@dataclass(frozen=True, slots=True)
class Line:
    """One label and what stands beside it."""

    label: str
    text: str


@dataclass(frozen=True, slots=True)
class Table:
    """Rows under a head, every row as long as the head."""

    title: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]

    def __post_init__(self) -> None:
        if any(len(row) != len(self.head) for row in self.rows):
            raise ValueError(f"a row of table {self.title} is not as long as its head")


@dataclass(frozen=True, slots=True)
class Opinion:
    """One office's opinion: what was decided on the platform, by whom and when; room to sign where nothing was yet."""

    label: str
    text: str = ""
    signed: str = ""  # name and day, as recorded


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """``notes`` are the small print below; ``seals`` name the organizations that sign and seal, one space each."""

    heading: str
    subject: str
    lines: tuple[Line, ...]
    tables: tuple[Table, ...] = ()
    opinions: tuple[Opinion, ...] = ()
    notes: tuple[str, ...] = ()
    seals: tuple[str, ...] = ()

    def canonical(self) -> bytes:
        """The bytes that are hashed and kept: JSON by RFC 8785."""
        return rfc8785.dumps({"v": FORMAT, **json.loads(json.dumps(asdict(self)))})

    def texts(self) -> Iterator[str]:
        """Every text of it, in reading order: what any rendering must show."""
        yield self.heading
        for line in self.lines:
            yield from (line.label, line.text)
        for table in self.tables:
            yield from (table.title, *table.head)
            for row in table.rows:
                yield from row
        for opinion in self.opinions:
            yield from (opinion.label, opinion.text, opinion.signed)
        yield from self.notes
        yield from self.seals


def read(text: str) -> Form:
    """The form kept as ``text``."""
    kept = json.loads(text)
    if kept.pop("v") != FORMAT:
        raise ValueError("unknown paper format")
    return Form(
        heading=kept["heading"],
        subject=kept["subject"],
        lines=tuple(Line(**line) for line in kept["lines"]),
        tables=tuple(Table(each["title"], tuple(each["head"]), tuple(map(tuple, each["rows"]))) for each in kept["tables"]),
        opinions=tuple(Opinion(**each) for each in kept["opinions"]),
        notes=tuple(kept["notes"]),
        seals=tuple(kept["seals"]),
    )
