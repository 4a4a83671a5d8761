"""A wheel without the portal's styles, scripts and icons is none: it is refused, and says what to run."""

from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

MANIFEST = "src/govshare/portal/assets/staticfiles.json"


class Whole(BuildHookInterface):
    """Asked before anything is packed; an editable installation takes the files from where they are."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002 - as hatchling calls it
        if version != "editable" and not (Path(self.root) / MANIFEST).exists():
            raise SystemExit(
                "门户的样式、脚本和图标还没有生成：请用 make wheel 打包。"
                "/ The portal's styles, scripts and icons are not built yet: build the wheel with make wheel."
            )
