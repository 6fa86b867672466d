"""How a story in tests/dialogues is told: who calls, what they press, what they see, what is done."""

from collections.abc import Iterator
from dataclasses import dataclass, fields, replace

from menus.cast import CAST, PIN, TEMPORARY_PIN
from menus.drawing import Page
from menus.engine import Turn, dial, freeze, gone_on_elsewhere, press, show, thaw
from menus.rehearsal import World
from menus.wording import TEXTS, Texts
from ussd_app.domain.caller import CutVisit
from ussd_app.domain.commands import Command, RequestCashOut
from ussd_app.domain.people import Language

SECRETS = {
    "the PIN": PIN,
    "a wrong PIN": "1111",
    "an easy PIN": "1234",
    "the temporary PIN": TEMPORARY_PIN,
    "another PIN": "8642",
    "a PIN that is not the same": "2581",
    "the year of birth": "1950",
    "a wrong year": "1999",
}
"""What is keyed where a story writes `presses •••• the PIN`."""

HIDDEN = "••••"


@dataclass
class Teller:
    """Plays a story line by line. Between every two keys the visit is stored and opened again."""

    world: World
    texts: Texts = TEXTS
    turn: Turn | None = None
    older: Turn | None = None
    asked_for_cash: bool = False

    def dials(self, code: str) -> Iterator[str]:
        keys = code.removeprefix("*").removesuffix("#").partition("*")[2]
        self.older = self.turn
        yield from self._shows(dial(self.world.line, keys))
        self.world = replace(self.world, line=replace(self.world.line, cut_visit=None))

    def presses(self, typed: str) -> Iterator[str]:
        assert self.turn, "nobody has dialled yet"
        visit = thaw(freeze(self.turn.visit))
        assert visit is not None and visit == self.turn.visit, "a visit must survive being stored"
        named = typed.removeprefix(HIDDEN).strip()
        yield from self._shows(press(visit, SECRETS.get(named, typed), self.world.line))

    def presses_in_the_older_session(self) -> Iterator[str]:
        assert self.older, "there is no older session"
        yield from self._shows(gone_on_elsewhere(self.older.visit, self.world.line))

    def the_line_drops(self, timed_out: bool = False) -> None:
        assert self.turn, "nobody has dialled yet"
        order = next((each.last_cash_out for each in self.world.line.people if self.asked_for_cash), None)
        cut = CutVisit(freeze(self.turn.visit), order.reference if order else "", timed_out)
        self.world = replace(self.world, line=replace(self.world.line, cut_visit=cut))

    def _shows(self, turn: Turn) -> Iterator[str]:
        self.turn = turn
        for command in turn.commands:
            self.world = self.world.after(command)
            self.asked_for_cash |= isinstance(command, RequestCashOut)
            yield f"> {told(command)}"
        page = show(turn, self.world.line, self.texts)
        yield from (f"| {line}" for line in self._without_code(page).split("\n"))
        if page.kind == "END":
            yield "(end)"

    def _without_code(self, page: Page) -> str:
        codes = [each.last_cash_out.code for each in self.world.line.people if each.last_cash_out]
        text = page.text
        for code in filter(None, codes):
            assert page.secret or code not in text, "a code on a page that is not sealed"
            text = text.replace(code, HIDDEN)
        return text


def told(command: Command) -> str:
    values = (HIDDEN if not each.repr else str(getattr(command, each.name)) for each in fields(command))
    named = (f"{each.name}={value}" for each, value in zip(fields(command), values, strict=True))
    return f"{type(command).__name__}({', '.join(named)})"


def tell(story: str, language: Language | None = None, texts: Texts = TEXTS) -> str:
    """The same story with everything that is seen and done written anew, in the language of its caller or in another."""
    retold: list[str] = []
    teller: Teller | None = None
    for line in story.splitlines():
        if line.startswith(("| ", "> ", "(end)")) or line == "|":
            continue
        retold.append(line)
        verb, _, rest = line.partition(" ")
        match verb:
            case "language":
                language = Language(rest)
            case "caller":
                teller = Teller(CAST[rest] if language is None else CAST[rest].speaking(language), texts)
            case "dials" | "presses":
                assert teller, "a story begins with its caller"
                retold.extend(teller.dials(rest) if verb == "dials" else teller.presses(rest))
            case "the" if rest == "line drops":
                assert teller
                teller.the_line_drops()
            case "nothing" if rest == "is pressed until the time runs out":
                assert teller
                teller.the_line_drops(timed_out=True)
            case "the" if rest == "older session goes on":
                assert teller
                retold.extend(teller.presses_in_the_older_session())
            case _:
                assert not line or line.startswith("#"), f"a story cannot say {line!r}"
    return "\n".join(retold) + "\n"
