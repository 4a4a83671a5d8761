"""What may be attached to a demand: recognised by content, named harmlessly, readable text handed to the secrecy check (PC-40). Pure."""

import html
import io
import re
import unicodedata
import zipfile
from collections.abc import Iterator

from govshare.kernel.choices import TextChoices
from govshare.kernel.errors import Fault, Invalid
from govshare.regulation.articles import cite
from govshare.regulation.conventions import convention

SECRETS = cite("CD2016-5.4")
SIZE = convention("PC-39")
KINDS = convention("PC-40")
COUNT = convention("PC-41")

_MOST_MEMBERS = 5000
_MOST_UNPACKED = 64 * 1024 * 1024  # bytes of XML read out of one office file
_LONGEST_NAME = 120


class FileType(TextChoices):
    """Extension and media type."""

    PDF = "pdf", "application/pdf"
    OFD = "ofd", "application/ofd"
    DOCX = "docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
    XLSX = "xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    PNG = "png", "image/png"
    JPG = "jpg", "image/jpeg"
    TXT = "txt", "text/plain"
    CSV = "csv", "text/csv"


_PACKAGES = {FileType.DOCX: "word/document.xml", FileType.XLSX: "xl/workbook.xml", FileType.OFD: "OFD.xml"}
_PLAIN_TEXT = frozenset({FileType.TXT, FileType.CSV})
_MARKUP = re.compile(r"\s*<(?:!doctype|\?xml|html|head|body|script|svg|iframe)\b", re.IGNORECASE)
_CONTROL = re.compile("[\x00-\x08\x0b\x0e-\x1f\x7f]")
_LINE_END = re.compile(r"</(?:w:p|a:p|si|is|c|(?:\w+:)?TextCode|dc:\w+|cp:\w+)>|<w:(?:br|tab)\b[^>]*/>")
_TAG = re.compile(r"<[^>]*>")


def refused(message: str) -> Invalid:
    return Invalid(message, basis=KINDS, faults=[Fault("file", message)])


def safe_name(name: str) -> str:
    """``name`` without directories, control, direction and reserved characters; its extension kept, at most 120 characters."""
    last = re.split(r"[/\\]", unicodedata.normalize("NFC", name))[-1]
    shown = "".join(character for character in last if not unicodedata.category(character).startswith("C"))
    shown = re.sub(r'[<>:"|?*]', "_", shown).strip().rstrip(".")
    stem, dot, extension = shown.rpartition(".")
    if not dot:
        stem, extension = shown, ""
    stem = stem.strip(" .") or "附件"
    extension = extension[:10]
    return f"{stem[: _LONGEST_NAME - len(extension) - 1]}.{extension}" if extension else stem[:_LONGEST_NAME]


def recognise(name: str, content: bytes) -> FileType:
    """The type that both the content and the extension of ``name`` say; raises Invalid (naming no content) when they do not agree."""
    extension = name.rpartition(".")[2].lower().replace("jpeg", "jpg")
    if extension not in FileType.values:
        raise refused(f"附件只收 {'、'.join(FileType.values)}")
    wanted = FileType(extension)
    if not content:
        raise refused("附件是空的")
    if not _is(wanted, content):
        raise refused(f"附件的内容不是 {wanted.value} 文件，请用原格式保存后再上传")
    return wanted


def _is(wanted: FileType, content: bytes) -> bool:
    if wanted in _PACKAGES:
        return _is_package(content, _PACKAGES[wanted])
    if wanted in _PLAIN_TEXT:
        text = decode(content)
        return text is not None and not _CONTROL.search(text) and not _MARKUP.match(text)
    return {
        FileType.PDF: content.startswith(b"%PDF-") and b"%%EOF" in content[-2048:],
        FileType.PNG: content.startswith(b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR") and content.endswith(b"IEND\xaeB`\x82"),
        FileType.JPG: content.startswith(b"\xff\xd8\xff") and b"\xff\xd9" in content,
    }[wanted]


def _is_package(content: bytes, main: str) -> bool:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            members = package.infolist()
    except (zipfile.BadZipFile, NotImplementedError, ValueError):
        return False
    if len(members) > _MOST_MEMBERS or any(member.flag_bits & 0x1 for member in members):
        raise refused("附件加了密或结构异常，无法检查，请去除密码后再上传")
    if any(member.filename.lower().endswith("vbaproject.bin") for member in members):
        raise refused("附件带有宏，请另存为不带宏的文件后再上传")
    return content.startswith(b"PK") and any(member.filename.lstrip("/") == main for member in members)


def decode(content: bytes) -> str | None:
    """Text in UTF-8, UTF-16 with its mark, or GB18030; None when it is none of them."""
    encodings = ("utf-16",) if content[:2] in {b"\xff\xfe", b"\xfe\xff"} else ("utf-8-sig", "gb18030")
    for encoding in encodings:
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    return None


def readable(kind: FileType, content: bytes) -> Iterator[str]:
    """Whatever text can be read out of the file, lines and cells kept apart; nothing for pdf and pictures."""
    if kind in _PLAIN_TEXT:
        text = decode(content) or ""
        yield text
        if kind == FileType.CSV:
            yield re.sub(r"[,;\t\"]", "\n", text)
    elif kind in _PACKAGES:
        yield from _package_texts(content)


def _package_texts(content: bytes) -> Iterator[str]:
    left = _MOST_UNPACKED
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        for member in package.infolist():
            yield member.filename.rpartition("/")[2]
            if not member.filename.lower().endswith((".xml", ".rels")):
                continue
            try:
                with package.open(member) as file:
                    raw = file.read(left + 1)
            except (zipfile.BadZipFile, NotImplementedError, EOFError, OSError, ValueError):
                raise refused("附件已损坏，无法检查，请重新保存后再上传") from None
            left -= len(raw)
            if left < 0:
                raise refused("附件展开后过大，无法检查")
            yield html.unescape(_TAG.sub("", _LINE_END.sub("\n", decode(raw) or "")))
