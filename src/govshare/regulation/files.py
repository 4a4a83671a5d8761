"""Files people hand in: read no further than allowed, recognised by content, named harmlessly, searched for marks of secrecy. Pure.

What is refused never reaches the disk, and neither its name nor its content is recorded (CD2016-5.4).
"""

import html
import io
import re
import unicodedata
import zipfile
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Protocol

from govshare.kernel.choices import TextChoices
from govshare.kernel.errors import Basis, Fault, Invalid
from govshare.regulation.secrecy import refuse_secret

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


class Readable(Protocol):
    """An open file, an upload, a stream."""

    def read(self, size: int, /) -> bytes: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Intake:
    """One place that takes files in: what people call them there, which types, and the conventions on types and size."""

    what: str
    types: tuple[FileType, ...]
    by_type: Basis
    by_size: Basis

    def read(self, content: Readable, *, megabytes: int) -> bytes:
        """The whole file, or a refusal after one byte more than is allowed."""
        most = megabytes * 1024 * 1024
        parts, left = [], most + 1
        while left and (part := content.read(min(left, 1024 * 1024))):
            parts.append(part)
            left -= len(part)
        if not left:
            raise Invalid(f"{self.what}超过 {megabytes} MB，未保存", basis=self.by_size, faults=[Fault("file", f"最大 {megabytes} MB")])
        return b"".join(parts)

    def judge(self, name: str, content: bytes) -> tuple[str, FileType]:
        """A harmless name and the recognised type; raises Invalid for what is not taken here, HandleAsSecret for what bears a marking."""
        refuse_secret({"filename": name})
        shown = safe_name(name, otherwise=self.what)
        refuse_secret({"filename": shown, "filename_stem": shown.rpartition(".")[0]})
        try:
            kind = recognise(shown, content, self.types)
            for text in readable(kind, content):
                refuse_secret({"file": text})
        except Unrecognised as problem:
            message = f"{self.what}{problem}"
            raise Invalid(message, basis=self.by_type, faults=[Fault("file", message)]) from None
        return shown, kind


class Unrecognised(ValueError):
    """Why a file is not taken in; the text continues a sentence about it."""


def safe_name(name: str, *, otherwise: str = "附件") -> str:
    """``name`` without directories, control, direction and reserved characters; its extension kept, at most 120 characters."""
    last = re.split(r"[/\\]", unicodedata.normalize("NFC", name))[-1]
    shown = "".join(character for character in last if not unicodedata.category(character).startswith("C"))
    shown = re.sub(r'[<>:"|?*]', "_", shown).strip().rstrip(".")
    stem, dot, extension = shown.rpartition(".")
    if not dot:
        stem, extension = shown, ""
    stem = stem.strip(" .") or otherwise
    extension = extension[:10]
    return f"{stem[: _LONGEST_NAME - len(extension) - 1]}.{extension}" if extension else stem[:_LONGEST_NAME]


def recognise(name: str, content: bytes, types: Collection[FileType] = tuple(FileType)) -> FileType:
    """The type that both the content and the extension of ``name`` say; raises Unrecognised (naming no content) when they do not agree."""
    extension = name.rpartition(".")[2].lower().replace("jpeg", "jpg")
    if extension not in types:
        raise Unrecognised(f"只收 {'、'.join(types)}")
    wanted = FileType(extension)
    if not content:
        raise Unrecognised("是空的")
    if not _is(wanted, content):
        raise Unrecognised(f"的内容不是 {wanted.value} 文件，请用原格式保存后再上传")
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
        raise Unrecognised("加了密或结构异常，无法检查，请去除密码后再上传")
    if any(member.filename.lower().endswith("vbaproject.bin") for member in members):
        raise Unrecognised("带有宏，请另存为不带宏的文件后再上传")
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
                raise Unrecognised("已损坏，无法检查，请重新保存后再上传") from None
            left -= len(raw)
            if left < 0:
                raise Unrecognised("展开后过大，无法检查")
            yield html.unescape(_TAG.sub("", _LINE_END.sub("\n", decode(raw) or "")))
