"""A paper as DOCX: the same content as the page, A4, to be printed, signed and sealed."""

import io
import re
from collections.abc import Sequence

from docx import Document
from docx.document import Document as Doc
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml.ns import qn
from docx.shared import Cm, Pt
from docx.table import _Cell
from docx.text.paragraph import Paragraph

from govshare.papers.rules.forms import Form, Opinion, Table

BODY, HEADING = "仿宋", "黑体"
MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_WIDTH = Cm(16)
_UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")  # XML has no way to say these


def render(form: Form, *, number: str, issued: str, digest: str) -> bytes:
    """``number`` is the 文号, ``issued`` by whom and when, ``digest`` the SHA-256 of the content as issued."""
    document = _blank(form, number)
    _say(document.add_paragraph(), form.heading, size=22, font=HEADING, align=WD_ALIGN_PARAGRAPH.CENTER, bold=True)
    _say(document.add_paragraph(), f"文号：{number}", size=11, align=WD_ALIGN_PARAGRAPH.RIGHT)
    _grid(document, [(line.label, line.text) for line in form.lines], widths=(Cm(4.2), Cm(11.8)), labels=True)
    for table in form.tables:
        _table(document, table)
    for opinion in form.opinions:
        _opinion(document, opinion)
    for note in (*form.notes, f"出具：{issued}", f"内容摘要（SHA-256）：{digest}"):
        _say(document.add_paragraph(), note, size=9)
    _seals(document, form.seals)
    kept = io.BytesIO()
    document.save(kept)
    return kept.getvalue()


def _blank(form: Form, number: str) -> Doc:
    document = Document()
    section = document.sections[0]
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    section.left_margin = section.right_margin = Cm(2.5)
    section.top_margin = section.bottom_margin = Cm(2.2)
    document.core_properties.title = f"{form.heading} {number}"
    document.core_properties.author = document.core_properties.comments = ""
    return document


def _say(
    paragraph: Paragraph, text: str, *, size: float, font: str = BODY, align: WD_ALIGN_PARAGRAPH | None = None, bold: bool = False
) -> None:
    run = paragraph.add_run(_UNPRINTABLE.sub("", text))
    run.font.name, run.font.size, run.bold = font, Pt(size), bold
    run._element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), font)
    if align is not None:
        paragraph.alignment = align
    paragraph.paragraph_format.space_before = paragraph.paragraph_format.space_after = Pt(3)


def _grid(document: Doc, rows: Sequence[Sequence[str]], *, widths: Sequence[int], labels: bool = False) -> None:
    """``labels``: the first column is set in the heading's font; otherwise the first row is."""
    grid = document.add_table(rows=len(rows), cols=len(widths))
    grid.style = "Table Grid"
    grid.autofit = False
    for place, (row, texts) in enumerate(zip(grid.rows, rows, strict=True)):
        for column, (cell, text) in enumerate(zip(row.cells, texts, strict=True)):
            cell.width = widths[column]
            head = column == 0 if labels else place == 0
            _say(cell.paragraphs[0], text, size=10.5, font=HEADING if head else BODY)


def _table(document: Doc, table: Table) -> None:
    _say(document.add_paragraph(), table.title, size=12, font=HEADING)
    _grid(document, [table.head, *table.rows], widths=[int(_WIDTH / len(table.head))] * len(table.head))


def _opinion(document: Doc, opinion: Opinion) -> None:
    grid = document.add_table(rows=1, cols=1)
    grid.style = "Table Grid"
    cell = grid.rows[0].cells[0]
    _say(cell.paragraphs[0], opinion.label, size=10.5, font=HEADING)
    for text in opinion.text.splitlines() or ["", ""]:
        _say(cell.add_paragraph(), text, size=10.5)
    _say(cell.add_paragraph(), opinion.signed or "签字：　　　　　　　　年　　月　　日", size=10.5, align=WD_ALIGN_PARAGRAPH.RIGHT)


def _seals(document: Doc, seals: Sequence[str]) -> None:
    if not seals:
        return
    grid = document.add_table(rows=1, cols=len(seals))
    for cell, seal in zip(grid.rows[0].cells, seals, strict=True):
        _seal(cell, seal)


def _seal(cell: _Cell, seal: str) -> None:
    _say(cell.paragraphs[0], seal, size=10.5, align=WD_ALIGN_PARAGRAPH.CENTER)
    for _ in range(3):
        cell.add_paragraph()
    _say(cell.add_paragraph(), "年　　月　　日", size=10.5, align=WD_ALIGN_PARAGRAPH.CENTER)
