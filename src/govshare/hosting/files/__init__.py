"""Uploaded files, read row by row and never whole (CD2016-27; PC-152). What is hostile or broken is refused in words."""

from govshare.hosting.files.rows import Row, opened

__all__ = ["Row", "opened"]
