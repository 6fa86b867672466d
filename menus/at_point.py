"""What every screen of a pay point's own phone shares: it is shown after that phone's PIN, and to no other phone."""

from menus.kinds import Caller, Screen
from ussd_app.domain.keepers import Keeper

NO_KEEPER = Keeper("", "")
"""What is drawn where a phone is no longer a point's: the engine begins again before anyone sees it."""


class AtPoint(Screen):
    __slots__ = ()
    public = True
    for_keeper = True


def keeper_of(caller: Caller) -> Keeper:
    return caller.line.keeper or NO_KEEPER
