"""State secrets stay outside (CD2016-5.4): what bears a secrecy marking 「密级标志」 is refused, and its content goes nowhere.

A marking is what secrecy rules put on a carrier: ``秘密★``, ``机密★10年``, ``【绝密】``, ``密级：秘密``, a line or a whole field that
says nothing else, a file name that begins or ends with it. The words in ordinary prose (商业秘密, 国家秘密, 秘密投票) are none.
"""

import re
import unicodedata
from collections.abc import Mapping
from typing import ClassVar

from govshare.kernel.errors import Refused
from govshare.regulation.articles import cite

BASIS = cite("CD2016-5.4")


class HandleAsSecret(Refused):
    """Take it away and handle it by the secrecy rules; nothing was kept here."""

    status_code: ClassVar[int] = 422


_UNSEEN = re.compile("[\u00ad\u200b-\u200f\u2060\ufeff]")
_BLANKS = re.compile(r"\s+")
_VARIANTS = str.maketrans({"祕": "秘", "機": "机", "絕": "绝", "級": "级", "⭐": "★", "☆": "★", "✩": "★", "✪": "★", "✭": "★", "✮": "★"})

_MARK = r"(?<!商业)(?<!技术)(?<!工作)(?<!企业)(?<!个人)(?<![非无])(?:国家)?[秘机绝] ?密"
_TERM = r" ?(?:\d{1,3} ?(?:年|个月|天|日)|长期|启用前|公布前|至\d)"
_LABEL = r"(?:密 ?级|(?:涉密|定密|保密|秘密|安全保密)(?:等级|级别|程度))(?:标[识志])?"
_THIS = r"本(?:件|文件|数据|资料|信息|资源|表|目录|材料|卷|图)"
_OPEN, _CLOSE = r"[【\[(〔〖{<]", r"[】\])〕〗}>]"
_MARKINGS = re.compile(
    "|".join(
        (
            rf"^ ?{_OPEN}* ?{_MARK} ?(?:级|件|[!！。.]|{_TERM})? ?{_CLOSE}* ?$",  # alone on its line
            rf"{_MARK} ?级? ?★",
            rf"{_MARK} ?级? ?\*{_TERM}",
            rf"{_OPEN} ?{_MARK} ?级? ?(?:[·,:]?{_TERM})? ?{_CLOSE}",
            rf"{_LABEL} ?(?:[:=]|为|是|定为)? ?[\"'“‘【\[(]? ?{_MARK}(?! ?级? ?[、/,|或和及])",
            rf"{_THIS}(?:属于|属|为|系|定为|列为) ?{_MARK}(?= ?(?:级|件|事项|信息|资料|数据|[。;,.]|$))",
            rf"^ ?{_MARK} ?[-_—+]",  # a file name
            rf"[-_—+] ?{_MARK} ?级? ?(?:\.[A-Za-z0-9]{{1,5}})? ?$",
        )
    ),
    re.MULTILINE,
)
_CLASSIFIED = re.compile(r"(?:国家)?[秘机绝]密")


def _plain(text: str) -> str:
    """Full width to half width, variants to one form, what nobody sees left out, one blank for many, line ends as ``\\n``."""
    text = _UNSEEN.sub("", unicodedata.normalize("NFKC", text)).translate(_VARIANTS)
    return "\n".join(_BLANKS.sub(" ", line).strip() for line in text.splitlines())


def is_marked(text: str) -> bool:
    """Whether ``text`` bears a secrecy marking."""
    return _MARKINGS.search(_plain(text)) is not None


def is_classified(classification: str) -> bool:
    """Whether the value of a field for the secrecy class 「密级」 is 秘密 or above."""
    return _CLASSIFIED.match(re.sub(r"\s", "", _plain(classification)).lstrip("【[(〔〖\"'“‘")) is not None


def refuse_secret(fields: Mapping[str, str], *, classification: str = "") -> None:
    """Raise ``HandleAsSecret`` when a field bears a marking; it names the place (the field's key) and never the content."""
    place = "classification" if is_classified(classification) else next((key for key, value in fields.items() if is_marked(value)), "")
    del fields, classification  # a traceback that prints local variables finds nothing here
    if place:
        raise HandleAsSecret(
            f"“{place}”标有国家秘密标志，不得在本平台登记、存储或传输；内容未保存。请撤出该信息，按保密规定处理，并报告本单位保密机构",
            basis=BASIS,
            detail={"place": place},
        )
