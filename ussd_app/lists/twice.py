"""The same thing twice in one list: the second is kept out, and told where the first one stands."""

from __future__ import annotations

from collections.abc import Iterable

from ussd_app.lists.errors import Reject
from ussd_app.lists.payments import PaymentRow
from ussd_app.lists.people import PersonRow


class SeenBefore:
    """Remembers the keys of one file and the lines they stand on."""

    def __init__(self) -> None:
        self._lines: dict[tuple[str, ...], int] = {}

    def person(self, row: PersonRow) -> tuple[Reject, ...]:
        return self._check(row.line, _names(row), (), "this person")

    def payment(self, row: PaymentRow) -> tuple[Reject, ...]:
        return self._check(row.line, _names(row), (row.programme, row.cycle.code, row.part), "this payment")

    def _check(self, line: int, names: Iterable[tuple[str, str]], rest: tuple[str, ...], what: str) -> tuple[Reject, ...]:
        keys = [(column, name, *rest) for column, name in names]
        for key in keys:
            if (first := self._lines.get(key)) is not None:
                return (Reject(line, key[0], "", f"{what} stands on line {first} already"),)
        self._lines.update(dict.fromkeys(keys, line))
        return ()


def _names(row: PersonRow | PaymentRow) -> list[tuple[str, str]]:
    number = [("national_id", row.national_id.digits)] if row.national_id else []
    code = [("person_code", row.person_code)] if row.person_code else []
    return number + code
