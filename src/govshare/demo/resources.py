"""One information resource to be: what its entry says, and how far it comes. Nothing here touches anything."""

from dataclasses import dataclass
from typing import Literal

from govshare.demo.data.resources import ShareType
from govshare.demo.data.tables import Field, MadeTable
from govshare.demo.roster import Body

#: What becomes of an entry, told in ``city.entries``.
StoryName = Literal[
    "unfinished",  # a draft that lacks much
    "draft",  # complete, not handed in
    "discarded",
    "review",
    "returned_inside",  # sent back by the reviewer, with remarks
    "filed",  # published, waits for the authority
    "returned",  # by the authority
    "listed",
    "listed_at_second",  # sent back once by the reviewer, once by the authority
    "adjusted",  # listed with the authority's own changes
    "without_route",  # listed, and no access interface yet
    "late_route",  # provided, but late
    "revising",  # a listed one with a draft that changes no key element
    "revising_review",  # the same, handed in
    "followed",  # such a revision published, which the listing followed
    "notice",  # a changed key element, the fifteen working days running
    "told",  # told in time and confirmed
    "told_late",
    "changed",  # told, waits for the authority
    "change_returned",
    "retired",
    "delisted",
    "copy",  # a non-authoritative copy
    "statutory",  # not shared but with whom the law names
    "unverified",
    "verified",
    "verification_returned",
    "opened",  # verified as not shared, later shared after all
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Resource:
    """``day``: of the agenda, counted from the end when negative, on which the story begins; ``back``: working days before the
    end on which its turning point lies, for the stories that have one. ``scope`` empty means all departments; ``fields`` describe
    what has no table; ``ground`` is title and article."""

    body: Body
    name: str
    node: str
    abstract: str
    share_type: ShareType
    story: StoryName
    day: int
    basis: str  # of collection
    back: int = 0
    table: MadeTable | None = None
    fields: tuple[Field, ...] = ()
    key: tuple[str, ...] = ()
    terms: str = ""
    scope: tuple[Body, ...] = ()
    ground: tuple[str, str] = ("", "")
    modes: tuple[str, ...] = ("table", "query")
    format_class: str = "database"
    update_cycle: str = "daily"
    update_limit: str = "每日 08:00 前"
    classification: str = "2"
    procedure: str = "由业务处室受理、核验后入库，信息中心维护，按更新时限推送到前置交换数据库。"
    open_to_public: bool = False

    @property
    def id(self) -> str:
        return f"{self.body.key} {self.name}"

    @property
    def items(self) -> tuple[Field, ...]:
        return self.table.fields if self.table else self.fields

    @property
    def key_columns(self) -> tuple[str, ...]:
        return self.table.key if self.table else self.key
