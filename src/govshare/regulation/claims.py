"""Which article is claimed by which code, and which is not: by a reason, never by silence.

The unit of account is the paragraph 「款」 where an article has several, else the article. It is claimed by every module that
cites it, or an item of it, and proved by every test marked with it. What nothing claims stands in ``GAPS``; ``not yet``
may also stand beside a claim, and says what is missing.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from govshare.regulation.articles import CITATION, TEXTS, Article, cite, provisions

_CITED = re.compile(rf"(?<![\w-])(?=(?:{'|'.join(TEXTS)})-){CITATION.pattern}(?![\w(])", re.ASCII)


@dataclass(frozen=True, slots=True)
class Gap:
    """Why an article is not, or not wholly, claimed by code."""

    kind: Literal["not software", "not yet"]
    reason: str


def _never(reason: str) -> Gap:
    return Gap("not software", reason)


def _later(what: str) -> Gap:
    return Gap("not yet", what)


GAPS: Mapping[str, Gap] = {
    "CD2016-1": _never("立法目的，由其后各条落实。"),
    "CD2016-2": _never("定义“政务信息资源”和“政府部门”，不设行为规则；用语见术语表。"),
    "CD2016-3": _never("适用范围：平台部署于电子政务外网、供本市各级政府部门使用，属部署事项。"),
    "CD2016-6": _later("标准与平台规则登记、检查活动及逐部门结果。"),
    "CD2016-7": _later("《共享目录》按期编号发布的版本、任意两版的差异和导出。"),
    "CD2016-8.1": _later("基础信息目录的逐项共建（牵头单位、参建单位）。"),
    "CD2016-8.2": _later("基础数据库牵头单位与主管部门共同承担的办理。"),
    "CD2016-8.3": _later("区（市）县按统一标准编制的基础信息目录。"),
    "CD2016-9": _never("全市建一个平台并由同级财政付费：是一次部署、全体部门共用，属建设与经费决定。"),
    "CD2016-10": _later("市与区（市）县两级平台互联、区（市）县目录备案并注册。"),
    "CD2016-11": _later("跨层级共享经两级平台办理、两端各留凭证。"),
    "CD2016-12.1": _later("各基础数据库的牵头单位登记（随基础信息目录共建）。"),
    "CD2016-12.2": _later("业务库表结构与目录条目偏差的发现。"),
    "CD2016-20": _later("采集信息与其他部门信息的比对、不一致反馈主管部门。"),
    "CD2016-23": _later("更新时限与实际更新的对照、到期前提醒、逾期列示。"),
    "CD2016-24": _later("信息查询、接口服务、定制处理；现有直接数据交换。"),
    "CD2016-25.2": _later("共享条件争议的协调案件和协调意见。"),
    "CD2016-28": _later("综合性服务信息的申请、双方同意与限制。"),
    "CD2016-29.3": _later("使用中发现不一致或缺失时一键反馈数据源部门。"),
    "CD2016-30": _later("维护经费台账与导出。"),
    "CD2016-32": _later("安全事件记录、报告链和时限。"),
    "CD2016-33": _later("等级保护第三级控制措施对照表。"),
    "CD2016-34": _later("异地备份与恢复演练。"),
    "CD2016-36": _later("使用效果定期反馈、提供方查看使用情况。"),
    "CD2016-37": _later("共享效果评估报告、发改与财政只读查看。"),
    "CD2016-38": _later("八种情形的案件：责令改正、期限、通报、提请处分。"),
    "CD2016-39": _later("移送记录、按保密规定清除并留销毁记录。"),
    "CD2016-41": _later("解释登记，并与所解释的条文相连。"),
}


def units(regulation: str = "CD2016") -> tuple[Article, ...]:
    """Every paragraph of articles that have several, every other article whole; in order."""
    found = []
    for number, provision in provisions(regulation).items():
        paragraphs = len(provision.paragraphs)
        endings = [f".{n}" for n in range(1, paragraphs + 1)] if paragraphs > 1 else [""]
        found += [cite(f"{regulation}-{number}{ending}") for ending in endings]
    return tuple(found)


def unit_of(citation: str) -> str:
    """The unit to which a citation speaks: itself without its item, and without ``.1`` where there is only one paragraph.

    A whole article of several paragraphs is no unit: it speaks to none of them in particular.
    """
    article, _, _ = citation.partition("(")
    whole = article.partition(".")[0]
    regulation, _, number = whole.partition("-")
    return whole if len(provisions(regulation)[int(number)].paragraphs) == 1 else article


def citations(text: str) -> set[str]:
    """All citations in a text that name something."""
    return {match[0] for match in _CITED.finditer(text)}


def claims(sources: Mapping[str, str]) -> dict[str, list[str]]:
    """Unit (or whole article) → names of the sources that cite it; ``sources`` maps a name to its text."""
    return collected((name, citations(text)) for name, text in sorted(sources.items()))


def collected(cited: Iterable[tuple[str, Iterable[str]]]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for name, all_citations in cited:
        for unit in sorted({unit_of(citation) for citation in all_citations}):
            found.setdefault(unit, []).append(name)
    return found
