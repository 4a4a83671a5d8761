"""A receipt file verified, check by check, by the very program that anybody may run offline (``audit.verifier``)."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from govshare.audit import queries, verifier
from govshare.audit.log import open_log
from govshare.audit.models import Entry
from govshare.audit.rules import receipt_number
from govshare.kernel.errors import NotFound
from govshare.portal.receipts.reading import Told, told


@dataclass(frozen=True, slots=True)
class Check:
    """``holds`` None: not looked at, because something before it did not hold."""

    label: str
    text: str = ""
    holds: bool | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """``stage`` 1 is the promise, 2 the proof; ``number`` empty while the receipt names no entry of this log."""

    checks: tuple[Check, ...]
    stage: int = 0
    told: Told | None = None
    number: str = ""
    index: int = -1
    size: int = -1
    by: datetime | None = None
    leaf: str = ""
    cosigned: tuple[tuple[str, datetime], ...] = ()  # witnesses, and when they cosigned
    stamped_at: datetime | None = None

    @property
    def holds(self) -> bool:
        return all(check.holds for check in self.checks)


@dataclass(slots=True)
class _Looking:
    """What the checks find out, one after the other."""

    content: bytes
    trust: verifier.Trust = field(default_factory=lambda: open_log().trust())
    first: str = ""
    verified: verifier.Verified | None = None
    number: str = ""

    def shape(self) -> str:
        self.first = self.content.partition(b"\n")[0].decode("utf-8", "replace")
        if self.first == verifier.PROOF:
            return _("第二阶段回执：入日志的证明")
        if self.first == f"{self.trust.origin}/promise":
            return _("第一阶段回执：平台签名的承诺")
        raise verifier.Altered("第一行既不是本日志的承诺，也不是证明", "the first line is neither this log's promise nor a proof")

    def signature(self) -> str:
        text = self.content.decode("utf-8")
        if self.first == verifier.PROOF:
            size = verifier.open_checkpoint(text.partition("\n\n")[2], self.trust).size
            return _("检查点由本平台签名，共 %(size)s 条") % {"size": size}
        verifier.open_statement(text, self.first, self.trust)
        return _("承诺由本平台签名")

    def whole(self) -> str:
        self.verified = verifier.verify(self.content, self.trust)
        if self.verified.stage == 1:
            return _("记录内容与承诺的哈希一致")
        return _("记录内容经证明路径推出检查点的根，与签名的一致：是日志的第 %(index)s 条") % {"index": self.verified.index}

    def standing(self) -> str:
        """Whether the log as it is now still holds the very same entry."""
        held = self._kept()
        if self.trust.tree.leaf(held.body.encode()) != self._proved.leaf:
            raise verifier.Altered("平台现存的这一条与回执不同：平台的记录被改动", "the platform's own entry differs from the receipt")
        self.number = receipt_number(held.batch, held.ordinal)
        return _("平台现存的记录与回执逐字节相同，回执号 %(number)s") % {"number": self.number}

    def _kept(self) -> Entry:
        proved = self._proved
        try:
            return queries.at_index(proved.index) if proved.stage == 2 else queries.find(proved.number)
        except NotFound:
            raise verifier.Altered("平台现存的日志中没有这一条", "the platform's log does not hold this entry") from None

    @property
    def _proved(self) -> verifier.Verified:
        if self.verified is None:
            raise TypeError("the receipt was not verified before")
        return self.verified


def verify(content: bytes) -> Outcome:
    """Every check on a receipt file, in order; after the first that fails the rest are not looked at."""
    looking = _Looking(content)
    steps: tuple[tuple[str, Callable[[], str]], ...] = (
        (_("是一份回执"), looking.shape),
        (_("签名成立"), looking.signature),
        (_("内容没有改动"), looking.whole),
        (_("与现存日志一致"), looking.standing),
    )
    checks: list[Check] = []
    for label, step in steps:
        checks.append(_look(label, step) if all(check.holds for check in checks) else Check(label))
    return _outcome(tuple(checks), looking)


def _look(label: str, step: Callable[[], str]) -> Check:
    try:
        return Check(label, step(), holds=True)
    except verifier.Altered as altered:
        return Check(label, altered.english if get_language() == "en" else altered.chinese, holds=False)
    except UnicodeDecodeError:
        return Check(label, _("不是 UTF-8 文字"), holds=False)


def _outcome(checks: tuple[Check, ...], looking: _Looking) -> Outcome:
    outcome, proved = Outcome(checks), looking.verified
    if proved is None:
        return outcome
    return replace(
        outcome,
        stage=proved.stage,
        told=told(proved.entry),
        number=looking.number or proved.number,
        index=proved.index,
        size=proved.size,
        by=datetime.fromisoformat(proved.by) if proved.by else None,
        leaf=proved.leaf.hex(),
        cosigned=_cosigned(proved),
        stamped_at=_stamped_at(proved),
    )


def _cosigned(proved: verifier.Verified) -> tuple[tuple[str, datetime], ...]:
    lines = proved.checkpoint.cosigned if proved.checkpoint else ()
    return tuple((one.name, datetime.fromtimestamp(one.time, UTC)) for one in lines)


def _stamped_at(proved: verifier.Verified) -> datetime | None:
    """The authority's answer was verified when it came."""
    stamp = queries.stamped(proved.index) if proved.checkpoint else None
    return stamp.at if stamp and stamp.size == proved.size else None
