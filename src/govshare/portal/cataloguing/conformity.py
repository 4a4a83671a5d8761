"""What the authority looks at before it decides: each rule, whether what was filed keeps it, and by which article (CD2016-16)."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from govshare.catalog.models import Revision
from govshare.catalog.queries import EntryView
from govshare.catalog.queries.contents import faults, snapshot
from govshare.catalog.rules.choices import ShareType, Status
from govshare.catalog.rules.words import same_name
from govshare.kernel.errors import Fault
from govshare.portal.cataloguing.words import place_said


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """``state``: ok, warn (look at it), bad (the rule is not kept)."""

    title: str | Promise
    basis: str
    state: str
    said: str


#: Which places of the self-check belong to which rule.
_RULES = (
    (
        _("核心元数据齐全"),
        "CD2016-14",
        ("name", "node", "abstract", "format_class", "classification", "contact", "contact_phone", "related"),
    ),
    (_("共享类型与条件"), "CD2016-5", ("share_type", "terms", "open_conditions")),
    (_("共享范围明确"), "CD2016-5.2", ("scope", "for_all", "statutory")),
    (_("不予共享有依据"), "CD2016-13.2", ("ground",)),
    (_("提供方式与更新时限"), "CD2016-16", ("modes", "update_cycle", "update_limit")),
    (_("信息项逐项登记"), "CD2016-14", ("items",)),
    (_("采集依据与程序"), "CD2016-18", ("collection_basis", "collection_procedure", "source")),
)


def checks(revision: Revision, view: EntryView) -> list[Check]:
    """Every rule over what ``revision`` says, in the order of the articles people read."""
    said = snapshot(revision)
    found = faults(revision)
    rows = []
    for title, basis, places in _RULES:
        if places == ("ground",) and said.content.share_type != ShareType.NONE:
            continue
        here = [fault for fault in found if fault.place.partition(".")[0] in places]
        rows.append(Check(title=title, basis=basis, state="bad" if here else "ok", said=_in_words(here, said)))
    return [*rows, _one_source(revision), *_access(view, said.content.share_type)]


def _in_words(here: list[Fault], said: object) -> str:
    return "；".join(f"{place_said(fault.place, said)}：{fault.message}" for fault in here[:3])  # type: ignore[arg-type]


def _one_source(revision: Revision) -> Check:
    """一数一源: another department that publishes something of the same name is worth a look."""
    wanted = same_name(revision.name)
    others = Revision.objects.filter(status=Status.PUBLISHED, source=None).exclude(entry=revision.entry_id)
    same = [
        f"{code}（{provider}）"
        for code, name, provider in others.values_list("entry__code", "name", "entry__provider__short_name")
        if same_name(name) == wanted
    ]
    said = gettext("其他部门有同名的权威资源：%(codes)s，请核对是否多头采集") % {"codes": "、".join(same[:5])} if same else ""
    return Check(title=_("一数一源"), basis="CD2016-18", state="warn" if same else "ok", said=said)


def _access(view: EntryView, kind: str) -> list[Check]:
    if kind == ShareType.NONE:
        return []
    works = view.route is not None and view.route.test_passed
    said = "" if works else gettext("还没有测试通过的访问接口；列入之后开始计时")
    return [Check(title=_("访问接口"), basis="CD2016-19", state="ok" if works else "warn", said=said)]
