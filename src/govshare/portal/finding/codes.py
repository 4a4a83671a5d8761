"""The address of an information resource: its code 「信息资源代码」, slash included, e.g. ``306001/000127``."""

from django.urls import register_converter


class EntryCode:
    regex = r"[123][0-9]{5,40}/[0-9]{1,20}"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


register_converter(EntryCode, "code")
