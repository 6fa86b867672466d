"""What is said when nobody can be served: the money is safe, and when to press again."""

from menus.cash_out_result import day, hour
from menus.drawing import Page, draw
from menus.kinds import Caller, Goodbye, Words, screen
from ussd_app.domain.caller import ClosedUntil, Crowded, Line


@screen("closed")
class Closed(Goodbye):
    public = True
    helper_may = True

    def text(self, caller: Caller) -> str:
        return self.name if isinstance(caller.line.shut, ClosedUntil) else "goodbye"

    def words(self, caller: Caller) -> Words:
        match caller.line.shut:
            case ClosedUntil(moment):
                return {"gio": hour(moment, caller), "ng": day(moment, caller)}
            case _:
                return {}


@screen("busy")
class Busy(Goodbye):
    public = True
    helper_may = True

    def words(self, caller: Caller) -> Words:
        shut = caller.line.shut
        return {"p": shut.minutes if isinstance(shut, Crowded) else Crowded().minutes}


def sign(shut: ClosedUntil | Crowded) -> Closed | Busy:
    match shut:
        case ClosedUntil():
            return Closed()
        case Crowded():
            return Busy()


def shut_page(line: Line) -> Page:
    """What is said when nothing can be read: in the default language, to nobody in particular."""
    return draw(sign(line.shut or Crowded()), Caller(line), None)
