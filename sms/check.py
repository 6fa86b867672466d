"""Proof that every message fits one part, in every language, with the longest values it can carry."""

from __future__ import annotations

import re
import string
import sys
from collections.abc import Iterable, Iterator

from sms.every import EVERY_NOTICE
from sms.gsm import NotGsm, fold, septets
from sms.kinds import LONGEST_NAME, LONGEST_PLACE, UNLUCKY, fill, giving_way, saying_whose
from sms.payment_notices import LONGEST_COMMUNE
from sms.providers.refusals import refusals
from sms.replies import Said
from sms.wording import Wording, wording
from ussd_app.domain.money import MOST_ON_A_SCREEN, Dong
from ussd_app.domain.payments import MOST_IN_ONE_PAYMENT, PROGRAMMES
from ussd_app.domain.people import Gender, Language, PayoutMethod, form_of_address

ONE_PART = 160
LANGUAGES = (Language.VIETNAMESE, Language.ENGLISH)

USUAL = {"b": "ASXH", "hot": "18001234"}
"""With these, the name of the person always has room."""

LONGEST = {"b": "M" * 11, "hot": "0" * 11}
"""With these a name may have to give way."""

REFUSED_BY_SOME = frozenset("#&[]{}\\<@%")
_LINK = re.compile(r"https?:|www\.|\b[a-z0-9-]+\.(?:vn|com|net|org|info|ly|me|io|gov)\b|/{2}", re.IGNORECASE)


def longest_values(language: Language) -> dict[str, str]:
    """The longest value each placeholder can be given."""
    words = wording(language)
    address = max((form_of_address(each, language) for each in Gender), key=len)
    whom = f"{address} {'N' * LONGEST_NAME}"
    english = language is Language.ENGLISH
    return USUAL | {
        "xh": address,
        "XH": address[0].upper() + address[1:],
        "whom": whom,
        "WHOM": whom[0].upper() + whom[1:],
        "ten": "N" * LONGEST_NAME,
        "tien": str(MOST_IN_ONE_PAYMENT),
        "phi": "99.999đ",
        "conlai": str(Dong(MOST_ON_A_SCREEN)),
        "loai": _longest(each.en if english else each.vi for each in PROGRAMMES.values()),
        "ky": "12/2026",
        "noi": _longest([*words.places.values(), words.number.format(duoi="000")]),
        "lydo": _longest(words.reasons.values()),
        "viec": _longest(words.said.values()),
        "code": "0000 0000",
        "diem": "N" * LONGEST_PLACE,
        "noiphat": "N" * LONGEST_PLACE,
        "xa": "X" * LONGEST_COMMUNE,
        "gio": "23:59",
        "ng": "31/12",
        "ma": "N" * 8,
        "pin": "000000",
        "p": "999",
        "sc": "*00000#",
        "duoi": "000",
        "na": "0" * 11,
        "nb": "0" * 11,
    }


def _longest(every: Iterable[str]) -> str:
    return max(every, key=len)


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
    for reason in sorted({*wording(Language.VIETNAMESE).reasons, "other"} ^ set(words.reasons)):
        yield f"reason {reason} [{language}]: the languages differ"
    for said in sorted(set(Said) ^ set(words.said)):
        yield f"said {said} [{language}]: texts and answers differ"


def _about(kind: str, language: Language, template: str) -> Iterator[str]:
    where = f"{kind} [{language}]"
    used = placeholders(template)
    first = wording(Language.VIETNAMESE).texts.get(kind, template)
    if differing := sorted((used ^ placeholders(first)) - {"xh", "XH"}):
        yield f"{where}: placeholders differ from Vietnamese: {' '.join(differing)}"
    values = longest_values(language)
    if unknown := sorted(used - set(values)):
        yield f"{where}: nothing says how long {' '.join(unknown)} can be"
        return
    if _LINK.search(template):
        yield f"{where}: looks like a link"
    text = fill(template, values)
    yield from _too_long(where, text)
    _, named, _ = giving_way(values, shared=True)
    yield from _too_long(f"{where} on a shared phone", fill(saying_whose(kind, language), named))
    *_, least = giving_way(values | LONGEST)
    yield from _too_long(f"{where} with the longest brand and number", fill(template, least))
    yield from _refused(where, text)
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


def _refused(where: str, text: str) -> Iterator[str]:
    try:
        folded = fold(text)
    except NotGsm:
        return
    for provider, refused in refusals().items():
        if odd := sorted(refused.intersection(folded)):
            yield f"{where}: {provider} refuses {' '.join(odd)}"


def _unlucky(where: str, template: str, values: dict[str, str]) -> Iterator[str]:
    words = wording(Language.VIETNAMESE)
    every = {
        "loai": [each.vi for each in PROGRAMMES.values()],
        "noi": [*words.places.values(), words.number],
        "lydo": [*words.reasons.values()],
        "viec": [*words.said.values()],
    }
    filled = " ".join(
        [fill(template, values), *(each for name in every if f"{{{name}}}" in template for each in every[name])]
    )
    try:
        found = sorted(set(re.findall(r"[a-z]+", fold(re.sub(r"[{}]", "", filled)).lower())) & UNLUCKY)
    except NotGsm:
        return
    if found:
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
