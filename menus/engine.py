"""One key press: where the caller stands, what was typed, who they are -> where they stand now, what must be done."""

from dataclasses import dataclass, replace

from menus.drawing import Page, draw, in_parts
from menus.front_door import GoneOnElsewhere, Nobody, Unproven, WhoIsIt, welcome_back
from menus.given import greeting
from menus.helping import Helping
from menus.home import Farewell, FewChoices, Home
from menus.keeper import KeeperHome
from menus.keeper_pin import KeeperPin
from menus.kinds import Again, Caller, Do, Go, Goodbye, Menu, Outcome, Question, Screen, Secret, ToHome, Zero
from menus.shut import sign
from menus.visit import Visit, freeze, thaw
from menus.wording import TEXTS, Texts
from ussd_app.domain.caller import CutVisit, Line, Person
from ussd_app.domain.commands import AcceptKeeperPin, AcceptPin, Command, ReplacePin, SetKeeperPin, SetPin
from ussd_app.domain.keepers import Keeper

__all__ = ["Page", "Turn", "Visit", "dial", "freeze", "gone_on_elsewhere", "press", "show", "thaw"]

STEPS_REMEMBERED = 6
MISTAKES_BEFORE_SHRINKING = 2
MISTAKES_BEFORE_HELP = 3

LOST = frozenset({"again.key", "again.not_an_amount", "cash_out.no_such_point"})
"""Notes on a key that was not understood; the others say what is not possible, and the next key will be right."""


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
    if caller is None or line.shut or isinstance(visit.standing, Goodbye):
        return dial(line)
    if visit.part:
        visit = replace(visit, part=0)
    return _engine_key(visit, typed, caller) or _follow(visit, visit.standing.answer(typed, caller), caller)


def gone_on_elsewhere(visit: Visit | None, line: Line) -> Turn:
    """The end of a session whose phone has meanwhile begun another: that one has been told that nothing moved."""
    person_id = visit.person_id if visit and any(each.id == visit.person_id for each in line.people) else None
    return Turn(Visit(GoneOnElsewhere(), person_id=person_id))


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
    standing = visit.standing
    if visit.person_id is not None and person is None:
        return None
    if standing.for_keeper and (_keeper_on(line) is None or not visit.proved):
        return None
    if person and person.helped:
        return caller if standing.helper_may else None
    if not standing.public and (person is None or (caller.shared and not visit.proved)):
        return None
    return caller


def _home(line: Line, visit: Visit | None = None) -> Visit:
    speaking = _speaking(line, visit)
    proved = visit.proved if visit and speaking else False
    if line.shut:
        return Visit(sign(line.shut), person_id=speaking.id if speaking else None)
    if speaking:
        return Visit(Helping() if speaking.helped else Home(), person_id=speaking.id, proved=proved)
    if line.people:
        return Visit(WhoIsIt())
    if keeper := _keeper_on(line):
        known = visit is not None and visit.proved and not keeper.pin.starting
        return Visit(KeeperHome() if known else KeeperPin(), proved=known)
    return Visit(Unproven() if line.unproven else Nobody())


def _keeper_on(line: Line) -> Keeper | None:
    """A phone that somebody calls their own is theirs first: it is no point's."""
    return None if line.people else line.keeper


def _speaking(line: Line, visit: Visit | None) -> Person | None:
    """Who this is, where it need not be asked: alone on the phone, or chosen and, among several owners, proved."""
    if len(line.people) == 1:
        return line.people[0]
    chosen = next((each for each in line.people if visit and each.id == visit.person_id), None)
    if chosen and visit and (visit.proved or chosen.helped or len(line.own) == 1):
        return chosen
    return None


def _first(line: Line) -> Visit:
    visit = _home(line)
    if not isinstance(visit.standing, Home):
        return visit
    caller = Caller(line, line.people[0])
    standing = _cut_short(line.cut_visit, visit, caller) if line.cut_visit else visit.standing
    return replace(visit, standing=greeting(caller) if isinstance(standing, Home) else standing)


def _cut_short(cut_visit: CutVisit, visit: Visit, caller: Caller) -> Screen:
    cut = thaw(cut_visit.standing)
    cut_at = cut.standing if cut and cut.person_id == visit.person_id else None
    return welcome_back(cut_visit, cut_at, caller)


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


def _follow(visit: Visit, outcome: Outcome, caller: Caller) -> Turn:
    line = caller.line
    match outcome:
        case Again(note):
            return _mistaken(replace(visit, mistakes=visit.mistakes + 1), note, caller)
        case Go(to, note, speaking_as):
            speaking = visit if speaking_as is None else replace(visit, person_id=speaking_as, proved=False)
            return Turn(_step(speaking, to, line), note=note)
        case Do(command, to, note):
            # A shared phone asks who it is, a point's its keeper: elsewhere the PIN is asked for whenever it is needed.
            proved = visit.proved or isinstance(command, AcceptKeeperPin | SetKeeperPin)
            proved = proved or (caller.shared and isinstance(command, AcceptPin | SetPin | ReplacePin))
            return Turn(_step(replace(visit, proved=proved), to, line), (command,), note)


def _mistaken(visit: Visit, note: str, caller: Caller) -> Turn:
    """Never an ending: at the second mistake the menu shrinks, and after that there is a number to call."""
    if note in LOST and visit.mistakes >= MISTAKES_BEFORE_SHRINKING and _shrinks(visit.standing, caller):
        return Turn(replace(_step(visit, FewChoices(), caller.line), mistakes=visit.mistakes), note="again.key")
    lost = note == "again.key" and visit.mistakes >= MISTAKES_BEFORE_HELP
    return Turn(visit, note="again.call" if lost else note)


def _shrinks(standing: Screen, caller: Caller) -> bool:
    if isinstance(standing, FewChoices) or standing.public or caller.person is None or caller.person.helped:
        return False
    return isinstance(standing, Menu | Question)


def _step(visit: Visit, to: Screen | ToHome, line: Line) -> Visit:
    if isinstance(to, ToHome):
        return _home(line, visit)
    if isinstance(to, Home):
        return replace(visit, standing=to, trail=(), mistakes=0)
    if type(to) is type(visit.standing):
        return replace(visit, standing=to, mistakes=0)
    return replace(visit, standing=to, trail=(*visit.trail, visit.standing)[-STEPS_REMEMBERED:], mistakes=0)
