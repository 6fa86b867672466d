"""A list file is opened by what it is, not by its name, and refused in one sentence."""

import os
from datetime import date
from pathlib import Path

import pytest
from files import PEOPLE_HEADER, PHUONG, people_csv, rows_of, write_csv, write_xlsx, write_zip, zip_bomb

from ussd_app.lists.errors import ListError
from ussd_app.lists.payments import PAYMENTS
from ussd_app.lists.people import PEOPLE
from ussd_app.lists.table import open_table

HEADER = ",".join(PEOPLE_HEADER)


def complaint(path: Path) -> str:
    with pytest.raises(ListError) as refusal, open_table(path, PEOPLE) as table:
        list(table.rows)
    return refusal.value.sentence


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "list"


# Files as offices save them


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_every_way_to_save_a_table_as_text_is_read(path: Path, separator: str, line_end: str, encoding: str) -> None:
    lines = [each.replace(",", separator) for each in (HEADER, PHUONG)]
    (row,) = rows_of(write_csv(path, *lines, encoding=encoding, line_end=line_end), PEOPLE)
    assert (row.line, row["full_name"], row["language"]) == (2, "Nguyễn Thị Phương", "vi")


def test_columns_may_stand_in_any_order_in_any_case_among_others(path: Path) -> None:
    write_csv(path, "STT;Amount ; CYCLE;Programme;National ID;Ghi chú", "1;500000;2027-01;tet_gift;019148000101;x")
    with open_table(path, PAYMENTS) as table:
        (row,) = table.rows
        assert table.header.ignored == ("STT", "Ghi chú")
    assert row.values == {
        "amount": "500000", "cycle": "2027-01", "programme": "tet_gift", "national_id": "019148000101"
    }  # fmt: skip


def test_lines_are_counted_as_the_file_has_them(path: Path) -> None:
    write_csv(path, "", HEADER, "", PHUONG, ",,,,,,,,", "   ", PHUONG)
    assert [row.line for row in rows_of(path, PEOPLE)] == [4, 7]


def test_a_header_alone_is_a_list_without_rows(path: Path) -> None:
    assert rows_of(people_csv(path), PEOPLE) == []


def test_a_spreadsheet_may_name_its_separator_first(path: Path) -> None:
    write_csv(path, "sep=;", HEADER.replace(",", ";"), PHUONG.replace(",", ";"))
    assert [row.line for row in rows_of(path, PEOPLE)] == [3]


def test_a_quoted_cell_may_hold_separators_quotes_and_line_breaks(path: Path) -> None:
    odd = PHUONG.replace("mobile_money,", 'focal,"Ông ""Ba"", xóm 3\ncạnh đình"')
    first, second = rows_of(people_csv(path, odd, PHUONG), PEOPLE)
    assert first["payout_account"] == 'Ông "Ba", xóm 3\ncạnh đình'
    assert (first.line, second.line) == (2, 4)


# Rows that are broken as rows


@pytest.mark.parametrize(
    ("broken", "reason"),
    [
        ('"' + PHUONG, "never closed"),
        (PHUONG.replace("Nguyễn", '"Nguyễn"'), "middle of a cell"),
        (PHUONG + ",more", "10 cells, the header 9"),
        ("019148000101,Nguyễn Thị Phương", "2 cells, the header 9"),
    ],
)
def test_a_broken_row_costs_only_itself(path: Path, broken: str, reason: str) -> None:
    rows = rows_of(people_csv(path, PHUONG, broken, PHUONG, PHUONG), PEOPLE)
    assert [row.line for row in rows] == [2, 3, 4, 5]
    assert [len(row.rejects) for row in rows] == [0, 1, 0, 0]
    assert reason in rows[1].rejects[0].reason


def test_two_stray_quotation_marks_do_not_swallow_the_row_between(path: Path) -> None:
    rows = rows_of(people_csv(path, '"' + PHUONG, PHUONG, PHUONG + '"'), PEOPLE)
    assert [(row.line, bool(row.rejects)) for row in rows][:2] == [(2, True), (3, False)]


def test_empty_cells_beyond_the_header_are_no_matter(path: Path) -> None:
    (row,) = rows_of(people_csv(path, PHUONG + ",,"), PEOPLE)
    assert not row.rejects


def test_a_printed_row_names_nobody(path: Path) -> None:
    (row,) = rows_of(people_csv(path, PHUONG), PEOPLE)
    assert "Phương" not in repr(row)
    assert "019148" not in repr(row)


# Workbooks


def test_a_workbook_cell_reads_as_it_would_in_a_csv(path: Path) -> None:
    cells = [19148000101, "Nguyễn Thị Phương", date(1948, 3, 12), "F", 5443, 912000101.0, "bank", 500000.0, True]
    (row,) = rows_of(write_xlsx(path, PEOPLE_HEADER, [], cells), PEOPLE)
    assert row.line == 3
    assert list(row.values.values()) == [
        "19148000101", "Nguyễn Thị Phương", "1948-03-12", "F", "5443", "912000101", "bank", "500000", "TRUE"
    ]  # fmt: skip
    assert "payout_account" in row.numbers
    assert not row.rejects


@pytest.mark.parametrize(
    ("column", "value", "reason"),
    [(0, 190480001010000123.0, "more than 15 digits"), (0, 19148000101.5, "fraction"), (7, 123.456, "fraction")],
)
def test_a_number_that_a_workbook_spoilt_is_told(path: Path, column: int, value: float, reason: str) -> None:
    cells: list[object] = list(PHUONG.split(","))
    cells[column] = value
    (row,) = rows_of(write_xlsx(path, PEOPLE_HEADER, cells), PEOPLE)
    assert [(each.column, reason in each.reason) for each in row.rejects] == [(PEOPLE_HEADER[column], True)]


