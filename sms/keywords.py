"""What a text message asks for: the same wishes as the keys of a call, in the spelling people really use."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from sms.spelling import near, plain_words, untelexed
from ussd_app.domain.money import Dong
from ussd_app.domain.payments import MOST_IN_ONE_PAYMENT

LOOKED_AT = 480
"""Letters: three parts. What comes after is nobody's keyword."""

LEAST_AMOUNT = 10_000
"""đồng; less than this is no amount of ours, and may be a secret."""

FORGIVEN_FROM = 4
"""Letters a keyword must have before one wrong letter is forgiven."""

WORDS_AROUND = 7
"""A question may stand among this many words in all; our own replies, sent back by a robot, are longer."""


class Wish(StrEnum):
    BALANCE = "balance"
    RECEIVED = "received"
    NOT_RECEIVED = "not_received"
    WRONG_AMOUNT = "wrong_amount"
    CASH = "cash"
    HELP = "help"
    STOP = "stop"
    """No reminders."""
    START = "start"
    """Reminders again."""
    SECRET = "secret"  # noqa: S105 - the name of a wish
    """It looks like a PIN or a code: never to be kept, never to be acted on."""
    UNKNOWN = "unknown"

    @property
    def only_reads(self) -> bool:
        """It changes nothing, so that it may be understood from the middle of a sentence."""
        return self in (Wish.BALANCE, Wish.CASH, Wish.HELP)

    @property
    def answers_a_payment(self) -> bool:
        return self in (Wish.RECEIVED, Wish.NOT_RECEIVED, Wish.WRONG_AMOUNT)


@dataclass(frozen=True, slots=True)
class Understood:
    wish: Wish
    amount: Dong | None = None
    """How much came, where the sender says so."""


_WORDS = tomllib.loads((Path(__file__).parent / "texts" / "keywords.toml").read_text(encoding="utf-8"))

PHRASES: dict[Wish, tuple[str, ...]] = {Wish(wish): tuple(phrases) for wish, phrases in _WORDS["phrases"].items()}
_ACCENTED = {phrase: Wish(wish) for wish, phrases in _WORDS["accented"].items() for phrase in phrases}
_ORDINARY, _FILLERS, _BEFORE_A_NUMBER = (
    frozenset(_WORDS["words"][each]) for each in ("ordinary", "fillers", "before_a_number")
)

_BY_LETTERS = {phrase.replace(" ", ""): wish for wish, phrases in PHRASES.items() for phrase in phrases}
_DIGITS = re.compile(r"\d(?:[ .,\-]{0,2}\d)*")
_HOW_MUCH = re.compile(
    r"^\W*(?:3|sai(?: so)?(?: tien)?|(?:nhan )?thieu(?: tien)?|chua du(?: tien)?)[ :;,.\-]+"
    r"(?:(?:moi|chi|nhan|duoc|co|la|tien) )*"
    r"(\d{1,3}(?:[ .,]000){1,2}|\d{1,3}(?:[.,]\d{3}){1,2}|\d{1,8}) ?(k|n|ng|nghin|ngan|tr|trieu|d|dong|vnd)?\W*$"
)
_TIMES = {"k": 1_000, "n": 1_000, "ng": 1_000, "nghin": 1_000, "ngan": 1_000, "tr": 1_000_000, "trieu": 1_000_000}


def understand(text: str) -> Understood:
    """Never raises, whatever is written. What writes something down must be the whole message, but for courtesies."""
    looked_at = unicodedata.normalize("NFKC", text[:LOOKED_AT])
    words = plain_words(looked_at)
    amount = _how_much(looked_at)
    if amount is not None:
        return Understood(Wish.WRONG_AMOUNT if amount else Wish.NOT_RECEIVED, amount or None)
    wish = _wish(words, looked_at)
    if _holds_a_secret(looked_at, wish):
        return Understood(Wish.SECRET)
    return Understood(wish)


def without_numbers(text: str) -> str:
    """The same text with every number of four digits or more struck out: what may be kept of it."""
    return _DIGITS.sub(lambda found: re.sub(r"\d", "•", found[0]) if _count(found[0]) >= 4 else found[0], text)


