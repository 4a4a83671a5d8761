"""Kinds of papers 「文书」: their words, their numbers 「文号」, who issues them (PC-65). Pure."""

from collections.abc import Mapping

from govshare.kernel.choices import TextChoices
from govshare.kernel.errors import Basis
from govshare.kernel.roles import Role
from govshare.regulation.articles import cite
from govshare.regulation.conventions import convention
from govshare.regulation.files import FileType, Intake

NUMBERS = convention("PC-65")
SCAN_SIZE = convention("PC-66")
SCAN_TYPES = convention("PC-67")
SCAN_COUNT = convention("PC-68")

SCANS = Intake(what="盖章件", types=(FileType.PDF, FileType.PNG, FileType.JPG), by_type=SCAN_TYPES, by_size=SCAN_SIZE)


class PaperKind(TextChoices):
    ENTRY = "entry", "政务信息资源目录备案表"
    DEMAND = "demand", "政务信息资源共享审批表"
    GRANT = "grant", "政务信息资源共享授权书"
    ADMINISTRATOR = "administrator", "信息资源管理员备案表"


#: The word 「代字」 that begins the number.
WORDS: Mapping[str, str] = {
    PaperKind.ENTRY: "成资享备",
    PaperKind.DEMAND: "成资享审",
    PaperKind.GRANT: "成资享授",
    PaperKind.ADMINISTRATOR: "成资享管",
}

#: What the matter that the paper is about rests on.
BASES: Mapping[str, Basis] = {
    PaperKind.ENTRY: cite("CD2016-16"),
    PaperKind.DEMAND: cite("CD2016-29.1"),
    PaperKind.GRANT: cite("CD2016-25.2"),
    PaperKind.ADMINISTRATOR: cite("CD2016-29.2"),
}

_OFFICES = frozenset({Role.RESOURCE_ADMIN, Role.LEADER, Role.AUTHORITY})

#: Who may issue a paper of the kind and hand in its sealed scan.
ISSUERS: Mapping[str, frozenset[Role]] = {
    PaperKind.ENTRY: _OFFICES | {Role.REGISTRAR, Role.REVIEWER},
    PaperKind.DEMAND: _OFFICES | {Role.REGISTRAR},
    PaperKind.GRANT: _OFFICES,
    PaperKind.ADMINISTRATOR: _OFFICES,
}

#: Who may read the papers of an organization that is a party to them.
READERS = frozenset({Role.REGISTRAR, Role.REVIEWER, *_OFFICES})


def number(kind: str, year: int, ordinal: int) -> str:
    """``成资享备〔2026〕12号``."""
    return f"{WORDS[kind]}〔{year}〕{ordinal}号"
