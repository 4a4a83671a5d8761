"""What becomes of each entry, told step by step (CD2016-13 to 21). A story that breaks off leaves the entry where it then stands."""

from collections.abc import Callable
from dataclasses import replace
from random import Random
from typing import Any

from govshare.catalog.models import Entry
from govshare.demo.city import entry_acts as act
from govshare.demo.city.agenda import Story, days, soon
from govshare.demo.city.people import City
from govshare.demo.resources import Resource, StoryName
from govshare.demo.roster import FUND, LABOUR

_REMARKS = (
    "请补充“更新时间”的口径，说明是业务发生时间还是入库时间。",
    "采集依据请写明到具体条款，并与本部门三定规定一致。",
    "信息项“状态”的取值请附代码表；联系电话请核对。",
    "更新周期与更新时限不一致，请改正后重新提交。",
)
_OBJECTIONS = (
    "请补充接口规范说明，并明确更新时限的起算点。",
    "共享范围与共享条件不相称，请说明限定范围的理由。",
    "与其他部门已列入的信息资源重复，请说明区别或改注权威数据源。",
)


def begin(city: City, resource: Resource) -> None:
    """Put the entry's story on the agenda."""
    if resource.body.key in {body.key for body in city.roster}:
        city.agenda.add(resource.id, _STORIES[resource.story](city, resource), day=resource.day)


def _pause(resource: Resource, what: str, longest: int) -> int:
    """Working days until the next person gets to it: one to ``longest``."""
    return 1 + int(Random(f"{resource.id} {what}").random() * longest)


def _remark(resource: Resource, among: tuple[str, ...]) -> str:
    return Random(f"remark {resource.id}").choice(among)


def _draft(city: City, resource: Resource) -> Story:
    act.register(city, resource)
    yield soon()


def _unfinished(city: City, resource: Resource) -> Story:
    """Begun, with what the registrar knew at once."""
    blank = {"terms": "", "collection_basis": "", "collection_procedure": "", "update_limit": "", "contact": "", "classification": ""}
    act.register(city, resource, items=act.items_of(resource)[:2], **blank)
    yield soon()


def _discarded(city: City, resource: Resource) -> Story:
    yield from _draft(city, resource)
    yield days(3)
    act.discard(city, resource)


def _review(city: City, resource: Resource) -> Story:
    yield from _draft(city, resource)
    yield soon(40)
    act.submit(city, resource)


def _returned_inside(city: City, resource: Resource) -> Story:
    yield from _review(city, resource)
    yield days(2)
    act.return_inside(city, resource, _remark(resource, _REMARKS))


def _filed(city: City, resource: Resource) -> Story:
    yield from _review(city, resource)
    yield days(_pause(resource, "review", 2))
    act.publish(city, resource)


def _reachable(city: City, resource: Resource) -> Story:
    if resource.table is not None and (resource.body.key, "provide") in city.fronts:
        act.bind(city, resource)
        yield soon(5)
        act.test(city, resource)


def _listed(city: City, resource: Resource) -> Story:
    yield from _filed(city, resource)
    yield days(1)
    yield from _reachable(city, resource)
    yield days(_pause(resource, "confirm", 3))
    act.confirm(city, resource)
    yield days(1)


def _listed_at_second(city: City, resource: Resource) -> Story:
    yield from _returned_inside(city, resource)
    yield days(2)
    act.edit(city, resource, collection_procedure=f"{resource.procedure}更新时间为入库时间。")
    yield soon(20)
    act.submit(city, resource)
    yield days(1)
    act.publish(city, resource)
    yield days(2)
    act.send_back(city, resource, _remark(resource, _OBJECTIONS))
    yield days(3)
    act.edit(city, resource, abstract=f"{resource.abstract}更新时限自业务办结之日起算。")
    yield soon(15)
    act.submit(city, resource)
    yield days(1)
    act.publish(city, resource)
    yield soon(30)
    yield from _reachable(city, resource)
    yield days(2)
    act.confirm(city, resource, "已按意见修改，同意列入")


def _returned(city: City, resource: Resource) -> Story:
    yield from _filed(city, resource)
    yield days(3)
    act.send_back(city, resource, _remark(resource, _OBJECTIONS))


def _adjusted(city: City, resource: Resource) -> Story:
    yield from _filed(city, resource)
    yield days(1)
    yield from _reachable(city, resource)
    yield days(3)
    act.adjust(city, resource, "按全市统一口径调整更新时限，便于各部门安排取数。", update_limit=f"{resource.update_limit}（遇节假日顺延）")


def _without_route(city: City, resource: Resource) -> Story:
    yield from _filed(city, resource)
    yield city.agenda.before_end(resource.back or 10)
    act.confirm(city, resource)


def _late_route(city: City, resource: Resource) -> Story:
    """The interface comes after its twenty working days."""
    yield from _filed(city, resource)
    yield days(2)
    act.confirm(city, resource)
    yield days(26)
    yield from _reachable(city, resource)


def _changing(city: City, resource: Resource, **changes: Any) -> Story:
    """Listed; later, at the turning point, there is a draft of the next revision."""
    yield from _listed(city, resource)
    yield city.agenda.before_end(resource.back)
    act.edit(city, resource, reason="业务调整，完善目录内容", **changes)


