"""Values of hosted rows as people read them."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from govshare.hosting.rules.columns import HostedColumn

_TRUTHS = {"true": gettext_noop("是"), "false": gettext_noop("否")}


def shown(column: HostedColumn, value: object) -> str | None:
    """As it is; a truth in a word."""
    if value is None:
        return None
    text = str(value)
    return _(_TRUTHS.get(text.lower(), text)) if column.type == "L" else text
