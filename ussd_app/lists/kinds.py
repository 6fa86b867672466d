"""What a file is, told by its first bytes and never by its name."""

from __future__ import annotations

import codecs
import re
import zipfile
from enum import StrEnum
from typing import BinaryIO

from ussd_app.lists.errors import ListError


class Kind(StrEnum):
    CSV = "csv"
    XLSX = "xlsx"


_OTHERS = (
    (b"%PDF", "a PDF document"),
    (b"\xff\xd8\xff", "a picture (JPEG)"),
    (b"\x89PNG", "a picture (PNG)"),
    (b"GIF8", "a picture (GIF)"),
    (b"II*\0", "a picture (TIFF)"),
    (b"MM\0*", "a picture (TIFF)"),
    (b"\x1f\x8b", "a compressed file (gzip)"),
    (b"7z\xbc\xaf", "a compressed file (7z)"),
    (b"Rar!", "a compressed file (RAR)"),
    (b"\x7fELF", "a program"),
    (b"MZ\x90", "a program"),
    (b"{\\rtf", "a text document (RTF)"),
    (b"SQLite format 3", "a database"),
)
_SAVE_AS = "save the list as CSV UTF-8 or XLSX and import that"
_OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def what_it_is(file: BinaryIO) -> Kind:
    """CSV or XLSX; anything else raises ListError, saying what it looks like. Leaves the file at its beginning."""
    start = file.read(2048)
    file.seek(0)
    if not start.strip(b"\0\xef\xbb\xbf\xff\xfe \t\r\n"):
        raise ListError("The file is empty.")
    if start.startswith(b"PK"):
        return _zip(file)
    if start.startswith(_OLD_OFFICE):
        raise ListError(_old_office(file))
    for magic, name in _OTHERS:
        if start.startswith(magic):
            raise ListError(f"This is {name}, not a table: {_SAVE_AS}.")
    if start.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<"):
        raise ListError(f"This is a web page or XML, whatever its name says: open it in a spreadsheet, {_SAVE_AS}.")
    if not start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) and re.search(rb"[\0-\x08\x0e-\x1a]", start):
        raise ListError(f"This is no text: a binary file, or UTF-16 without its mark. If it is a list, {_SAVE_AS}.")
    return Kind.CSV


def _zip(file: BinaryIO) -> Kind:
    try:
        with zipfile.ZipFile(file) as archive:
            names = set(archive.namelist())
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError) as error:
        raise ListError("The XLSX file is broken or was not copied whole: copy or save it again.") from error
    finally:
        file.seek(0)
    if "xl/workbook.xml" in names:
        return Kind.XLSX
    if "xl/workbook.bin" in names:
        raise ListError(f"This is a binary Excel workbook (XLSB): {_SAVE_AS}.")
    if "word/document.xml" in names:
        raise ListError(f"This is a Word document, not a table: {_SAVE_AS}.")
    if "mimetype" in names:
        raise ListError(f"This is an OpenDocument file: {_SAVE_AS}.")
    raise ListError("This is a ZIP archive, not a table: unpack it and import the list inside.")


def _old_office(file: BinaryIO) -> str:
    beginning = file.read(1 << 20)
    file.seek(0)
    if "EncryptedPackage".encode("utf-16-le") in beginning:
        return "The workbook is locked with a password: save it without one and import that."
    return f"This is an Excel or Word file of before 2007: {_SAVE_AS}."
