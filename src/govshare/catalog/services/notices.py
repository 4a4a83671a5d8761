"""The clocks of the catalog: notice of a changed key element (CD2016-17), and an access interface for what is listed (CD2016-19)."""

from datetime import datetime

from govshare.catalog.models import Entry
from govshare.catalog.queries.routes import ACCESS_ROUTE
from govshare.catalog.rules.contents import KEY_LABELS, Snapshot, changed_key_elements
from govshare.duties import queries as duty_queries
from govshare.duties import services as duties
from govshare.kernel.actor import Actor
from govshare.regulation.articles import cite

CHANGE_NOTICE = "catalog:change-notice"

NOTICE_WORKING_DAYS = 15  # CD2016-17
_NOTICE, _ACCESS = cite("CD2016-17"), cite("CD2016-19")


def key_elements_changed(entry: Entry, *, before: Snapshot, after: Snapshot, by: Actor, now: datetime) -> frozenset[str]:
    """Start the fifteen working days when a key element first differs from what is published; drop them when none does any more."""
    changed = changed_key_elements(before, after)
    running = _open(CHANGE_NOTICE, entry)
    if changed and not running:
        named = "、".join(KEY_LABELS[each] for each in sorted(changed))
        duties.start(
            kind=CHANGE_NOTICE,
            about=entry.code,
            title=f"关键要素变更告知：{entry.code}（{named}）",
            owner=str(entry.provider_id),
            basis=_NOTICE,
            working_days=NOTICE_WORKING_DAYS,
            now=now,
            by=by,
        )
    if running and not changed:
        no_change_to_tell(entry, reason="修改后与已发布内容的关键要素一致", by=by, now=now)
    return changed


def change_told(entry: Entry, *, by: Actor, now: datetime) -> None:
    """Publishing files the change with the authority: that is the notice, late or not."""
    duties.keep(kind=CHANGE_NOTICE, about=entry.code, now=now, by=by)


def no_change_to_tell(entry: Entry, *, reason: str, by: Actor, now: datetime) -> None:
    duties.drop(kind=CHANGE_NOTICE, about=entry.code, reason=reason, now=now, by=by)


def access_owed(entry: Entry, *, provided: bool, by: Actor, now: datetime) -> None:
    """Listed: the duty is kept while a tested route covers every item, and runs while none does (PC-22)."""
    if provided:
        duties.keep(kind=ACCESS_ROUTE, about=entry.code, now=now, by=by)
    elif not _open(ACCESS_ROUTE, entry):
        duties.start(
            kind=ACCESS_ROUTE,
            about=entry.code,
            title=f"提供访问接口和接口规范说明：{entry.code}",
            owner=str(entry.provider_id),
            basis=_ACCESS,
            working_days=duty_queries.parameter("PC-22"),
            now=now,
            by=by,
        )


def access_no_longer_owed(entry: Entry, *, by: Actor, now: datetime) -> None:
    duties.drop(kind=ACCESS_ROUTE, about=entry.code, reason="已移出共享目录", now=now, by=by)


def _open(kind: str, entry: Entry) -> bool:
    duty = duty_queries.find(kind, entry.code)
    return duty is not None and duty.open
