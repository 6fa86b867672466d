"""The rejected rows, beside their list, ready to mend and import again."""

import stat
from datetime import date
from pathlib import Path

import pytest
from files import PEOPLE_HEADER, PHUONG, people_csv, read_back, rows_of, write_csv, write_xlsx

from ussd_app.lists.errors import Reject
from ussd_app.lists.formulas import bare, harmless
from ussd_app.lists.people import PEOPLE, PersonRow, read_person
from ussd_app.lists.rejects import RejectFile, reject_path
from ussd_app.lists.table import open_table


def take_in(path: Path) -> list[PersonRow]:
    """An import without a store: the people that would go in, and the reject file beside the list."""
    people: list[PersonRow] = []
    with open_table(path, PEOPLE) as table, RejectFile(path, table) as rejects:
        for row in table.rows:
            match read_person(row, {"05443"}, date(2026, 11, 23)):
                case PersonRow() as person:
                    people.append(person)
                case reasons:
                    rejects.add(row, reasons)
    return people


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "people.csv"


def test_bad_rows_go_beside_the_list_with_all_their_reasons(path: Path) -> None:
    people_csv(path, PHUONG, PHUONG.replace("0912000101", "0912").replace("1948-03-12", "12/3/48"))
    assert [each.line for each in take_in(path)] == [2]
    assert reject_path(path).name == "people.csv.rejects.csv"
    (row,) = read_back(reject_path(path))
    assert (row["line"], row["column"], row["phone"], row["national_id"]) == (
        "3", "birth_date, phone", "0912", "019148000101"
    )  # fmt: skip
    assert row["reason"] == (
        "birth_date: write a birth date as YYYY-MM-DD, YYYY-MM or YYYY; "
        "phone: this is no telephone number; leave it empty when there is none"
    )


def test_only_its_owner_may_read_it(path: Path) -> None:
    take_in(people_csv(path, PHUONG.replace("0912000101", "0912")))
    assert stat.S_IMODE(reject_path(path).stat().st_mode) == 0o600


def test_a_mended_reject_file_goes_in_as_it_is(path: Path) -> None:
    take_in(people_csv(path, PHUONG.replace("0912000101", "0912")))
    rejected = reject_path(path)
    rejected.write_text(rejected.read_text(encoding="utf-8").replace(",0912,", ",+84912000101,"), encoding="utf-8")
    assert [each.full_name for each in take_in(rejected)] == ["Nguyễn Thị Phương"]
    assert not reject_path(rejected).exists()


def test_a_reject_file_that_is_still_wrong_names_its_columns_once(path: Path) -> None:
    take_in(people_csv(path, PHUONG.replace("0912000101", "0912")))
    take_in(reject_path(path))
    again = reject_path(reject_path(path))
    assert again.read_text(encoding="utf-8-sig").splitlines()[0].count("reason") == 1
    assert [row["line"] for row in read_back(again)] == ["2"]


def test_when_nothing_is_wrong_an_old_reject_file_goes_away(path: Path) -> None:
    take_in(people_csv(path, PHUONG.replace("0912000101", "0912")))
    assert reject_path(path).exists()
    take_in(people_csv(path, PHUONG))
    assert sorted(each.name for each in path.parent.iterdir()) == ["people.csv"]


def test_when_the_import_fails_the_old_reject_file_stays(path: Path) -> None:
    take_in(people_csv(path, PHUONG.replace("0912000101", "0912")))
    before = reject_path(path).read_bytes()
    with pytest.raises(RuntimeError), open_table(path, PEOPLE) as table, RejectFile(path, table) as rejects:
        rejects.add(next(table.rows), [Reject(2, "phone", "", "another")])
        raise RuntimeError
    assert reject_path(path).read_bytes() == before
    assert len(list(path.parent.iterdir())) == 2


def test_columns_of_the_office_and_its_separator_are_kept(path: Path) -> None:
    header, row = ",".join(PEOPLE_HEADER), PHUONG.replace(",F,", ",?,")
    write_csv(path, f"STT;{header.replace(',', ';')}", f"17;{row.replace(',', ';')}")
    take_in(path)
    first = reject_path(path).read_text(encoding="utf-8-sig").splitlines()
    assert first[0].startswith("STT;national_id;")
    assert first[1].startswith("17;019148000101;")


def test_rejects_of_a_workbook_are_a_csv(path: Path) -> None:
    workbook = write_xlsx(path.with_suffix(".xlsx"), PEOPLE_HEADER, PHUONG.replace(",F,", ",?,").split(","))
    assert take_in(workbook) == []
    (row,) = rows_of(reject_path(workbook), PEOPLE)
    assert (row["gender"], row["full_name"]) == ("?", "Nguyễn Thị Phương")


def test_nothing_in_it_runs_as_a_formula_and_reading_gives_the_cell_back(path: Path) -> None:
    take_in(people_csv(path, PHUONG.replace("Nguyễn Thị Phương", "=cmd()").replace("0912000101", "+84 912 000 101")))
    written = reject_path(path).read_text(encoding="utf-8")
    assert ",'=cmd()," in written
    (row,) = rows_of(reject_path(path), PEOPLE)
    assert (row["full_name"], row["phone"]) == ("=cmd()", "+84 912 000 101")


@pytest.mark.parametrize("cell", ["=1", "+84", "-1", "@x", "'=1", "''+1", "'xin", "plain", "", "'", "\t=1"])
def test_making_a_cell_harmless_loses_nothing(cell: str) -> None:
    assert not harmless(cell).startswith(("=", "+", "-", "@", "\t", "\r"))
    assert bare(harmless(cell)) == cell