def _wish(words: list[str], text: str) -> Wish:
    accented = " ".join(re.findall(r"[^\W_]+", text.lower()))
    if accented in _ACCENTED:
        return _ACCENTED[accented]
    for tried in _readings(words):
        if wish := _BY_LETTERS.get("".join(tried)):
            return wish
    return _nearly("".join(words)) or _beside_numbers(words) or _asked_within(words) or Wish.UNKNOWN


def _readings(words: list[str]) -> Iterator[list[str]]:
    """The message as it is, without courtesies, as an answer by number, and as a machine left it that lost its accents."""
    yield words
    plain = [each for each in words if each not in _FILLERS]
    yield plain
    if len(words) == 2 and words[0] in _BEFORE_A_NUMBER:
        yield words[1:]
    if len(words) > 1 and words[0] in ("1", "2", "3"):
        rest = [each for each in words[1:] if each not in ("la", "a")]
        if not rest or _BY_LETTERS.get("".join(rest)) is _BY_LETTERS[words[0]]:
            yield words[:1]
    yield [untelexed(each) for each in words]


def _nearly(letters: str) -> Wish | None:
    """The one wish that is a single slip away. A slip never stops anything unless the word begins as it should."""
    if letters in _ORDINARY or any(each.isdigit() for each in letters):
        return None
    wishes = {
        wish
        for phrase, wish in _BY_LETTERS.items()
        if len(phrase) >= FORGIVEN_FROM and near(letters, phrase) and (wish is not Wish.STOP or letters[:1] == phrase[:1])
    }
    return wishes.pop() if len(wishes) == 1 else None


def _beside_numbers(words: list[str]) -> Wish | None:
    """`rut 500000`, `3 500`: a number that is no answer may stand beside a word that only asks, or beside a 3."""
    spoken = [each for each in words if not each.isdigit()]
    wish = _BY_LETTERS.get("".join(spoken))
    if wish and wish.only_reads:
        return wish
    return Wish.WRONG_AMOUNT if words[:1] == ["3"] and not spoken else None


def _asked_within(words: list[str]) -> Wish | None:
    """A question in the middle of a sentence, when it is the only one."""
    if len(words) > WORDS_AROUND:
        return None
    spoken = f" {' '.join(words)} "
    found = {
        wish
        for wish, phrases in PHRASES.items()
        if wish.only_reads and any(f" {phrase} " in spoken for phrase in phrases if " " in phrase or len(phrase) > 5)
    }
    return found.pop() if len(found) == 1 else None


def _how_much(text: str) -> Dong | None:
    """`3 450.000`, `thieu, nhan 450 nghin`: an answer and the amount; None when there is no amount in it."""
    spoken = " ".join(_spoken(text))
    found = _HOW_MUCH.match(spoken)
    if not found:
        return None
    amount = int(re.sub(r"\D", "", found[1])) * _TIMES.get(found[2] or "", 1)
    if amount == 0:
        return Dong(0)
    return Dong(amount) if LEAST_AMOUNT <= amount <= MOST_IN_ONE_PAYMENT.amount and amount % 500 == 0 else None


def _spoken(text: str) -> Iterable[str]:
    """Words in plain letters, with their digits, dots and commas as they were written."""
    return (spoken for each in text.split() if (spoken := _keeping_dots(each)))


def _keeping_dots(word: str) -> str:
    return "".join(each if each in ".,:;-" else "".join(plain_words(each)) for each in unicodedata.normalize("NFC", word))


def _holds_a_secret(text: str, wish: Wish) -> bool:
    """A number of four to eight digits that is not an amount to be taken out, however its digits are spaced."""
    if wish is Wish.WRONG_AMOUNT:
        text = re.sub(r"^\W*3\b", "", text)
    numbers = {re.sub(r"\D", "", each) for each in (*_DIGITS.findall(text), *re.findall(r"\d+", text))}
    return any(4 <= len(each) <= 8 and not (wish is Wish.CASH and _is_round(int(each))) for each in numbers)


def _is_round(amount: int) -> bool:
    return amount >= LEAST_AMOUNT and amount % LEAST_AMOUNT == 0


def _count(found: str) -> int:
    return sum(each.isdigit() for each in found)
