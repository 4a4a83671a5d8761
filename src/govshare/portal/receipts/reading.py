"""What an entry of the log says, in words for people."""

import json
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from govshare.kernel.roles import Role
from govshare.organizations.models import Organization
from govshare.portal.receipts.words import action_words
from govshare.regulation.articles import cite
from govshare.regulation.conventions import convention

_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
OUTCOMES = {"allowed": gettext_noop("准予"), "refused": gettext_noop("不予办理")}
_COUNTS = {
    "rows": gettext_noop("行数"),
    "bytes": gettext_noop("字节数"),
    "columns": gettext_noop("字段数"),
    "chunks": gettext_noop("批数"),
    "added": gettext_noop("新增行数"),
    "changed": gettext_noop("更新行数"),
    "unchanged": gettext_noop("未变行数"),
    "removed": gettext_noop("删除行数"),
    "granted": gettext_noop("提供的信息项"),
    "refused": gettext_noop("不提供的信息项"),
    "tables": gettext_noop("表数"),
    "items": gettext_noop("信息项数"),
    "found": gettext_noop("条数"),
    "entries": gettext_noop("记录数"),
    "checkpoints": gettext_noop("检查点数"),
    "findings": gettext_noop("问题数"),
}
_DETAILS = {
    "address": gettext_noop("地址"),
    "account": gettext_noop("账号"),
    "attempt": gettext_noop("第几次尝试"),
    "change": gettext_noop("变动"),
    "code": gettext_noop("拒绝的种类"),
    "columns": gettext_noop("字段"),
    "effective_on": gettext_noop("生效日期"),
    "ends_on": gettext_noop("截止时间"),
    "ends_on_before": gettext_noop("原截止时间"),
    "from": gettext_noop("原状态"),
    "grounds": gettext_noop("法定依据"),
    "items": gettext_noop("信息项"),
    "kind": gettext_noop("种类"),
    "late": gettext_noop("逾期"),
    "matter": gettext_noop("事项"),
    "message": gettext_noop("结果说明"),
    "mode": gettext_noop("共享模式"),
    "name": gettext_noop("名称"),
    "place": gettext_noop("位置"),
    "purpose": gettext_noop("用途"),
    "result": gettext_noop("结果"),
    "since": gettext_noop("从此水位读起"),
    "snapshot": gettext_noop("来源快照"),
    "table": gettext_noop("目标表"),
    "target": gettext_noop("接收前置库"),
    "title": gettext_noop("事由"),
    "until": gettext_noop("确认到的水位"),
    "watermark": gettext_noop("水位字段"),
    "way": gettext_noop("传输方式"),
    "to": gettext_noop("新状态"),
}


@dataclass(frozen=True, slots=True)
class Told:
    """One entry, read. ``lines`` are label and text; ``digests`` and ``details`` as they stand in the entry; ``parties`` ids."""

    at: datetime
    who: str
    verb: str  # subject:object:verb
    words: str
    refused: bool
    basis: str
    law: str  # the text that the basis names
    lines: tuple[tuple[str, str], ...]
    parties: tuple[str, ...]
    digests: tuple[tuple[str, str], ...]
    details: tuple[tuple[str, str, str], ...]  # name, label, text
    about: str
    resource: str
    grant: str


def read(body: str) -> Told:
    """``body`` is the canonical JSON that was signed."""
    return told(json.loads(body))


def told(entry: Mapping[str, Any]) -> Told:
    actor = entry["actor"]
    return Told(
        at=datetime.fromisoformat(entry["at"]),
        who=" ".join(filter(None, (actor["organization_name"], actor["name"]))),
        verb=entry["action"],
        words=action_words(entry["action"]),
        refused=entry["outcome"] == "refused",
        basis=entry["basis"],
        law=_law(entry["basis"]),
        lines=tuple((label, text) for label, text in _lines(entry, actor).items() if text),
        parties=tuple(entry["parties"]),
        digests=tuple(sorted(entry["digests"].items())),
        details=tuple(
            (name, _(_DETAILS[name]) if name in _DETAILS else "", text) for name, text in sorted(entry["detail"].items()) if text
        ),
        about=entry["about"],
        resource=entry["resource"],
        grant=entry["grant"],
    )


def _lines(entry: Mapping[str, Any], actor: Mapping[str, str]) -> dict[str, str]:
    counts = [f"{_(_COUNTS[name]) if name in _COUNTS else name} {value}" for name, value in sorted(entry["counts"].items())]
    return {
        _("身份"): _kind(actor),
        _("结果"): _(OUTCOMES.get(entry["outcome"], entry["outcome"])),
        _("理由"): entry["reason"],
        _("事项编号"): entry["about"],
        _("信息资源"): entry["resource"],
        _("授权"): entry["grant"],
        _("用途"): entry["purpose"],
        _("办件编号"): entry["case"],
        _("查询对象"): _("以密钥摘要记录，不留号码") if entry["subject"] else "",
        _("数量"): "；".join(counts),
        _("规则版本"): entry["rule_set"],
        _("请求编号"): entry["request_id"],
    }


def _kind(actor: Mapping[str, str]) -> str:
    kinds = {"person": _("本人持证书办理"), "system": _(str(Role.SYSTEM.label)), "platform": _(str(Role.PLATFORM.label))}
    shown = kinds.get(actor["kind"], actor["kind"])
    tail = _("证书指纹尾号 %(tail)s") % {"tail": actor["certificate"][-8:]} if actor["certificate"] else ""
    return "；".join(filter(None, (shown, tail, _("代岗") if actor["standing_in_for"] else "")))


def names(parties: Collection[str]) -> str:
    """Names of the organizations that may see it; an id that names none (any more) stays as it is."""
    ids = [party for party in parties if _UUID.fullmatch(party)]
    known = {str(key): name for key, name in Organization.objects.filter(pk__in=ids).values_list("pk", "name")}
    return "、".join(known.get(party, party) for party in parties)


def _law(basis: str) -> str:
    try:
        return convention(basis).text if basis.startswith("PC-") else cite(basis).text
    except (KeyError, LookupError, ValueError):
        return ""
