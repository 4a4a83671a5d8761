"""Search words of Chinese text: overlapping pairs of characters with their positions, so that any sub-word is found as a phrase.

PostgreSQL has no Chinese parser of its own and needs none here: we build ``tsvector`` and ``tsquery`` values ourselves.

Every character has a position, and begins one word: itself and its follower, or itself alone at the end of a run. 锦江区 is
锦江:1 江区:2 区:3. So a single character is found by prefix, and a longer string as a phrase of its pairs. A Latin word or a number
takes one position. What is no letter or digit takes none, so 人口（基本）信息 is found by 人口基本. Between two fields lies a
gap that no phrase crosses.
"""

import re
import unicodedata
from collections.abc import Iterable
from itertools import pairwise

_LAST_POSITION = 16_383  # of a tsvector
_MOST_PHRASES, _MOST_TOKENS = 16, 64  # of one question
_TOKEN = re.compile(r"[a-z0-9]+|[^\W_]")  # one Latin word or number, or one character of any other script
_GAP = 2


def normal(text: str) -> str:
    """Full width to half width, capitals to small letters."""
    return unicodedata.normalize("NFKC", text).casefold()


def same_name(text: str) -> str:
    """What two names have in common that differ only by width, case, spaces or punctuation."""
    return "".join(character for character in normal(text) if character.isalnum())


def vector(fields: Iterable[tuple[str, str]]) -> str:
    """Text of a ``tsvector``; ``fields`` are pairs of a weight, A heaviest to D, and a text."""
    found: list[str] = []
    position = 0
    for weight, text in fields:
        tokens = _TOKEN.findall(normal(text))
        for token, follower in pairwise([*tokens, ""]):
            position += 1
            if position <= _LAST_POSITION:
                found.append(f"'{_word(token, follower)}':{position}{weight}")
        position += _GAP
    return " ".join(found)


def question(text: str) -> str:
    """Text of a ``tsquery``; empty when ``text`` holds nothing to look for.

    What stands together is looked for together, as a phrase; what is parted by white space must all be there.
    """
    phrases = (_TOKEN.findall(part)[:_MOST_TOKENS] for part in normal(text).split())
    return " & ".join([_phrase(tokens) for tokens in phrases if tokens][:_MOST_PHRASES])


def _word(token: str, follower: str) -> str:
    """The word that begins with ``token``: Latin words stand for themselves, other characters with a follower of their kind."""
    return token if _latin(token) or not follower or _latin(follower) else token + follower


def _phrase(tokens: list[str]) -> str:
    """Every token at its distance from the one before. The last one may go on: a character or the beginning of a word."""
    words = [_word(token, follower) for token, follower in pairwise([*tokens, ""])]
    pairs_end = len(words) > 1 and len(words[-2]) == 2 and not _latin(words[-2]) and not _latin(words[-1])
    if pairs_end:  # the last pair says it all
        words.pop()
        return "(" + " <-> ".join(f"'{word}'" for word in words) + ")"
    return "(" + " <-> ".join([*(f"'{word}'" for word in words[:-1]), f"'{words[-1]}':*"]) + ")"


def _latin(token: str) -> bool:
    return token[0].isascii()
