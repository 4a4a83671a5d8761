"""CSV in UTF-8 or GB18030, whatever program wrote it: the encoding is found by decoding all of it, piece by piece."""

import codecs
import csv
import io
from collections.abc import Generator
from typing import BinaryIO

from govshare.hosting.files.refusing import refused
from govshare.hosting.rules.values import LONGEST, Cell

_PIECE = 1024 * 1024  # bytes
_MARKS = {codecs.BOM_UTF8: "utf-8-sig", codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}


def rows(file: BinaryIO) -> Generator[tuple[int, list[Cell]]]:
    """Number of the record, and its cells, the header first; raises ``Invalid`` for what is no table of text."""
    encoding = _encoding(file)
    file.seek(0)
    text = io.TextIOWrapper(file, encoding=encoding, newline="")
    try:
        first = text.readline(LONGEST)
        delimiter = max(",\t;", key=first.count)
        text.seek(0)
        csv.field_size_limit(LONGEST)
        for number, record in enumerate(csv.reader(text, delimiter=delimiter), 1):
            yield number, list(record)
    except csv.Error:
        raise refused("有一格过长，或引号没有成对，请核对后再上传") from None
    finally:
        text.detach()


def _encoding(file: BinaryIO) -> str:
    file.seek(0)
    head = file.read(3)
    marked = next((encoding for mark, encoding in _MARKS.items() if head.startswith(mark)), "")
    wrong = 0
    for encoding in (marked,) if marked else ("utf-8", "gb18030"):
        fault = _first_fault(file, encoding)
        if fault is None:
            return encoding
        wrong = wrong or fault
    raise refused(f"既不是 UTF-8 也不是 GB18030 编码（第 {wrong} 行起无法识别），请另存为 UTF-8 的 CSV 后再上传")


def _first_fault(file: BinaryIO, encoding: str) -> int | None:
    """The line that does not decode, or None when all do."""
    decoder = codecs.getincrementaldecoder(encoding)()
    file.seek(0)
    line = 1
    while piece := file.read(_PIECE):
        try:
            decoder.decode(piece)
        except UnicodeDecodeError as error:
            return line + piece[: error.start].count(b"\n")
        line += piece.count(b"\n")
    try:
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return line
    return None
