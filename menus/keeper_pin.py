"""The PIN of a pay point's phone: a starting one sent by us opens only the way to one of the keeper's own."""

from menus.at_point import AtPoint, keeper_of
from menus.first_pin import too_easy
from menus.keeper import KeeperHome
from menus.kinds import HOME, Again, Caller, Do, Go, Goodbye, Secret, ToHome, Words, screen
from menus.pin import is_digits
from ussd_app.domain.commands import AcceptKeeperPin, CountWrongKeeperPin, ProposeKeeperPin, SetKeeperPin


@screen("keeper.locked")
class KeeperLocked(Goodbye):
    public = True


@screen("keeper.pin.repeat")
class RepeatKeeperPin(AtPoint, Secret):
    samples = ("2580", "2581")

    def text(self, caller: Caller) -> str:
        return "first_pin.repeat"

    def answer(self, typed: str, caller: Caller) -> Do[SetKeeperPin, KeeperHome] | Go["NewKeeperPin | ToHome"]:
        keeper = caller.line.keeper
        if keeper is None:
            return Go(HOME)
        if not keeper.pin.matches_proposed(typed):
            return Go(NewKeeperPin(), note="keeper.pin.not_the_same")
        return Do(SetKeeperPin(), KeeperHome(), note="first_pin.saved")


@screen("keeper.pin.new")
class NewKeeperPin(AtPoint, Secret):
    samples = ("2580", "1234", "25")

    def text(self, caller: Caller) -> str:
        return "keeper.pin.choose"

    def answer(self, typed: str, caller: Caller) -> Do[ProposeKeeperPin, RepeatKeeperPin] | Go[ToHome] | Again:
        if caller.line.keeper is None:
            return Go(HOME)
        if not is_digits(typed, caller.line.service.pin_length):
            return Again("pin.not_a_pin")
        if too_easy(typed, birth_year=0):
            return Again("keeper.pin.too_easy")
        return Do(ProposeKeeperPin(typed), RepeatKeeperPin())


@screen("keeper.pin")
class KeeperPin(Secret):
    public = True
    samples = ("2580", "9713", "1111", "97")

    def text(self, caller: Caller) -> str:
        return "keeper.pin.starting" if keeper_of(caller).pin.starting else self.name

    def words(self, caller: Caller) -> Words:
        return {"diem": keeper_of(caller).point_name}

    def answer(
        self, typed: str, caller: Caller
    ) -> (
        Do[AcceptKeeperPin, KeeperHome | NewKeeperPin]
        | Do[CountWrongKeeperPin, "KeeperPin"]
        | Do[CountWrongKeeperPin, KeeperLocked]
        | Go[KeeperLocked | ToHome]
        | Again
    ):
        keeper = caller.line.keeper
        if keeper is None:
            return Go(HOME)
        if keeper.pin.locked:
            return Go(KeeperLocked())
        if not is_digits(typed, caller.line.service.pin_length):
            return Again("pin.not_a_pin")
        if keeper.pin.matches(typed):
            return Do(AcceptKeeperPin(), NewKeeperPin() if keeper.pin.starting else KeeperHome())
        if keeper.pin.tries_left > 1:
            return Do(CountWrongKeeperPin(), self, note="keeper.pin.wrong")
        return Do(CountWrongKeeperPin(), KeeperLocked())
