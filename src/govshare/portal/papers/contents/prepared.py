"""A form ready to be issued, and what its builders have in common: words for empty, days, names."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from govshare.connectors import Operator
from govshare.kernel.clock import LOCAL
from govshare.papers.rules.forms import Form
from govshare.papers.rules.kinds import PaperKind
from govshare.sharing.rules.elements import RowCondition

EMPTY = "—"


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """``parties`` are ids of the organizations that may see the paper; ``resource`` the code of the entry, if there is one."""

    kind: PaperKind
    about: str
    form: Form
    parties: tuple[str, ...]
    resource: str = ""


def shown(text: object) -> str:
    """What a cell holds; a dash for what was not stated."""
    return str(text).strip() or EMPTY if text is not None else EMPTY


def listing(texts: Sequence[str]) -> str:
    return "、".join(texts) or EMPTY


def yes(value: object) -> str:
    return "是" if value else "否"


def day(value: date | None) -> str:
    """``2026年11月23日``."""
    return f"{value.year}年{value.month}月{value.day}日" if value else EMPTY


def moment(value: datetime) -> str:
    """``2026年11月23日 09:05``, in Chengdu."""
    local = value.astimezone(LOCAL)
    return f"{day(local.date())} {local:%H:%M}"


def signed(name: str, organization: str, at: datetime) -> str:
    """Who decided on the platform, and when."""
    return f"{organization} {name} {moment(at)}".strip()


def condition_words(row: RowCondition, names: dict[str, str]) -> str:
    """``登记状态 等于 存续``; ``names`` maps an item's id to its name."""
    return f"{names.get(str(row.item), EMPTY)} {Operator(row.operator).label} {'、'.join(row.values)}".strip()
