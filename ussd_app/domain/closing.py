"""How a day's statement is laid against our own books: every difference becomes an item with a name, to the đồng."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from ussd_app.domain.money import Dong
from ussd_app.domain.statements import LineKind


class Bucket(StrEnum):
    """Permanent names: they stand in the database and in exports."""

    ONLY_IN_STATEMENT = "only_in_statement"
    """The provider moved money that our books know nothing of."""
    ONLY_IN_BOOKS = "only_in_books"
    """Our books moved money that the provider's statement does not show."""
    DIFFERS = "differs"
    """The same movement, with another amount or under another order's name."""
    ANOTHER_DAY = "another_day"
    """In both, and on two days: explained by itself, on either."""
    LINE_TWICE = "line_twice"
    """The statement names one movement more than once."""
    NOT_CREDITED = "not_credited"
    """A list's payment is released, and the ledger has another amount for it, or none."""
    UNKNOWN_LONG = "unknown_long"
    """For more than a day nobody knows whether a cash-out was paid. No đồng of difference; somebody waits."""


WORDS = {
    Bucket.ONLY_IN_STATEMENT: "in the statement, not in our books",
    Bucket.ONLY_IN_BOOKS: "in our books, not in the statement",
    Bucket.DIFFERS: "in both, but not the same",
    Bucket.ANOTHER_DAY: "in both, on two days",
    Bucket.LINE_TWICE: "twice in the statement",
    Bucket.NOT_CREDITED: "released, but not so credited",
    Bucket.UNKNOWN_LONG: "outcome unknown for more than a day",
}

_SIGN = {LineKind.PAID_OUT: 1, LineKind.FEE: 1, LineKind.OTHER: 1, LineKind.REVERSED: -1, LineKind.FUNDED: -1}


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a statement. `key` is the movement it belongs to: lines and movements of one key are compared."""

    id: int
    key: str
    kind: LineKind
    amount: Dong
    day: date
    name: str
    """As the provider calls it."""
    mixed: bool = False
    """It names two different orders of ours at once."""


@dataclass(frozen=True, slots=True)
class Movement:
    """Money that our ledger moved in one step at a provider."""

    id: str
    key: str
    kind: LineKind
    amount: Dong
    day: date


@dataclass(frozen=True, slots=True)
class Item:
    """One difference of one day. `difference` is the statement's đồng less the books', money out being positive."""

    id: str
    key: str
    day: date
    bucket: Bucket
    kind: str
    difference: int
    at_stake: Dong
    words: str
    line_id: int | None = None

    @property
    def explained(self) -> bool:
        """It needs nobody: the other half of it is found."""
        return self.bucket is Bucket.ANOTHER_DAY


def money_out(entry: Line | Movement) -> int:
    """How many đồng went out by this entry; those that came in are negative."""
    return _SIGN[entry.kind] * entry.amount.amount


def compare(lines: Iterable[Line], movements: Iterable[Movement]) -> tuple[Item, ...]:
    """Every difference between the two, each on its day: per day, their sum is what the statement has over the books."""
    sides: dict[tuple[str, LineKind], tuple[list[Line], list[Movement]]] = defaultdict(lambda: ([], []))
    for line in lines:
        sides[line.key, line.kind][0].append(line)
    for movement in movements:
        sides[movement.key, movement.kind][1].append(movement)
    return tuple(item for ours_and_theirs in sides.values() for item in _compare_one(*ours_and_theirs))


def _compare_one(lines: list[Line], movements: list[Movement]) -> Iterator[Item]:
    lines.sort(key=lambda each: (each.day, each.id))
    movements.sort(key=lambda each: (each.day, each.id))
    same_day = _pair(lines, movements, lambda line, movement: line.amount == movement.amount and line.day == movement.day)
    any_day = _pair(lines, movements, lambda line, movement: line.amount == movement.amount)
    unequal = _pair(lines, movements, lambda line, movement: line.day == movement.day)
    unequal += _pair(lines, movements, lambda line, movement: True)
    for line, movement in any_day:
        yield from _on_two_days(line, movement)
    for line, movement in unequal:
        yield from _unequal(line, movement)
    known = same_day + any_day + unequal
    for line in lines:
        yield _twice(line, known[0][0]) if known else _only_in_statement(line)
    for movement in movements:
        yield _only_in_books(movement)
    for line, _ in known:
        if line.mixed:
            words = f"line {line.name} names two different orders of ours"
            yield _item(line, line.day, Bucket.DIFFERS, 0, line.amount, words, f"mixed:{line.id}")


def _pair(
    lines: list[Line], movements: list[Movement], fits: Callable[[Line, Movement], bool]
) -> list[tuple[Line, Movement]]:
    """Take out of both what fits together, the earliest first."""
    pairs: list[tuple[Line, Movement]] = []
    for line in list(lines):
        found = next((each for each in movements if fits(line, each)), None)
        if found is not None:
            lines.remove(line)
            movements.remove(found)
            pairs.append((line, found))
    return pairs


def _on_two_days(line: Line, movement: Movement) -> Iterator[Item]:
    ours = f"line {line.name} of {line.day} is our movement of {movement.day}"
    name = f"two_days:{line.id}:{movement.id}"
    yield _item(line, line.day, Bucket.ANOTHER_DAY, money_out(line), line.amount, ours, f"{name}:line")
    yield _item(line, movement.day, Bucket.ANOTHER_DAY, -money_out(movement), movement.amount, ours, f"{name}:books")


def _unequal(line: Line, movement: Movement) -> Iterator[Item]:
    words = f"line {line.name} says {line.amount}, our books {movement.amount}"
    apart = Dong(abs(line.amount.amount - movement.amount.amount))
    name = f"differs:{line.id}:{movement.id}"
    if line.day == movement.day:
        yield _item(line, line.day, Bucket.DIFFERS, money_out(line) - money_out(movement), apart, words, name)
        return
    words += f", of {movement.day}"
    yield _item(line, line.day, Bucket.DIFFERS, money_out(line), apart, words, f"{name}:line")
    yield _item(line, movement.day, Bucket.DIFFERS, -money_out(movement), apart, words, f"{name}:books")


def _twice(line: Line, first: Line) -> Item:
    words = f"line {line.name} is there already as {first.name} of {first.day}"
    return _item(line, line.day, Bucket.LINE_TWICE, money_out(line), line.amount, words, f"twice:{line.id}")


def _only_in_statement(line: Line) -> Item:
    words = f"line {line.name}: {line.kind.replace('_', ' ')}"
    return _item(line, line.day, Bucket.ONLY_IN_STATEMENT, money_out(line), line.amount, words, f"line:{line.id}")


def _only_in_books(movement: Movement) -> Item:
    return Item(
        f"books:{movement.id}",
        movement.key,
        movement.day,
        Bucket.ONLY_IN_BOOKS,
        movement.kind.value,
        -money_out(movement),
        movement.amount,
        f"{movement.kind.replace('_', ' ')} by our books",
    )


def _item(line: Line, day: date, bucket: Bucket, difference: int, at_stake: Dong, words: str, name: str) -> Item:
    return Item(name, line.key, day, bucket, line.kind.value, difference, at_stake, words, line.id)


def whole(items: Sequence[Item], day: date) -> int:
    """What the items of a day add up to."""
    return sum(each.difference for each in items if each.day == day)
