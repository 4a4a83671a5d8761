"""Numbers with check digits: 统一社会信用代码 (GB 32100 around GB 11714) and 公民身份号码 (GB 11643)."""

from datetime import date

_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"  # GB 32100: without I, O, S, V, Z
_VALUE = {character: value for value, character in enumerate(_ALPHABET)}
_USCC_WEIGHTS = tuple(pow(3, place, 31) for place in range(17))
_ORGANIZATION_ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"  # GB 11714
_ORGANIZATION_VALUE = {character: value for value, character in enumerate(_ORGANIZATION_ALPHABET)}
_ORGANIZATION_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)
_RESIDENT_WEIGHTS = tuple(pow(2, 17 - place, 11) for place in range(17))
_RESIDENT_CHECK = "10X98765432"
_SPREAD = 104_729  # a prime that is no factor of 31**6: neighbours get numbers far apart, and no two the same


def credit_code(serial: int, *, region: str, kind: str = "91") -> str:
    """18 characters: registering body and kind, region, organization code ``XN…`` that was never issued, check character.

    ``kind``: 91 enterprise, 93 farmers' cooperative, 92 sole trader, 11 government body. One ``serial`` (below 31**6), one code.
    """
    body = f"XN{_base31(serial * _SPREAD % 31**6)}"
    remainder = sum(_ORGANIZATION_VALUE[c] * weight for c, weight in zip(body, _ORGANIZATION_WEIGHTS, strict=True)) % 11
    code = f"{kind}{region}{body}{'0123456789X0'[11 - remainder]}"
    return code + _ALPHABET[-sum(_VALUE[c] * weight for c, weight in zip(code, _USCC_WEIGHTS, strict=True)) % 31]


def resident_number(serial: int, *, region: str, born: date) -> str:
    """18 characters: region, birthday, a three-digit order (odd for men), check character."""
    code = f"{region}{born:%Y%m%d}{serial % 1000:03d}"
    return code + _RESIDENT_CHECK[sum(int(digit) * weight for digit, weight in zip(code, _RESIDENT_WEIGHTS, strict=True)) % 11]


def _base31(number: int) -> str:
    digits = ""
    for _ in range(6):
        number, digit = divmod(number, 31)
        digits = _ALPHABET[digit] + digits
    return digits
