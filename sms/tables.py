"""The tables of docs/sms.md, made from the messages and keywords themselves."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

from sms.check import LANGUAGES, longest_values
from sms.every import EVERY_NOTICE
from sms.gsm import fold, septets
from sms.keywords import PHRASES, Wish
from sms.kinds import fill
from sms.wording import wording
from ussd_app.domain.people import Language

PHRASES_SHOWN = 6

_TABLE = re.compile(r"(<!-- (\w+) -->\n).*?(<!-- end -->)", re.DOTALL)


def notices() -> list[str]:
    """Each message, what it is for, and how many septets it takes at the longest, in each language we write."""
    head = ["| message | category | at the longest | in Vietnamese |", "|---|---|---|---|"]
    return head + [
        f"| `{kind}` | {each.category} | {_longest(kind)} | {fold(wording(Language.VIETNAMESE).texts[kind])} |"
        for kind, each in EVERY_NOTICE.items()
    ]


def _longest(kind: str) -> str:
    texts = ((language, wording(language).texts[kind]) for language in LANGUAGES)
    return " / ".join(str(septets(fold(fill(text, longest_values(language))))) for language, text in texts)


def keywords() -> list[str]:
    head = ["| what is wanted | some of the words |", "|---|---|"]
    return head + [f"| {_MEANINGS[wish]} | {_some(phrases)} |" for wish, phrases in PHRASES.items()]


def _some(phrases: tuple[str, ...]) -> str:
    return ", ".join(f"`{each}`" for each in phrases[:PHRASES_SHOWN])


_MEANINGS: Mapping[Wish, str] = {
    Wish.BALANCE: "the balance, or what was last sent elsewhere",
    Wish.RECEIVED: "the money came",
    Wish.NOT_RECEIVED: "it did not come: a ticket",
    Wish.WRONG_AMOUNT: "not all of it came: a ticket, with the amount when it is written behind",
    Wish.CASH: "how to take cash out (never by message)",
    Wish.HELP: "the list of words",
    Wish.STOP: "no reminders to this number; money is still told",
    Wish.START: "reminders again",
}

TABLES: Mapping[str, Callable[[], list[str]]] = {"notices": notices, "keywords": keywords}


def drawn(page: str) -> str:
    """The page with its tables as they should be."""
    return _TABLE.sub(lambda found: found[1] + "\n".join(TABLES[found[2]]()) + "\n" + found[3], page)


def main(arguments: list[str]) -> int:
    path = Path(arguments[-1])
    page = path.read_text(encoding="utf-8")
    if "--check" not in arguments:
        path.write_text(drawn(page), encoding="utf-8")
        return 0
    if drawn(page) == page:
        return 0
    sys.stdout.write(f"{path} is not what the messages say: run `make draw`\n")
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
