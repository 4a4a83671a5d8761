"""Who may move an entry, its listing and its verification, when, by which article. Only services write ``status``."""

from govshare.catalog.rules.choices import ListingStatus, Status, VerificationStatus
from govshare.kernel.roles import Role
from govshare.kernel.workflow import Move, Workflow
from govshare.regulation.articles import cite
from govshare.regulation.conventions import convention

_REGISTRAR = frozenset({Role.REGISTRAR})
_REVIEW = frozenset({Role.REVIEWER, Role.LEADER})  # the leader only where no reviewer is appointed (PC-20)
_AUTHORITY = frozenset({Role.AUTHORITY})

#: A revision in the department's own resource catalog 「资源目录」.
ENTRY = Workflow(
    "catalog:entry",
    {status.value: str(status.label) for status in Status},
    Move(
        verb="submit",
        label="提交审核",
        source=frozenset({Status.DRAFT}),
        target=Status.REVIEW,
        actors=_REGISTRAR,
        basis=cite("CD2016-14"),
        action="catalog:entry:submit",
    ),
    Move(
        verb="withdraw",
        label="撤回提交",
        source=frozenset({Status.REVIEW}),
        target=Status.DRAFT,
        actors=_REGISTRAR,
        basis=cite("CD2016-14"),
        action="catalog:entry:withdraw",
    ),
    Move(
        verb="undo",
        label="收回刚提交的",
        source=frozenset({Status.REVIEW}),
        target=Status.DRAFT,
        actors=_REGISTRAR,
        basis=convention("PC-80"),
        action="catalog:entry:undo",
    ),
    Move(
        verb="return",
        label="退回修改",
        source=frozenset({Status.REVIEW}),
        target=Status.DRAFT,
        actors=_REVIEW,
        basis=cite("CD2016-15"),
        action="catalog:entry:return",
    ),
    Move(
        verb="publish",
        label="发布并备案",
        source=frozenset({Status.REVIEW}),
        target=Status.PUBLISHED,
        actors=_REVIEW,
        basis=cite("CD2016-14"),
        action="catalog:entry:publish",
    ),
    Move(
        verb="supersede",
        label="由新版取代",
        source=frozenset({Status.PUBLISHED}),
        target=Status.SUPERSEDED,
        actors=_REVIEW | _AUTHORITY,
        basis=cite("CD2016-21"),
        action="catalog:entry:supersede",
    ),
    Move(
        verb="discard",
        label="放弃修改",
        source=frozenset({Status.DRAFT}),
        target=Status.DISCARDED,
        actors=_REGISTRAR,
        basis=cite("CD2016-15"),
        action="catalog:entry:discard",
    ),
    Move(
        verb="retire",
        label="停用",
        source=frozenset({Status.PUBLISHED}),
        target=Status.RETIRED,
        actors=_REVIEW,
        basis=cite("CD2016-21"),
        action="catalog:entry:retire",
    ),
)

#: The same entry in the city's sharing catalog 「共享目录」.
LISTING = Workflow(
    "catalog:listing",
    {status.value: str(status.label) for status in ListingStatus},
    Move(
        verb="confirm",
        label="确认列入",
        source=frozenset({ListingStatus.FILED, ListingStatus.CHANGED}),
        target=ListingStatus.LISTED,
        actors=_AUTHORITY,
        basis=cite("CD2016-16"),
        action="catalog:listing:confirm",
    ),
    Move(
        verb="adjust",
        label="调整并列入",
        source=frozenset({ListingStatus.FILED, ListingStatus.CHANGED, ListingStatus.LISTED}),
        target=ListingStatus.LISTED,
        actors=_AUTHORITY,
        basis=cite("CD2016-16"),
        action="catalog:listing:adjust",
    ),
    Move(
        verb="send_back",
        label="退回调整",
        source=frozenset({ListingStatus.FILED}),
        target=ListingStatus.RETURNED,
        actors=_AUTHORITY,
        basis=cite("CD2016-16"),
        action="catalog:listing:send-back",
    ),
    Move(
        verb="send_change_back",
        label="退回变更",
        source=frozenset({ListingStatus.CHANGED}),
        target=ListingStatus.LISTED,
        actors=_AUTHORITY,
        basis=cite("CD2016-17"),
        action="catalog:listing:send-back",
    ),
    Move(
        verb="file_again",
        label="再次备案",
        source=frozenset({ListingStatus.RETURNED, ListingStatus.DELISTED}),
        target=ListingStatus.FILED,
        actors=_REVIEW,
        basis=cite("CD2016-16"),
        action="catalog:listing:file-again",
    ),
    Move(
        verb="file_change",
        label="变更备案",
        source=frozenset({ListingStatus.LISTED, ListingStatus.CHANGED}),
        target=ListingStatus.CHANGED,
        actors=_REVIEW,
        basis=cite("CD2016-17"),
        action="catalog:listing:file-change",
    ),
    Move(
        verb="follow",
        label="随新版更新",
        source=frozenset({ListingStatus.LISTED, ListingStatus.CHANGED}),
        target=ListingStatus.LISTED,
        actors=_REVIEW,
        basis=cite("CD2016-14"),
        action="catalog:listing:follow",
    ),
    Move(
        verb="delist",
        label="移出共享目录",
        source=frozenset({ListingStatus.LISTED, ListingStatus.CHANGED}),
        target=ListingStatus.DELISTED,
        actors=_AUTHORITY,
        basis=cite("CD2016-17"),
        action="catalog:listing:delist",
    ),
    Move(
        verb="lapse",
        label="随停用移出",
        source=frozenset({ListingStatus.FILED, ListingStatus.RETURNED, ListingStatus.LISTED, ListingStatus.CHANGED}),
        target=ListingStatus.DELISTED,
        actors=_REVIEW | _AUTHORITY,
        basis=cite("CD2016-21"),
        action="catalog:listing:lapse",
    ),
)

#: Not shared, before the authority 「核定」.
VERIFICATION = Workflow(
    "catalog:verification",
    {status.value: str(status.label) for status in VerificationStatus},
    Move(
        verb="verify",
        label="核定不予共享",
        source=frozenset({VerificationStatus.PENDING}),
        target=VerificationStatus.VERIFIED,
        actors=_AUTHORITY,
        basis=cite("CD2016-13.2"),
        action="catalog:verification:verify",
    ),
    Move(
        verb="return",
        label="核定退回",
        source=frozenset({VerificationStatus.PENDING}),
        target=VerificationStatus.RETURNED,
        actors=_AUTHORITY,
        basis=cite("CD2016-13.2"),
        action="catalog:verification:return",
    ),
    Move(
        verb="file_again",
        label="再次报请核定",
        source=frozenset({VerificationStatus.RETURNED}),
        target=VerificationStatus.PENDING,
        actors=_REVIEW,
        basis=cite("CD2016-13.2"),
        action="catalog:verification:file-again",
    ),
    Move(
        verb="lapse",
        label="不再适用",
        source=frozenset({VerificationStatus.PENDING, VerificationStatus.VERIFIED, VerificationStatus.RETURNED}),
        target=VerificationStatus.LAPSED,
        actors=_REVIEW,
        basis=cite("CD2016-21"),
        action="catalog:verification:lapse",
    ),
)
