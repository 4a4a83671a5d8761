"""One way to read both kinds of file: numbered rows of cells."""

from collections.abc import Generator
from contextlib import closing
from dataclasses import dataclass
from typing import BinaryIO

from govshare.hosting.files import csv, xlsx
from govshare.hosting.files.refusing import refused
from govshare.hosting.rules.values import Cell
from govshare.regulation.files import FileType


@dataclass(frozen=True, slots=True)
class Row:
    """``number`` counts from 1, as a spreadsheet does; blank rows are left out but counted."""

    number: int
    cells: list[Cell]


def opened(name: str, file: BinaryIO) -> Generator[Row]:
    """To be closed. The rows of ``file``, the header first; its kind is what its name ends with, and its content has to agree."""
    extension = name.rpartition(".")[2].lower()
    file.seek(0)
    packed = file.read(2) == b"PK"
    match extension, packed:
        case FileType.CSV, False:
            numbered = csv.rows(file)
        case FileType.XLSX, True:
            numbered = xlsx.rows(file)
        case ((FileType.CSV | FileType.XLSX), _):
            raise refused("的内容与扩展名不符，请用原格式另存后再上传")
        case _:
            raise refused("只收 .csv 和 .xlsx")
    with closing(numbered):
        for number, cells in numbered:
            if any(cells):
                yield Row(number, cells)
