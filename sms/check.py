"""Proof that every message fits one part, in every language, with the longest values it can carry."""

from __future__ import annotations

import re
import string
import sys
from collections.abc import Iterator

from sms.care_notices import CARE_NOTICES
from sms.gsm import NotGsm, fold, septets
from sms.notices import LONGEST_NAME, LONGEST_POINT, NOTICES, UNLUCKY, fill, giving_way
from sms.wording import Wording, wording
from ussd_app.domain.money import MOST_ON_A_SCREEN, Dong
from ussd_app.domain.payments import MOST_IN_ONE_PAYMENT, PROGRAMMES
from ussd_app.domain.people import Gender, Language, PayoutMethod, form_of_address

ONE_PART = 160
EVERY_NOTICE = {**NOTICES, **CARE_NOTICES}
LANGUAGES = (Language.VIETNAMESE, Language.ENGLISH)

USUAL = {"b": "ASXH", "hot": "18001234"}
"""With these, the name of the person always has room."""

LONGEST = {"b": "M" * 11, "hot": "0" * 11}
"""With these a name may have to give way."""

REFUSED_BY_SOME = frozenset("#&[]{}\\<@%")
_LINK = re.compile(r"https?:|www\.|\b[a-z0-9-]+\.(?:vn|com|net|org|info|ly|me|io|gov)\b|/{2}", re.IGNORECASE)


def longest_values(language: Language) -> dict[str, str]:
    """The longest value each placeholder can be given."""
    address = max((form_of_address(each, language) for each in Gender), key=len)
    english = language is Language.ENGLISH
    return USUAL | {
        "xh": address,
        "XH": address[0].upper() + address[1:],
        "ten": "N" * LONGEST_NAME,
        "tien": str(MOST_IN_ONE_PAYMENT),
        "phi": "99.999đ",
        "conlai": str(Dong(MOST_ON_A_SCREEN)),
        "loai": max((each.en if english else each.vi for each in PROGRAMMES.values()), key=len),
        "ky": "12/2026",
        "noi": max(wording(language).places.values(), key=len),
        "code": "0000 0000",
        "diem": "N" * LONGEST_POINT,
        "gio": "23:59",
        "ng": "31/12",
        "ma": "N" * 8,
        "pin": "000000",
        "p": "999",
        "sc": "*00000#",
        "duoi": "000",
    }


def complaints() -> Iterator[str]:
    """One line for each thing that may not be merged."""
    for language in LANGUAGES:
        words = wording(language)
        yield from _missing(language, words)
        for kind in EVERY_NOTICE:
            if kind in words.texts:
                yield from _about(kind, language, words.texts[kind])


def warnings() -> Iterator[str]:
    """What some aggregators refuse; a message that needs it can be sent through others only."""
    for language in LANGUAGES:
        for kind, template in wording(language).texts.items():
            plain = re.sub(r"\{\w+\}", "", template)
            if odd := sorted(set(plain) & REFUSED_BY_SOME):
                yield f"{kind} [{language}]: some aggregators refuse {' '.join(odd)}"


def _missing(language: Language, words: Wording) -> Iterator[str]:
    for kind in sorted(set(EVERY_NOTICE) ^ set(words.texts)):
        yield f"{kind} [{language}]: " + ("no text" if kind in EVERY_NOTICE else "a text that no notice uses")
    for method in sorted(set(PayoutMethod) ^ set(words.places)):
        yield f"place {method} [{language}]: texts and payout methods differ"


def _about(kind: str, language: Language, template: str) -> Iterator[str]:
    where = f"{kind} [{language}]"
    named = placeholders(template)
    first = wording(Language.VIETNAMESE).texts.get(kind, template)
    if named != placeholders(first):
        yield f"{where}: placeholders differ from Vietnamese: {' '.join(sorted(named ^ placeholders(first)))}"
    values = longest_values(language)
    if unknown := sorted(named - set(values)):
        yield f"{where}: nothing says how long {' '.join(unknown)} can be"
        return
    if _LINK.search(template):
        yield f"{where}: looks like a link"
    yield from _too_long(where, fill(template, values))
    *_, least = giving_way(values | LONGEST)
    yield from _too_long(f"{where} with the longest brand and number", fill(template, least))
    if language is not Language.ENGLISH:
        yield from _unlucky(where, template, values)


def placeholders(template: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(template) if name is not None}


def _too_long(where: str, text: str) -> Iterator[str]:
    try:
        length = septets(fold(text))
    except NotGsm as problem:
        yield f"{where}: {problem}"
        return
    if length > ONE_PART:
        yield f"{where}: {length} septets, {length - ONE_PART} too many"


def _unlucky(where: str, template: str, values: dict[str, str]) -> Iterator[str]:
    every = [each.vi for each in PROGRAMMES.values()] if "{loai}" in template else []
    every += list(wording(Language.VIETNAMESE).places.values()) if "{noi}" in template else []
    try:
        words = set(re.findall(r"[a-z]+", fold(" ".join([fill(template, values), *every])).lower()))
    except NotGsm:
        return
    if found := sorted(words & UNLUCKY):
        yield f"{where}: without accents reads unluckily: {' '.join(found)}"


def main() -> int:
    for line in warnings():
        sys.stderr.write(f"warning: {line}\n")
    found = list(complaints())
    for line in found:
        sys.stdout.write(line + "\n")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
