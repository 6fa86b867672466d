"""The words of every screen in every language, as the files in `menus/texts` give them, and how the holes are filled."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from menus.kinds import Say, Words
from ussd_app.domain.payments import Programme
from ussd_app.domain.people import Gender, Language, form_of_address

WRITTEN_IN = {Language.VIETNAMESE: "vi", Language.ACCENTED: "vi", Language.ENGLISH: "en"}
"""Unaccented Vietnamese has no file of its own: it is folded from the accented one."""

LONGEST = {"ten": 10, "diem": 27, "xa": 22, "noiphat": 27, "canbo": 20}
"""Letters of the longest given name, pay point, commune, place of handing out and officer: what is longer is cut there,
so that no key falls off."""


class NoSuchText(LookupError):
    """A text is missing in a language. There is no other language to fall back on."""


@dataclass(frozen=True)
class Texts:
    by_file: Mapping[str, Mapping[str, str]]
    names: Mapping[str, str]
    """Each language's own name for itself."""

    @classmethod
    def read(cls, folder: Path) -> "Texts":
        files = {each.stem: tomllib.loads(each.read_text(encoding="utf-8")) for each in sorted(folder.glob("*.toml"))}
        return cls(
            {stem: file["texts"] for stem, file in files.items()},
            {stem: file["language"] for stem, file in files.items()},
        )

    def has(self, language: Language, key: str) -> bool:
        return key in self.by_file[WRITTEN_IN[language]]

    def template(self, language: Language, key: str) -> str:
        try:
            return self.by_file[WRITTEN_IN[language]][key]
        except KeyError:
            raise NoSuchText(f"{key} in {language}") from None

    def say(self, language: Language, key: str, words: Words) -> str:
        said = self.template(language, key).format_map(_Filled(self, language, words))
        return "\n".join(line.rstrip() for line in said.split("\n"))

    def in_words(self, language: Language, name: str, value: object) -> str:
        match value:
            case Say(key, words, to):
                whom = address(to.gender, to.given_name, language) if to else {}
                return self.say(language, key, {**whom, **words})
            case tuple():
                return "\n".join(self.in_words(language, name, each) for each in value)
            case Programme():
                return value.en if language is Language.ENGLISH else value.vi
            case _:
                return str(value)[: LONGEST.get(name)]


class _Filled(dict[str, str]):
    """Puts into words only what a text names."""

    def __init__(self, texts: Texts, language: Language, words: Words) -> None:
        self._texts, self._language, self._words = texts, language, words

    def __missing__(self, name: str) -> str:
        return self._texts.in_words(self._language, name, self._words[name])


TEXTS = Texts.read(Path(__file__).with_name("texts"))


def say(language: Language, key: str, **words: object) -> str:
    return TEXTS.say(language, key, words)


def address(gender: Gender, given_name: str, language: Language) -> dict[str, str]:
    """How a person is spoken to, in their language: `xh`, `XH` at the head of a sentence, and `ten`."""
    form = form_of_address(gender, language)
    return {"xh": form, "XH": form[0].upper() + form[1:], "ten": given_name}
