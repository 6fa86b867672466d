"""The mistakes that real lists have, put in on purpose, so that a demonstration shows what becomes of them."""

from __future__ import annotations

from dataclasses import replace
from random import Random

from ussd_app.lists.demo_people import Invented

FAULTY = 0.01
"""Rows that are wrong, of all rows."""

PaymentCells = tuple[str, str, str, str, str]
"""national_id, person_code, programme, cycle, amount"""


def spoil_person(random: Random, person: Invented, before: Invented) -> Invented:
    """The person, with one mistake in the row; or the row before once more."""
    with_number = replace(person, national_id=person.national_id or "019048000999", person_code="")
    wrong = [
        replace(person, phone="0912 34 56"),
        replace(person, phone="không có"),
        replace(person, commune_code="99999"),
        replace(person, birth_date="1950-02-30"),
        replace(person, birth_date="12/03/1948"),
        replace(person, full_name=""),
        replace(person, full_name="=HYPERLINK(A1)"),
        replace(person, gender="Nữ"),
        replace(person, payout_method="bank", payout_account=""),
        replace(person, payout_method="post"),
        replace(person, national_id="", person_code=""),
        replace(with_number, national_id=with_number.national_id[1:]),
        before,
    ]
    return random.choice(wrong)


def spoil_payment(random: Random, payment: PaymentCells, before: PaymentCells) -> PaymentCells:
    number, code, programme, cycle, amount = payment
    wrong: list[PaymentCells] = [
        (number, code, programme, cycle, f"{amount}.5"),
        (number, code, programme, cycle, "0"),
        (number, code, programme, cycle, f"{amount}000"),
        (number, code, programme, cycle, ""),
        (number, code, "qua_tet", cycle, amount),
        (number, code, programme, f"{cycle[5:]}/{cycle[:4]}", amount),
        ("", "", programme, cycle, amount),
        ("019148999999", "", programme, cycle, amount),
        before,
    ]
    return random.choice(wrong)