def _revising(city: City, resource: Resource) -> Story:
    yield from _changing(city, resource, abstract=f"{resource.abstract}本次补充数据来源说明。")


def _revising_review(city: City, resource: Resource) -> Story:
    yield from _revising(city, resource)
    yield soon(30)
    act.submit(city, resource)


def _followed(city: City, resource: Resource) -> Story:
    yield from _revising_review(city, resource)
    yield days(1)
    act.publish(city, resource)


def _notice(city: City, resource: Resource) -> Story:
    """A key element changed: the fifteen working days run (CD2016-17)."""
    yield from _changing(city, resource, update_limit=f"{resource.update_limit}（节假日除外）")


def _told(city: City, resource: Resource) -> Story:
    yield from _changed(city, resource)
    yield days(3)
    act.confirm(city, resource, "变更属实，同意")


def _told_late(city: City, resource: Resource) -> Story:
    yield from _notice(city, resource)
    yield days(19)
    act.submit(city, resource)
    yield days(1)
    act.publish(city, resource)
    yield days(2)
    act.confirm(city, resource, "变更属实，同意；今后请按时告知")


def _changed(city: City, resource: Resource) -> Story:
    yield from _notice(city, resource)
    yield soon(20)
    act.submit(city, resource)
    yield days(1)
    act.publish(city, resource)


def _change_returned(city: City, resource: Resource) -> Story:
    yield from _changed(city, resource)
    yield days(2)
    act.send_back(city, resource, "变更后的更新时限长于法定办理时限，请核对后重报。")


def _retired(city: City, resource: Resource) -> Story:
    yield from _listed(city, resource)
    yield city.agenda.before_end(resource.back)
    act.retire(city, resource, "职能划转，不再采集和更新这项信息。")


def _delisted(city: City, resource: Resource) -> Story:
    yield from _listed(city, resource)
    yield city.agenda.before_end(resource.back)
    act.delist(city, resource, "提供部门报告数据停止更新，移出共享目录，恢复更新后再列入。")


def _copy(city: City, resource: Resource) -> Story:
    """What another department is the source of: registered, not listed (CD2016-18)."""
    source = next(code for name, code in _sources(city) if name != resource.id)
    act.register(city, resource, source=source)
    yield soon()
    act.submit(city, resource)
    yield days(1)
    act.publish(city, resource)


def _sources(city: City) -> list[tuple[str, str]]:
    """Published authoritative entries of other departments, by the resource's id."""
    known = {str(pk): name for name, pk in city.entries.items()}
    rows = Entry.objects.filter(revisions__status="published", revisions__source=None).order_by("code")
    return [(known[str(entry.pk)], entry.code) for entry in rows]


def _unverified(city: City, resource: Resource) -> Story:
    yield from _filed(city, resource)


def _verified(city: City, resource: Resource) -> Story:
    yield from _filed(city, resource)
    yield days(4)
    act.verify(city, resource)


def _statutory(city: City, resource: Resource) -> Story:
    """Not shared, but with those whom the law names (CD2016-5.5)."""
    named = [body for body in (LABOUR, FUND) if body != resource.body]
    act.register(city, resource, statutory=act.statutory(city, *named))
    yield soon(30)
    act.submit(city, resource)
    yield days(1)
    act.publish(city, resource)
    yield days(3)
    act.verify(city, resource)


def _verification_returned(city: City, resource: Resource) -> Story:
    yield from _filed(city, resource)
    yield days(3)
    act.return_not_shared(city, resource, "所引条款不足以支持整条不予共享，请区分信息项，能共享的改列条件共享。")


def _opened(city: City, resource: Resource) -> Story:
    """Verified as not shared, and later shared on conditions after all."""
    yield from _verified(city, resource)
    yield city.agenda.before_end(resource.back)
    shared = replace(resource, share_type="conditional", terms="限于依法办理案件时逐件核验，只提供是否存在的结果。")
    content = act.content_of(city, shared)
    fields = ("share_type", "terms", "ground", "modes", "for_all", "update_limit")
    act.edit(
        city, resource, reason="经评估可以有条件共享", **{name: getattr(content, name) for name in fields if name != "ground"}, ground=""
    )
    yield soon(30)
    act.submit(city, resource)
    yield days(1)
    act.publish(city, resource)
    yield days(3)
    act.confirm(city, resource)


_STORIES: dict[StoryName, Callable[[City, Resource], Story]] = {
    "unfinished": _unfinished,
    "draft": _draft,
    "discarded": _discarded,
    "review": _review,
    "returned_inside": _returned_inside,
    "filed": _filed,
    "returned": _returned,
    "listed": _listed,
    "listed_at_second": _listed_at_second,
    "adjusted": _adjusted,
    "without_route": _without_route,
    "late_route": _late_route,
    "revising": _revising,
    "revising_review": _revising_review,
    "followed": _followed,
    "notice": _notice,
    "told": _told,
    "told_late": _told_late,
    "changed": _changed,
    "change_returned": _change_returned,
    "retired": _retired,
    "delisted": _delisted,
    "copy": _copy,
    "statutory": _statutory,
    "unverified": _unverified,
    "verified": _verified,
    "verification_returned": _verification_returned,
    "opened": _opened,
}
