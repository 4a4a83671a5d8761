"""What hosting's pages say in their own words."""

from django import template

from govshare.portal.receipts.words import action_words

register = template.Library()


@register.filter
def deed(action: str) -> str:
    """``hosting:row:add`` → 新增托管数据行."""
    return action_words(action)
