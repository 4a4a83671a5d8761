"""The provider's answer, item by item: what is given, what is given less of, and because of what (CD2016-22, 25.2; PC-43). Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING
from uuid import UUID

from govshare.catalog.rules.choices import Mode
from govshare.connectors import Treatment
from govshare.kernel.choices import TextChoices
from govshare.kernel.errors import Fault
from govshare.regulation.articles import cite
from govshare.regulation.conventions import convention
from govshare.sharing.rules.elements import CALLED, Elements, RowCondition, condition_faults

if TYPE_CHECKING:
    from govshare.catalog.queries import ListedItem

NO_REFUSAL = cite("CD2016-22")
LESS_THAN_ASKED = convention("PC-43")
_SHORTEST_QUOTE, _LONGEST_QUOTE = 4, 2000  # characters; less than four are found in any text
_MOST_CONDITIONS = 20


class Verdict(TextChoices):
    """What becomes of one item asked for."""

    PLAIN = Treatment.PLAIN.value, "明文提供"
    MASK = Treatment.MASK.value, "掩码提供"
    KEYED_HASH = Treatment.KEYED_HASH.value, "以摘要提供"
    QUERY_KEY = Treatment.QUERY_KEY.value, "仅作查询键"
    REFUSED = "refused", "不予提供"


@dataclass(frozen=True, slots=True, kw_only=True)
class Because:
    """Why less is given than asked: a ground of the register 「法定事由」, or the words of the published terms 「共享条件」."""

    ground: UUID | None = None
    quote: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemAnswer:
    """``head`` and ``tail``: characters a mask leaves readable at either end."""

    item: UUID
    verdict: str = Verdict.PLAIN
    head: int = 0
    tail: int = 0
    because: Because | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """``None`` for users, quota or end date: as asked. ``conditions`` come on top of those asked for."""

    items: tuple[ItemAnswer, ...]
    conditions: tuple[RowCondition, ...] = ()
    users: tuple[str, ...] | None = None
    quota_per_day: int | None = None
    ends_on: date | None = None
    case_number_required: bool = False  # also where the demand did not ask for it
    because: Because | None = None  # for users, rows, calls or time that are less than asked
    opinion: str = ""

    def grounds(self) -> set[UUID]:
        reasons = [answer.because for answer in self.items] + [self.because]
        return {reason.ground for reason in reasons if reason and reason.ground}

    def texts(self) -> dict[str, str]:
        """Everything a person typed, by place, for the secrecy check (CD2016-5.4)."""
        fields = {"opinion": self.opinion} | {f"users[{n}]": user for n, user in enumerate(self.users or ())}
        return fields | {f"conditions[{n}]": " ".join(row.values) for n, row in enumerate(self.conditions)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What the decision answers: the demand's elements, its calls per day, and the entry's published terms and items."""

    elements: Elements
    quota_per_day: int | None
    terms: str
    items: Mapping[UUID, "ListedItem"]


def unfounded(decision: Decision, asked: Asked) -> list[Fault]:
    """Places where less is given than asked and nothing of the law or the published terms says why: refusals without ground."""
    return [*_unfounded_items(decision, asked), *_unfounded_terms(decision, asked)]


def _unfounded_items(decision: Decision, asked: Asked) -> Iterator[Fault]:
    for n, answer in enumerate(decision.items):
        if answer.verdict == Verdict.REFUSED and not (answer.because and answer.because.ground):
            yield Fault(f"items[{n}].because", "不提供这一信息项须选择登记在册、可据以拒绝的法定依据")
        elif answer.verdict != Verdict.PLAIN and not _founded(answer.because, asked.terms):
            yield Fault(f"items[{n}].because", "不以明文提供等于部分拒绝，须选择法定依据，或摘录共享目录已公布的共享条件")


def _unfounded_terms(decision: Decision, asked: Asked) -> Iterator[Fault]:
    less = narrower(decision, asked)
    if less and not _founded(decision.because, asked.terms):
        yield Fault("because", f"{'、'.join(less)}少于所求，须选择法定依据，或摘录共享目录已公布的共享条件")


