"""What a pay point's own phone is for: redeem a code, what was paid today, and whether there is cash."""

from menus.at_point import AtPoint, keeper_of
from menus.cash_out_result import day
from menus.kinds import HOME, NOT_IN_THE_LIST, Again, Caller, Do, Go, Menu, Say, Secret, ToHome, Words, Zero, screen
from ussd_app.domain.commands import CountWrongCode, RedeemCode, SayCash
from ussd_app.domain.keepers import Keeper, RedemptionState

CODE_DIGITS = range(6, 13)
REFUSALS = ("no_such_code", "already_redeemed", "expired", "cancelled", "wrong_point", "over_limit", "try_later", "other")
"""Why a code was not redeemed, as far as a keeper needs to know."""


@screen("keeper.day")
class KeeperDay(AtPoint, Menu):
    def words(self, caller: Caller) -> Words:
        keeper, now = keeper_of(caller), caller.line.now
        return {"ng": day(now, caller), "lan": keeper.paid_today, "tien": keeper.sum_today}

    def answer(self, typed: str, caller: Caller) -> Again:
        return NOT_IN_THE_LIST


@screen("keeper.result")
class KeeperResult(AtPoint, Menu):
    """The truth as it is known now; only one page of three says that cash may be handed over."""

    reference: str

    def text(self, caller: Caller) -> str:
        last = keeper_of(caller).last
        if last is None or last.cash_out_reference != self.reference:
            return "keeper.refused"
        match last.state:
            case RedemptionState.REDEEMED:
                return "keeper.redeemed"
            case RedemptionState.REFUSED:
                return "keeper.refused"
            case _:
                return "keeper.asked"

    def words(self, caller: Caller) -> Words:
        last = keeper_of(caller).last
        mine = last if last and last.cash_out_reference == self.reference else None
        reason = mine.reason if mine and mine.reason in REFUSALS else "other"
        return {"tien": mine.amount if mine else "", "ma": self.reference, "vi_sao": Say(f"keeper.reason.{reason}")}

    def answer(self, typed: str, caller: Caller) -> Go["KeeperResult"] | Again:
        return Go(self) if typed == "1" and self.text(caller) == "keeper.asked" else NOT_IN_THE_LIST


@screen("keeper.agree")
class KeeperAgrees(AtPoint, Menu):
    reference: str
    zero = Zero.BACK

    def text(self, caller: Caller) -> str:
        return self.name if keeper_of(caller).amount_of(self.reference) else "keeper.refused"

    def words(self, caller: Caller) -> Words:
        amount = keeper_of(caller).amount_of(self.reference)
        return {"tien": amount} if amount else {"vi_sao": Say("keeper.reason.other")}

    def answer(self, typed: str, caller: Caller) -> Do[RedeemCode, KeeperResult] | Go[ToHome] | Again:
        match typed:
            case "1" if keeper_of(caller).amount_of(self.reference):
                return Do(RedeemCode(self.reference), KeeperResult(self.reference))
            case "1" | "2":
                return Go(HOME)
            case _:
                return NOT_IN_THE_LIST


@screen("keeper.wait")
class KeeperWaits(AtPoint, Menu):
    """Too many codes were wrong: the next one is looked at later."""

    def words(self, caller: Caller) -> Words:
        until = keeper_of(caller).locked_until or caller.line.now
        return {"gio": until.astimezone(caller.line.now.tzinfo).strftime("%H:%M")}

    def answer(self, typed: str, caller: Caller) -> Again:
        return NOT_IN_THE_LIST


@screen("keeper.code")
class KeeperCode(AtPoint, Secret):
    samples = ("48151623", "4815 1623", "11111111", "12")

    def answer(
        self, typed: str, caller: Caller
    ) -> Go[KeeperAgrees | KeeperWaits | ToHome] | Do[CountWrongCode, "KeeperCode"] | Again:
        keeper = caller.line.keeper
        if keeper is None:
            return Go(HOME)
        if _locked(keeper, caller):
            return Go(KeeperWaits())
        code = typed.replace(" ", "")
        if not (code.isascii() and code.isdecimal() and len(code) in CODE_DIGITS):
            return Again("keeper.code.not_a_code")
        if reference := keeper.reference_of(code):
            return Go(KeeperAgrees(reference))
        return Do(CountWrongCode(), self, note="keeper.code.wrong")


@screen("keeper.home")
class KeeperHome(AtPoint, Menu):
    zero = Zero.LEAVE

    def text(self, caller: Caller) -> str:
        return self.name if keeper_of(caller).has_cash else "keeper.home.no_cash"

    def words(self, caller: Caller) -> Words:
        return {"diem": keeper_of(caller).point_name}

    def answer(
        self, typed: str, caller: Caller
    ) -> Go[KeeperCode | KeeperWaits | KeeperDay | ToHome] | Do[SayCash, "KeeperHome"] | Again:
        keeper = caller.line.keeper
        if keeper is None:
            return Go(HOME)
        match typed:
            case "1":
                return Go(KeeperWaits() if _locked(keeper, caller) else KeeperCode())
            case "2":
                return Go(KeeperDay())
            case "3":
                note = "keeper.cash.none" if keeper.has_cash else "keeper.cash.some"
                return Do(SayCash(not keeper.has_cash), KeeperHome(), note=note)
            case _:
                return NOT_IN_THE_LIST


def _locked(keeper: Keeper, caller: Caller) -> bool:
    return keeper.locked_until is not None and keeper.locked_until > caller.line.now
