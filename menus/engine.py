"""One key press: where the caller stands, what was typed, who they are -> where they stand now, what must be done."""

from dataclasses import dataclass, replace

from menus.drawing import Page, draw, in_parts
from menus.front_door import Nobody, WhoIsIt, welcome_back
from menus.home import Farewell, Home
from menus.kinds import Again, Caller, Do, Go, Goodbye, Outcome, Screen, Secret, ToHome, Zero
from menus.visit import Visit, freeze, thaw
from menus.wording import TEXTS, Texts
from ussd_app.domain.caller import Line
from ussd_app.domain.commands import AcceptPin, Command, SetPin

__all__ = ["Page", "Turn", "Visit", "dial", "freeze", "press", "show", "thaw"]

STEPS_REMEMBERED = 6
MISTAKES_BEFORE_HELP = 3


@dataclass(frozen=True, slots=True)
class Turn:
    visit: Visit
    commands: tuple[Command, ...] = ()
    note: str | None = None
    """Key of the text said above the page: what was not right, or what was done."""


def dial(line: Line, text: str = "") -> Turn:
    """A new session. Keys dialled with the code are pressed one after another
    until one is wrong or something is to be done; never into a PIN."""
    turn = Turn(_first(line) if not text else _home(line))
    for typed in text.split("*") if text else ():
        if turn.commands or turn.note or isinstance(turn.visit.standing, Secret | Goodbye):
            break
        turn = press(turn.visit, typed, line)
    return turn


def press(visit: Visit, typed: str, line: Line) -> Turn:
    caller = _caller(visit, line)
    typed = typed.strip()
    if caller and typed == "9" and visit.part + 1 < len(in_parts(visit.standing, caller)):
        return Turn(replace(visit, part=visit.part + 1))
    if caller is None or isinstance(visit.standing, Goodbye):
        return dial(line)
    visit = replace(visit, part=0)
    return _engine_key(visit, typed, caller) or _follow(visit, visit.standing.answer(typed, caller), line)


def show(turn: Turn, line: Line, texts: Texts = TEXTS) -> Page:
    """Draw where a turn left the caller, from the line as it is after the commands."""
    caller = _caller(turn.visit, line)
    if caller is None:
        turn = dial(line)
        caller = _caller(turn.visit, line) or Caller(line)
    return draw(turn.visit.standing, caller, turn.note, texts, turn.visit.part)


# ---- who, and where they begin ---------------------------------------------------------------------------


def _caller(visit: Visit, line: Line) -> Caller | None:
    """None when the visit belongs to another day of this phone: its person is gone, or it is shared by now."""
    person = next((each for each in line.people if each.id == visit.person_id), None)
    caller = Caller(line, person, visit.proved)
    if visit.person_id is not None and person is None:
        return None
    if not visit.standing.public and (person is None or (caller.shared and not visit.proved)):
        return None
    return caller


def _home(line: Line, visit: Visit | None = None) -> Visit:
    match line.people:
        case ():
            return Visit(Nobody())
        case (alone,):
            return Visit(Home(), person_id=alone.id, proved=visit.proved if visit else False)
        case _ if visit and visit.proved:
            return Visit(Home(), person_id=visit.person_id, proved=True)
        case _:
            return Visit(WhoIsIt())


def _first(line: Line) -> Visit:
    visit = _home(line)
    if line.cut_visit is None or not isinstance(visit.standing, Home):
        return visit
    cut = thaw(line.cut_visit.standing)
    cut_at = cut.standing if cut and cut.person_id == visit.person_id else None
    caller = Caller(line, line.people[0])
    return replace(visit, standing=welcome_back(cut_at, line.cut_visit.cash_out_reference, caller))


# ---- one key ---------------------------------------------------------------------------------------------


def _engine_key(visit: Visit, typed: str, caller: Caller) -> Turn | None:
    """0, 00 and 9 mean the same everywhere; None when the key is the screen's own."""
    standing = visit.standing
    match typed:
        case "00":
            return Turn(_home(caller.line, visit))
        case "0" if standing.zero is not Zero.ANSWER:
            return Turn(_zero(visit, caller.line))
        case "9" if _page(standing) + 1 < standing.pages(caller):
            return Turn(replace(visit, standing=_turned(standing), mistakes=0))
        case _:
            return None


def owns(visit: Visit, typed: str, caller: Caller) -> bool:
    return _engine_key(visit, typed.strip(), caller) is not None


def _page(standing: Screen) -> int:
    return getattr(standing, "page", 0)


def _turned(standing: Screen) -> Screen:
    return replace(standing, page=_page(standing) + 1)  # pyright: ignore[reportArgumentType,reportCallIssue] - only lists have pages


def _zero(visit: Visit, line: Line) -> Visit:
    if visit.standing.zero is Zero.LEAVE:
        return replace(visit, standing=Farewell(), trail=(), mistakes=0)
    if visit.standing.zero is Zero.BACK and visit.trail:
        return replace(visit, standing=visit.trail[-1], trail=visit.trail[:-1], mistakes=0)
    return _home(line, visit)


def _follow(visit: Visit, outcome: Outcome, line: Line) -> Turn:
    match outcome:
        case Again(note):
            mistakes = visit.mistakes + 1
            lost = note == "again.key" and mistakes >= MISTAKES_BEFORE_HELP
            return Turn(replace(visit, mistakes=mistakes), note="again.call" if lost else note)
        case Go(to, note, speaking_as):
            speaking = visit if speaking_as is None else replace(visit, person_id=speaking_as, proved=False)
            return Turn(_step(speaking, to, line), note=note)
        case Do(command, to, note):
            proved = visit.proved or isinstance(command, AcceptPin | SetPin)
            return Turn(_step(replace(visit, proved=proved), to, line), (command,), note)


def _step(visit: Visit, to: Screen | ToHome, line: Line) -> Visit:
    if isinstance(to, ToHome):
        return _home(line, visit)
    if isinstance(to, Home):
        return replace(visit, standing=to, trail=(), mistakes=0)
    if type(to) is type(visit.standing):
        return replace(visit, standing=to, mistakes=0)
    return replace(visit, standing=to, trail=(*visit.trail, visit.standing)[-STEPS_REMEMBERED:], mistakes=0)