def test_a_sheet_need_not_begin_in_its_corner(path: Path) -> None:
    (row,) = rows_of(write_xlsx(path, [], ["", *PEOPLE_HEADER], ["", *PHUONG.split(",")]), PEOPLE)
    assert (row.line, row["full_name"], row["language"]) == (3, "Nguyễn Thị Phương", "vi")


def test_one_cell_far_away_does_not_fill_the_memory(path: Path) -> None:
    far = [[] for _ in range(5000)]
    write_xlsx(path, PEOPLE_HEADER, *far, [""] * 16_000 + ["x"])
    assert "far from the list" in complaint(path)


def test_a_zip_bomb_is_refused_before_it_is_unpacked(path: Path) -> None:
    zip_bomb(path, megabytes=401)
    assert path.stat().st_size < 1 << 20
    assert "unpacks to more than 400 MB" in complaint(path)


# Nothing can be done


@pytest.mark.parametrize(
    ("content", "word"),
    [
        (b"", "empty"),
        (b"\xef\xbb\xbf\n \n", "empty"),
        (b"%PDF-1.7\n%\xe2", "PDF"),
        (b"\xff\xd8\xff\xe0\0\x10JFIF", "JPEG"),
        (b"\x1f\x8b\x08\0", "gzip"),
        (b"<!DOCTYPE html><html><table>", "web page"),
        (b"\r\n<?xml version='1.0'?><Workbook/>", "web page or XML"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "before 2007"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"), "password"),
        (b"PK\x03\x04 and no more", "broken"),
        (bytes(range(256)) * 9, "no text"),
        (HEADER.encode("utf-16-le"), "UTF-16 without its mark"),
        (b"\xff\xfe\x00\xd8\x41\x00", "UTF-16 and is not"),
        (f"{HEADER}\n{PHUONG}\n".encode() + "Đào Thị Bé".encode("cp1258", "replace"), "Line 3 is not UTF-8"),
        (f"{HEADER}\n".encode() + b"a" * 3000 + b"\0", "Line 2 holds NUL bytes"),
        (b"a," * 70_000, "far too long"),
        (b"xin ch\xc3\xa0o", "not the header"),
    ],
)
def test_what_is_no_list_is_told_in_one_sentence(path: Path, content: bytes, word: str) -> None:
    path.write_bytes(content)
    assert word in complaint(path)


@pytest.mark.parametrize(
    ("parts", "word"),
    [
        ({"xl__workbook_bin": b"x"}, "XLSB"),
        ({"word__document_xml": b"x"}, "Word"),
        ({"mimetype": b"application/vnd.oasis.opendocument.spreadsheet"}, "OpenDocument"),
        ({"people.csv": b"x"}, "ZIP archive"),
        ({"xl__workbook_xml": b"<workbook>"}, "broken"),
    ],
)
def test_other_zipped_files_are_told_apart(path: Path, parts: dict[str, bytes], word: str) -> None:
    assert word in complaint(write_zip(path, **parts))


def test_an_empty_workbook_is_told(path: Path) -> None:
    assert "empty" in complaint(write_xlsx(path))


def test_a_cut_off_workbook_is_broken(path: Path) -> None:
    write_xlsx(path, PEOPLE_HEADER, PHUONG.split(","))
    path.write_bytes(path.read_bytes()[:-300])
    assert "broken" in complaint(path)


def test_what_is_missing_and_what_is_unknown_is_named(path: Path) -> None:
    said = complaint(write_csv(path, HEADER.replace("full_name", "fullname").replace("phone", "màu sắc"), PHUONG))
    assert "Missing: full_name, phone." in said
    assert "Not known: fullname, màu sắc." in said
    assert "Is “fullname” meant to be “full_name”?" in said


def test_a_slip_in_a_column_that_may_be_absent_is_not_lost(path: Path) -> None:
    assert "“person_code”?" in complaint(write_csv(path, HEADER + ",persn_code", PHUONG + ",7"))


def test_a_list_must_be_able_to_name_people(path: Path) -> None:
    assert "Missing: national_id or person_code." in complaint(write_csv(path, HEADER.replace("national_id,", "")))


def test_a_column_named_twice_is_no_header(path: Path) -> None:
    assert "twice: phone" in complaint(write_csv(path, HEADER + ",Phone"))


def test_a_folder_a_pipe_and_nothing_at_all_are_no_files(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    assert "folder" in complaint(tmp_path)
    assert "ordinary" in complaint(tmp_path / "pipe")
    assert "There is no file" in complaint(tmp_path / "absent.csv")
    assert "cannot be read" in complaint(tmp_path / ("x" * 300))


def test_a_file_that_may_not_be_read_is_told(path: Path) -> None:
    people_csv(path).chmod(0)
    superuser = os.geteuid() == 0
    if superuser:
        os.seteuid(65534)  # nobody: the superuser may read everything
    try:
        assert "may not be read" in complaint(path)
    finally:
        if superuser:
            os.seteuid(0)


def test_a_file_beyond_the_limit_is_refused_unread(path: Path) -> None:
    with path.open("wb") as file:
        file.write(HEADER.encode())
        file.truncate(200 << 20)
    assert "larger than 64 MB" in complaint(path)


def test_a_list_of_too_many_rows_is_refused_before_its_first_row(path: Path) -> None:
    path.write_bytes(f"{HEADER}\n".encode() + b"x\n" * 500_002)
    with pytest.raises(ListError, match="500,000 rows"), open_table(path, PEOPLE):
        pass
