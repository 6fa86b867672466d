"""What has been sent to a person, newest first; and the word that it lies where we cannot see it."""

from menus.kinds import NOT_IN_THE_LIST, Again, Caller, Go, Menu, Say, Words, screen

PER_PAGE = 3


@screen("payments")
class Payments(Menu):
    page: int = 0
    helper_may = True

    def text(self, caller: Caller) -> str:
        return "payments.more" if self.page + 1 < self.pages(caller) else "payments"

    def pages(self, caller: Caller) -> int:
        return max(1, -(-len(caller.me.payments) // PER_PAGE))

    def words(self, caller: Caller) -> Words:
        page = min(self.page, self.pages(caller) - 1)
        shown = caller.me.payments[page * PER_PAGE :][:PER_PAGE]
        return {
            "payments": tuple(
                Say("payments.line", {"ky": each.cycle, "tien": each.amount, "tt": Say(f"word.{each.receipt}")})
                for each in shown
            )
        }

    def answer(self, typed: str, caller: Caller) -> Again:
        return NOT_IN_THE_LIST


@screen("payments.none")
class NoPayments(Menu):
    helper_may = True

    def answer(self, typed: str, caller: Caller) -> Again:
        return NOT_IN_THE_LIST


def payments(caller: Caller) -> Payments | NoPayments:
    return Payments() if caller.me.payments else NoPayments()


def place(caller: Caller) -> Say:
    """Where this person's money is kept, in words."""
    return Say(f"place.{caller.me.payout_method}")


@screen("balance.elsewhere")
class Elsewhere(Menu):
    """The money goes to a bank, a wallet or a focal account: its balance is not ours to see, and not ours to pay out."""

    helper_may = True

    def words(self, caller: Caller) -> Words:
        return {"noi": place(caller)}

    def answer(self, typed: str, caller: Caller) -> Go[Payments | NoPayments] | Again:
        if typed == "2":
            return Go(payments(caller))
        return NOT_IN_THE_LIST
