"""Builds list files for the tests, right ones and wrong ones."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Sequence
from pathlib import Path

import xlsxwriter

from ussd_app.lists.header import Columns
from ussd_app.lists.table import Row, open_table

PEOPLE_HEADER = (
    "national_id", "full_name", "birth_date", "gender", "commune_code", "phone", "payout_method", "payout_account",
    "language",
)  # fmt: skip
PHUONG = "019148000101,Nguyễn Thị Phương,1948-03-12,F,05443,0912000101,mobile_money,,vi"
PAYMENT_HEADER = "national_id,programme,cycle,amount"


def write_csv(path: Path, *lines: str, encoding: str = "utf-8", line_end: str = "\n") -> Path:
    path.write_bytes("".join(f"{line}{line_end}" for line in lines).encode(encoding))
    return path


def people_csv(path: Path, *rows: str) -> Path:
    return write_csv(path, ",".join(PEOPLE_HEADER), *rows)


def payments_csv(path: Path, *rows: str) -> Path:
    return write_csv(path, PAYMENT_HEADER, *rows)


def write_xlsx(path: Path, *rows: Sequence[object], **options: object) -> Path:
    book = xlsxwriter.Workbook(str(path), {"default_date_format": "dd/mm/yyyy", **options})
    sheet = book.add_worksheet()
    for at, row in enumerate(rows):
        for column, value in enumerate(row):
            sheet.write(at, column, value)
    book.close()
    return path


def write_zip(path: Path, **parts: bytes) -> Path:
    """Parts by name, `xl__workbook_xml` standing for `xl/workbook.xml`."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name.replace("__", "/").replace("_xml", ".xml").replace("_bin", ".bin"), content)
    return path


def zip_bomb(path: Path, megabytes: int) -> Path:
    """A workbook of a few hundred kilobytes that unpacks to as much as asked."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", b"<workbook/>")
        with archive.open("xl/worksheets/sheet1.xml", "w") as part:
            for _ in range(megabytes):
                part.write(bytes(1 << 20))
    return path


def rows_of(path: Path, columns: Columns) -> list[Row]:
    with open_table(path, columns) as table:
        return list(table.rows)


def read_back(path: Path) -> list[dict[str, str]]:
    """A file of ours as any other program would read it."""
    return list(csv.DictReader(io.StringIO(path.read_text(encoding="utf-8-sig"), newline="")))
