"""Sphinx settings: MyST pages that also read well raw."""

project = "锦享 GovShare"
author = "the GovShare authors"
extensions = ["myst_parser"]
source_suffix = {".md": "markdown"}
master_doc = "index"
html_theme = "alabaster"
html_theme_options = {"description": "政务信息资源共享平台", "fixed_sidebar": True}
myst_enable_extensions = ["colon_fence", "deflist"]
myst_heading_anchors = 3
exclude_patterns = ["evidence-format/README.md"]
suppress_warnings = ["misc.highlighting_failure"]  # state diagrams are Mermaid text, which Pygments cannot colour
