"""What the platform needs from others to work lawfully: certificate authorities, the work calendar, a text in force."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from govshare.duties import queries as duties
from govshare.duties.models import WorkYear
from govshare.kernel.clock import LOCAL, local_date
from govshare.operations.doctor.findings import Finding, bad, ok, warn
from govshare.organizations import queries as organizations
from govshare.organizations.models import TrustAnchor
from govshare.organizations.queries.trust import LateList

SOON = timedelta(days=60)
ANNOUNCED_BY = 12  # the State Council announces a year's holidays by the end of the November before


def anchors(now: datetime) -> Iterator[Finding]:
    """Without a trust anchor and a fresh revocation list nobody gets in (CD2016-35)."""
    trusted = list(TrustAnchor.objects.filter(withdrawn_at=None).order_by("name"))
    if not trusted:
        yield bad(
            "没有信任锚，任何证书都不能登录",
            "no trust anchor: no certificate is accepted",
            mend=(
                "请执行 govshare init，或由安全管理员载入证书签发机构的根证书",
                "run govshare init, or let the security administrator load one",
            ),
        )
    late = {case.anchor.pk: case for case in organizations.late_lists(now=now)}
    for anchor in trusted:
        yield _anchor(anchor, now)
        yield _list(anchor, late.get(anchor.pk), now)


def _anchor(anchor: TrustAnchor, now: datetime) -> Finding:
    mend = ("请向签发机构索取新的根证书并载入", "ask the authority for its new certificate and load it")
    if anchor.not_after <= now:
        return bad(f"信任锚“{anchor.name}”已过期", "a trust anchor has expired", mend=mend)
    if anchor.not_after - now < SOON:
        return warn(f"信任锚“{anchor.name}”将于 {anchor.not_after:%Y-%m-%d} 到期", "a trust anchor expires soon", mend=mend)
    return ok(f"信任锚“{anchor.name}”有效至 {anchor.not_after:%Y-%m-%d}", "trust anchor valid")


def _list(anchor: TrustAnchor, late: LateList | None, now: datetime) -> Finding:
    mend = ("请立即从签发机构取得最新吊销列表并载入", "load the newest list from the authority at once")
    if late is None:
        return ok(f"“{anchor.name}”的吊销列表未过期", "revocation list fresh")
    what = f"“{anchor.name}”的吊销列表已过期" if late.revocation_list else f"“{anchor.name}”没有吊销列表"
    if late.refused_from <= now:
        return bad(f"{what}，其证书已被拒绝", "no timely revocation list: its certificates are refused", mend=mend)
    until = late.refused_from.astimezone(LOCAL)
    return warn(f"{what}，{until:%Y-%m-%d %H:%M} 起拒绝其证书", "its certificates will be refused from then on", mend=mend)


def calendar(now: datetime) -> Iterator[Finding]:
    today = local_date(now)
    loaded = set(WorkYear.objects.values_list("year", flat=True))
    mend = ("请由主管部门载入国务院公布的节假日安排", "the authority loads the State Council's announcement")
    if today.year not in loaded:
        yield bad(f"没有 {today.year} 年的工作日历，时限均为暂定", "no work calendar for this year: all terms are provisional", mend=mend)
    elif today.month >= ANNOUNCED_BY and today.year + 1 not in loaded:
        yield warn(f"没有 {today.year + 1} 年的工作日历，跨年时限为暂定", "next year's work calendar is missing", mend=mend)
    else:
        yield ok(f"工作日历已载入至 {max(loaded)} 年", "work calendar loaded")


def rule_set(now: datetime) -> Iterator[Finding]:
    """Working on under a lapsed text needs the act that carries it on (CD2016-42)."""
    status = duties.rule_set_status(now)
    if status.may_order:
        yield ok(status.text, "the rules are in force")
    else:
        yield warn(
            status.text, "trial only", mend=("请由主管部门登记延续或替代文件", "the authority files the act that prolongs or replaces it")
        )
