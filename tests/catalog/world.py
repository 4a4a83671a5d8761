"""An entry that passes every check, and the desk that takes it through the real services."""

from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from govshare.catalog import services
from govshare.catalog.models import Entry, LegalGround, Listing, Revision
from govshare.catalog.queries import contents as saying
from govshare.catalog.rules.contents import Content, ItemContent
from govshare.kernel.actor import Actor
from govshare.kernel.roles import Role
from tests.cast import Cast

CONTENT = Content(
    name="法人单位基本信息",
    node="102001",
    abstract="本市登记的法人单位名称、统一社会信用代码、法定代表人和登记状态。",
    format_class="database",
    format_type="PostgreSQL",
    share_type="conditional",
    terms="仅用于办理行政审批事项。",
    modes=frozenset({"table", "query"}),
    for_all=True,
    update_cycle="daily",
    update_limit="每日 08:00 前",
    classification="2",
    collection_basis="《中华人民共和国市场主体登记管理条例》",
    collection_procedure="登记机关受理、核准后入库，由登记处维护，每日发布。",
    contact="张三",
    contact_phone="028-00000000",
)

ITEMS = (
    ItemContent(name="统一社会信用代码", column="uscc", type="C", length=18, is_key=True),
    ItemContent(name="单位名称", column="name", type="C", length=200),
    ItemContent(name="法定代表人证件号码", column="legal_person_id", type="C", length=18, sensitivity="personal"),
    ItemContent(name="注册资本", column="capital", type="N"),
)


@dataclass
class Desk:
    """Does what each post does; ``who`` is the providing department."""

    cast: Cast
    who: str = "provider"
    now: datetime = field(init=False)

    def __post_init__(self) -> None:
        self.now = self.cast.now

    def actor(self, role: Role) -> Actor:
        return self.cast.actor(self.who, role)

    @property
    def registrar(self) -> Actor:
        return self.actor(Role.REGISTRAR)

    @property
    def reviewer(self) -> Actor:
        return self.actor(Role.REVIEWER)

    @property
    def authority(self) -> Actor:
        return self.cast.actor("authority", Role.AUTHORITY)

    def draft(self, items: tuple[ItemContent, ...] = ITEMS, **over: Any) -> Entry:
        return services.create_entry(content=replace(CONTENT, **over), items=items, by=self.registrar, now=self.now)

    def edit(self, entry: Entry, items: tuple[ItemContent, ...] | None = None, **over: Any) -> Revision:
        standing = saying.pending(entry) or saying.published(entry)
        content = replace(saying.snapshot(standing).content if standing else CONTENT, **over)
        return services.edit_entry(
            entry=entry.pk, content=content, items=items, expected_version=version(entry), by=self.registrar, now=self.now
        )

    def submit(self, entry: Entry) -> Revision:
        return services.submit(entry=entry.pk, expected_version=version(entry), by=self.registrar, now=self.now)

    def publish(self, entry: Entry) -> Revision:
        self.submit(entry)
        return services.publish(entry=entry.pk, expected_version=version(entry), by=self.reviewer, now=self.now)

    def published(self, items: tuple[ItemContent, ...] = ITEMS, **over: Any) -> Entry:
        entry = self.draft(items, **over)
        self.publish(entry)
        return entry

    def confirm(self, entry: Entry) -> Listing:
        return services.confirm(entry=entry.pk, expected_revision=filed(entry), by=self.authority, now=self.now)

    def listed(self, items: tuple[ItemContent, ...] = ITEMS, **over: Any) -> Entry:
        entry = self.published(items, **over)
        self.confirm(entry)
        return entry


def version(entry: Entry) -> int:
    return Entry.objects.get(pk=entry.pk).version


def filed(entry: Entry) -> int:
    return Listing.objects.get(entry=entry).filed.number


def ground_for(*allows: str) -> LegalGround:
    return LegalGround.objects.filter(allows__in=allows).order_by("title", "article")[0]


def not_shared(**over: Any) -> dict[str, Any]:
    """What turns the entry into one that is not shared."""
    base = {"share_type": "none", "terms": "", "for_all": False, "ground": str(ground_for("both").pk)}
    return base | over


def item_id(entry: Entry, column: str) -> UUID:
    return next(item for item, name in saying.known_items(entry).items() if name == column)
