"""The way from a leaf to the root as a drawing, made on the server."""

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from govshare.portal.integrity.path import Path

register = template.Library()
WIDTH, ROW, MIDDLE, REACH = 300, 46, 150, 62


@register.simple_tag
def proof_picture(path: Path) -> SafeString:
    """From the entry's leaf at the bottom to the signed root at the top; what stands beside it is given by the proof."""
    height = ROW * (len(path.steps) + 1) + 16
    places = [(MIDDLE, height - 22)]
    lines, siblings = [], []
    for step in path.steps:
        (x, y), shift = places[-1], REACH if step.side == "right" else -REACH
        parent = (MIDDLE + (x - MIDDLE + shift // 2) // 2, y - ROW)
        beside = (x + shift, y)
        lines += [(x, y, *parent), (*beside, *parent)]
        siblings.append((*beside, step.number, step.beside_low, step.beside_high - 1))
        places.append(parent)
    label = _("从第 %(index)s 条记录到签名的根，共 %(n)s 步；左侧逐步列出每个哈希") % {"index": path.index, "n": len(path.steps)}
    return format_html(
        '<svg class="proof-p" viewBox="0 0 {} {}" role="img" aria-label="{}">{}{}{}</svg>',
        WIDTH,
        height,
        label,
        format_html_join("", '<line x1="{}" y1="{}" x2="{}" y2="{}"/>', lines),
        format_html_join(
            "", '<g class="sib"><rect x="{}" y="{}" width="12" height="12" rx="2"/><title>{}：{}–{}</title></g>', _squares(siblings)
        ),
        format_html_join("", '<circle class="{}" cx="{}" cy="{}" r="7"/>', _circles(places)),
    )


def _squares(siblings: list[tuple[int, int, int, int, int]]) -> list[tuple[int, int, int, int, int]]:
    return [(x - 6, y - 6, number, low, high) for x, y, number, low, high in siblings]


def _circles(places: list[tuple[int, int]]) -> list[tuple[str, int, int]]:
    last = len(places) - 1
    return [("leaf" if n == 0 else "root" if n == last else "on", x, y) for n, (x, y) in enumerate(places)]
