"""The proofs about words alone: the same in every language, none unused, none that insults, none with a link."""

import re
from collections.abc import Iterator, Set
from string import Formatter

from menus.drawing import in_plain_letters
from menus.wording import Texts
from sms.gsm import NotGsm, fold

ADDRESS = frozenset({"xh", "XH", "ten"})
"""How a person is addressed is each language's own way; every other placeholder must be in all of them."""

UNLUCKY = frozenset({"ngu", "lon", "cac", "buoi", "deo", "cut", "dit", "chim", "cu"})
"""Vietnamese words that without their accents read as an insult, or may be read as one."""

VIETNAMESE = "vi"

A_LINK = re.compile(r"https?:|www\.|\w\.(vn|com|net|org|info|gov|io|me|ly|gl|app|link)\b|\w@\w", re.IGNORECASE)

REFUSED = frozenset('^{}\\[~]|€@$_<>&"`£¥¤§¡¿ΔΦΓΛΩΠΨΣΘΞ\t\f\r')
"""Some gateways cut a page at these, show another sign for them, or take two places each."""


def complaints_about_texts(texts: Texts, said: Set[str]) -> Iterator[str]:
    every_key = {key for file in texts.by_file.values() for key in file}
    for language, file in texts.by_file.items():
        for key in sorted(every_key - file.keys()):
            yield f"{key} [{language}] has no text"
        for key, template in file.items():
            yield from _about(key, language, template)
    for key in sorted(every_key):
        yield from _placeholders(key, texts)
    for key in sorted(every_key - said):
        yield f"{key} [every language] is never said"


def _about(key: str, language: str, template: str) -> Iterator[str]:
    bare = re.sub(r"\{\w*\}", " ", template)
    words = set(re.findall(r"[a-z]+", in_plain_letters(bare).lower()))
    for word in sorted(UNLUCKY & words) if language == VIETNAMESE else ():
        yield f"{key} [{language}] reads as an insult without accents: {word}"
    if A_LINK.search(template):
        yield f"{key} [{language}] has a link"
    for letter in sorted(REFUSED.intersection(bare)):
        yield f"{key} [{language}] has a character that some gateways refuse: {letter!r}"
    try:
        fold(bare)
    except NotGsm as problem:
        yield f"{key} [{language}] has a letter that old phones cannot show: {', '.join(problem.letters)}"


def _placeholders(key: str, texts: Texts) -> Iterator[str]:
    named = {language: holes(file[key]) - ADDRESS for language, file in texts.by_file.items() if key in file}
    every = frozenset[str]().union(*named.values())
    for language, names in named.items():
        if missing := sorted(every - names):
            yield f"{key} [{language}] lacks the placeholder {', '.join(missing)}"


def holes(template: str) -> frozenset[str]:
    return frozenset(name for _, name, _, _ in Formatter().parse(template) if name)
