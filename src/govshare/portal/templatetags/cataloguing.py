"""Pieces of the catalog's own pages: a field with what was said about it, the place for a remark, words of an item."""

from collections.abc import Mapping
from typing import Any

from django import template

from govshare.catalog.rules.choices import ItemType, Sensitivity
from govshare.portal.cataloguing.words import label

register = template.Library()


@register.inclusion_tag("portal/cataloguing/part_field.html")
def part_field(bound: Any, remarks: Mapping[str, list[str]]) -> Mapping[str, object]:
    """A field of one part of an entry, and below it what a return asked to correct there."""
    return {"bound": bound, "said": remarks.get(bound.name, [])}


@register.inclusion_tag("portal/cataloguing/remark_input.html")
def remark_input(place: str, label: str, typed: Mapping[str, str]) -> Mapping[str, object]:
    """Where a remark on ``place`` is typed; it is sent with the form called ``verdict``."""
    return {"place": place, "label": label, "typed": typed.get(place, "")}


@register.filter
def item_type(value: str) -> str:
    return label(ItemType, value)


@register.filter
def sensitivity(value: str) -> str:
    return label(Sensitivity, value)
