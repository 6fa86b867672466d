"""The demo lists: believable, the same each time, and wrong on purpose in about one row in a hundred."""

from collections import Counter
from datetime import date
from pathlib import Path

import pytest

from ussd_app.domain.payments import Cycle
from ussd_app.lists.communes import todays_communes
from ussd_app.lists.demo import DemoLists, write_demo_lists
from ussd_app.lists.demo_cast import CAST
from ussd_app.lists.errors import Reject
from ussd_app.lists.header import Columns
from ussd_app.lists.payments import PAYMENTS, PaymentRow, read_payment
from ussd_app.lists.people import PEOPLE, PersonRow, read_person
from ussd_app.lists.table import Row, open_table
from ussd_app.lists.twice import SeenBefore

COMMUNES = {each.code for each in todays_communes()}
PEOPLE_MADE = 4000


@pytest.fixture(scope="module")
def lists(tmp_path_factory: pytest.TempPathFactory) -> DemoLists:
    return write_demo_lists(tmp_path_factory.mktemp("demo"), PEOPLE_MADE)


def read_rows(path: Path, columns: Columns) -> list[Row]:
    with open_table(path, columns) as table:
        return list(table.rows)


def read_people(path: Path) -> tuple[list[PersonRow], list[Reject]]:
    seen, people, rejects = SeenBefore(), list[PersonRow](), list[Reject]()
    for row in read_rows(path, PEOPLE):
        read = read_person(row, COMMUNES, date(2026, 11, 23))
        reasons = seen.person(read) if isinstance(read, PersonRow) else read
        if isinstance(read, PersonRow) and not reasons:
            people.append(read)
        rejects.extend(reasons[:1])
    return people, rejects


@pytest.fixture(scope="module")
def people(lists: DemoLists) -> list[PersonRow]:
    return read_people(lists.people)[0]


def names(rows: list[PersonRow] | list[PaymentRow]) -> list[str]:
    return [each.national_id.digits if each.national_id else each.person_code or "" for each in rows]


def test_the_same_arguments_give_the_same_bytes(tmp_path: Path) -> None:
    for xlsx in (False, True):
        one, two = (write_demo_lists(tmp_path / f"{n}{xlsx}", 300, xlsx=xlsx) for n in (1, 2))
        for name in ("people", "payments", "pension"):
            assert getattr(one, name).read_bytes() == getattr(two, name).read_bytes()
    other = write_demo_lists(tmp_path / "other", 300, seed=1)
    assert other.people.read_bytes() != (tmp_path / "1False/people.csv").read_bytes()


def test_about_one_row_in_a_hundred_is_wrong_and_in_many_ways(lists: DemoLists) -> None:
    right, rejects = read_people(lists.people)
    assert len(right) + len(rejects) == PEOPLE_MADE
    assert 0.005 < len(rejects) / PEOPLE_MADE < 0.02
    assert len({each.reason for each in rejects}) > 6


def test_the_cast_comes_first_and_is_always_right(people: list[PersonRow]) -> None:
    first = people[: len(CAST)]
    assert [each.full_name for each in first] == [each.full_name for each in CAST]
    assert not any(each.doubts for each in first)
    phuong, tuan, *two = first[:4]
    assert (str(phuong.phone), phuong.payout_method) == ("+84912000101", "mobile_money")
    assert (str(tuan.phone), tuan.payout_method) == ("+84912000102", "cash")
    assert [str(each.phone) for each in two] == ["+84912000103"] * 2
    assert (str(first[4].phone), first[4].payout_method) == ("+84912000104", "bank")
    assert (str(first[5].phone), first[5].language) == ("+84912000105", "en")


def test_nobody_else_has_a_phone_of_the_cast(people: list[PersonRow]) -> None:
    theirs = {each.phone for each in people[: len(CAST)] if each.phone}
    assert not [each for each in people[len(CAST) :] if each.phone in theirs]


def test_phones_and_pay_are_shared_out_as_in_the_province(people: list[PersonRow]) -> None:
    phones = Counter(each.phone for each in people if each.phone)
    shared = sum(count for count in phones.values() if count > 1)
    with_phone = sum(phones.values())
    assert max(phones.values()) <= 4
    assert 0.08 < shared / len(people) < 0.16
    assert 0.12 < 1 - with_phone / len(people) < 0.19
    assert 0.05 < sum(each.phone_converted for each in people) / with_phone < 0.11
    methods = Counter(each.payout_method for each in people)
    assert list(dict(methods.most_common())) == ["mobile_money", "cash", "bank", "focal", "wallet"]
    assert {each.commune_code for each in people} == COMMUNES


def test_papers_agree_with_their_people_but_for_a_few(people: list[PersonRow]) -> None:
    doubted = sum("identity number" in doubt for each in people for doubt in each.doubts)
    assert 0 < doubted < len(people) * 0.02
    assert sum(each.national_id is None for each in people) > 5
    assert sum(each.national_id is not None and each.national_id.legacy for each in people) > 15


def test_payments_are_for_these_people_with_a_few_mistakes(lists: DemoLists, people: list[PersonRow]) -> None:
    known = set(names(people))
    for path, programme, amount in ((lists.payments, "tet_gift", 400_000), (lists.pension, "social_pension", 500_000)):
        read = [read_payment(row) for row in read_rows(path, PAYMENTS)]
        payments = [each for each in read if isinstance(each, PaymentRow)]
        right = [each for each in payments if (each.programme, each.amount.amount) == (programme, amount)]
        strangers = set(names(right)) - known
        assert {each.cycle for each in payments} == {Cycle(2027, 1)}
        assert len(strangers) < 2  # one made-up number, on purpose
        assert 0.98 < len(right) / len(read) < 1
    assert names(payments[:1]) == [CAST[0].national_id]


def test_a_workbook_holds_the_same_people(tmp_path: Path) -> None:
    as_text, as_book = write_demo_lists(tmp_path, 200), write_demo_lists(tmp_path, 200, xlsx=True)
    one, two = ([row.values for row in read_rows(each.people, PEOPLE)] for each in (as_text, as_book))
    assert one == two


def test_there_may_be_fewer_people_than_the_cast(tmp_path: Path) -> None:
    assert len(read_rows(write_demo_lists(tmp_path, 3).people, PEOPLE)) == 3