def narrower(decision: Decision, asked: Asked) -> list[str]:
    """Which terms are less than asked, in the reader's words."""
    elements = asked.elements
    checks = {
        "使用对象": decision.users is not None and set(decision.users) != set(elements.users),
        "记录范围": bool(set(decision.conditions) - set(elements.conditions)),
        "日调用量": decision.quota_per_day is not None and (asked.quota_per_day is None or decision.quota_per_day < asked.quota_per_day),
        "期限": decision.ends_on is not None and elements.ends_on is not None and decision.ends_on < elements.ends_on,
    }
    return [label for label, less in checks.items() if less]


def _founded(because: Because | None, terms: str) -> bool:
    if because is None:
        return False
    return because.ground is not None or quoted(because.quote, terms)


def quoted(quote: str, terms: str) -> bool:
    """Whether ``quote`` stands in the published ``terms`` (white space aside)."""
    words = "".join(quote.split())
    return len(words) >= _SHORTEST_QUOTE and words in "".join(terms.split())


def faults(decision: Decision, asked: Asked, *, today: date) -> list[Fault]:
    """What is wrong with the decision, grounds aside."""
    return [*_item_faults(decision, asked), *_term_faults(decision, asked, today), *_quote_faults(decision, asked)]


def _quote_faults(decision: Decision, asked: Asked) -> Iterator[Fault]:
    reasons = {f"items[{n}].because.quote": answer.because for n, answer in enumerate(decision.items)} | {"because.quote": decision.because}
    for place, because in reasons.items():
        if because and because.quote and not (len(because.quote) <= _LONGEST_QUOTE and quoted(because.quote, asked.terms)):
            yield Fault(place, f"摘录须是需求提出时已公布的共享条件中的原文，{_SHORTEST_QUOTE} 到 {_LONGEST_QUOTE} 个字符")


def _item_faults(decision: Decision, asked: Asked) -> Iterator[Fault]:
    wanted, answered = list(asked.elements.items), [answer.item for answer in decision.items]
    if sorted(wanted) != sorted(answered):
        yield Fault("items", "请对所需的每个信息项各答复一次，不多不少")
        return
    for n, answer in enumerate(decision.items):
        yield from (Fault(f"items[{n}]", message) for message in _answer_faults(answer, asked))
    if not any(answer.verdict not in {Verdict.REFUSED, Verdict.QUERY_KEY} for answer in decision.items):
        yield Fault("items", "没有一项可以取得：全部不予提供的，请用“不予提供”并选择法定依据")


def _answer_faults(answer: ItemAnswer, asked: Asked) -> Iterator[str]:
    item = asked.items[answer.item]
    if answer.verdict not in Verdict.values:
        yield f"“{item.name}”的答复应为：{'、'.join(Verdict.values)}"
        return
    if answer.verdict != Verdict.MASK and (answer.head or answer.tail):
        yield f"“{item.name}”不作掩码，不填保留的字符数"
    if answer.verdict == Verdict.MASK and not (0 <= answer.head <= 100 and 0 <= answer.tail <= 100):
        yield f"“{item.name}”的掩码两端各保留 0 到 100 个字符"
    elif answer.verdict == Verdict.MASK and item.length and answer.head + answer.tail >= item.length:
        yield f"“{item.name}”长 {item.length}，掩码两端保留的字符应少于此数"
    if answer.verdict == Verdict.QUERY_KEY and asked.elements.mode not in CALLED:
        yield f"“{item.name}”只有在信息查询和接口服务中才能仅作查询键"


def _term_faults(decision: Decision, asked: Asked, today: date) -> Iterator[Fault]:
    elements = asked.elements
    if decision.users is not None and not (decision.users and set(decision.users) <= set(elements.users)):
        yield Fault("users", "使用对象应在所求的使用对象之内，且不能空缺")
    if decision.ends_on is not None and not (today < decision.ends_on <= (elements.ends_on or date.max)):
        yield Fault("ends_on", "截止时间应在今天之后，且不晚于所求的截止时间")
    if decision.quota_per_day is not None and elements.mode not in CALLED:
        yield Fault("quota_per_day", f"{Mode(elements.mode).label}不按日调用量计")
    elif decision.quota_per_day is not None and decision.quota_per_day < 1:
        yield Fault("quota_per_day", "日调用量应为正整数")
    if len(decision.conditions) > _MOST_CONDITIONS:
        yield Fault("conditions", f"最多 {_MOST_CONDITIONS} 个记录条件")
    yield from condition_faults(decision.conditions, dict(asked.items))
