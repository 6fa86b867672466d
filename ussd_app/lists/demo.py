"""Writes believable lists for a demonstration: the people, the Tết gift for all, the social pension for the oldest."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import astuple, dataclass, fields
from datetime import datetime
from itertools import islice
from pathlib import Path
from random import Random

import xlsxwriter

from ussd_app.domain.payments import Cycle
from ussd_app.lists.communes import todays_communes
from ussd_app.lists.demo_cast import CAST
from ussd_app.lists.demo_faults import FAULTY, PaymentCells, spoil_payment, spoil_person
from ussd_app.lists.demo_people import Invented, make_people

TET_2027 = Cycle(2027, 1)

_PEOPLE_HEADER = tuple(each.name for each in fields(Invented))
_PAYMENT_HEADER = ("national_id", "person_code", "programme", "cycle", "amount")
_GIFT, _PENSION = "400000", "500000"
_PENSION_AGE = 75

Write = Callable[[Sequence[str]], object]


@dataclass(frozen=True, slots=True)
class DemoLists:
    people: Path
    payments: Path
    """The Tết gift, one row for each person whose own row is right."""
    pension: Path
    """The social pension: people of 75 and more, some of whom have another pension."""


def write_demo_lists(
    directory: Path, people: int, seed: int = 8899, cycle: Cycle = TET_2027, *, xlsx: bool = False
) -> DemoLists:
    """The same arguments give the same bytes, and the same people whatever the cycle.

    The people list begins with the cast, and has `people` rows in all.
    """
    directory.mkdir(parents=True, exist_ok=True)
    lists = DemoLists(
        directory / ("people.xlsx" if xlsx else "people.csv"), directory / "payments.csv", directory / "pension.csv"
    )
    with ExitStack() as files:
        write_person = files.enter_context(_xlsx(lists.people) if xlsx else _csv(lists.people))
        gift = _PaymentList(files.enter_context(_csv(lists.payments)), _random(seed + 1), "tet_gift", cycle, _GIFT)
        pension = _PaymentList(
            files.enter_context(_csv(lists.pension)), _random(seed + 2), "social_pension", cycle, _PENSION
        )
        write_person(_PEOPLE_HEADER)
        for person, right in _rows(people, seed):
            write_person(astuple(person))
            if right:
                gift.add(person)
            if right and cycle.year - person.born >= _PENSION_AGE and person.payout_method != "bank":
                pension.add(person)
    return lists


def _random(seed: int) -> Random:
    return Random(seed)  # noqa: S311 - made-up people, and the same ones each time


def _rows(people: int, seed: int) -> Iterator[tuple[Invented, bool]]:
    """Each row, and whether it is free of mistakes made on purpose."""
    random, mistakes = _random(seed), _random(seed + 3)
    for each in CAST[:people]:
        yield each, True
    before = CAST[-1]
    invented = make_people(random, todays_communes(), TET_2027.year, len(CAST))
    for person in islice(invented, max(0, people - len(CAST))):
        wrong = mistakes.random() < FAULTY
        yield (spoil_person(mistakes, person, before) if wrong else person), not wrong
        before = before if wrong else person


class _PaymentList:
    """A payment list being written, with its own share of mistakes, none of them in the rows of the cast."""

    def __init__(self, write: Write, random: Random, programme: str, cycle: Cycle, amount: str) -> None:
        self._write, self._random = write, random
        self._rest = (programme, cycle.code, amount)
        self._before: PaymentCells | None = None
        write(_PAYMENT_HEADER)

    def add(self, person: Invented) -> None:
        payment = (person.national_id, person.person_code, *self._rest)
        if self._before and person not in CAST and self._random.random() < FAULTY:
            self._write(spoil_payment(self._random, payment, self._before))
        else:
            self._write(payment)
            self._before = payment


@contextmanager
def _csv(path: Path) -> Iterator[Write]:
    with path.open("w", encoding="utf-8", newline="") as file:
        yield csv.writer(file, lineterminator="\n").writerow


@contextmanager
def _xlsx(path: Path) -> Iterator[Write]:
    """Rows go to disk as they come. All cells are text, so that no zero is lost."""
    book = xlsxwriter.Workbook(str(path), {"constant_memory": True, "strings_to_formulas": False})
    book.set_properties({"created": datetime(2026, 1, 1)})  # noqa: DTZ001 - a file's stamp, fixed so that bytes repeat
    sheet = book.add_worksheet("people")
    written = 0

    def write(cells: Sequence[str]) -> None:
        nonlocal written
        for at, cell in enumerate(cells):
            sheet.write_string(written, at, cell)
        written += 1

    yield write
    book.close()
