"""What a person writes in an act, a reason or an opinion: one way to take it."""

from govshare.kernel.errors import Basis, Fault, Invalid
from govshare.regulation.secrecy import refuse_secret

LONGEST_REASON = 500  # characters; what most columns for a reason are for


def said(place: str, text: str, *, basis: Basis, what: str = "理由", longest: int = LONGEST_REASON, required: bool = True) -> str:
    """``text`` without outer blanks. ``Invalid`` at ``place`` when it is missing, longer than ``longest`` characters or has a NUL;
    ``HandleAsSecret`` when it bears a secrecy marking (CD2016-5.4)."""
    words = text.strip()
    if required and not words:
        raise Invalid(f"请写明{what}", basis=basis, faults=[Fault(place, "必填")])
    if len(words) > longest or "\0" in words:
        raise Invalid(f"{what}过长或含有空字符", basis=basis, faults=[Fault(place, f"最多 {longest} 个字符，且不能含空字符")])
    refuse_secret({place: words})
    return words
