"""Did the money come? The owner's own word; silence is an answer too, and costs nothing."""

from menus.kinds import NOT_IN_THE_LIST, Again, Caller, Do, Go, Goodbye, Menu, Question, Words, Zero, screen
from ussd_app.domain.caller import PaymentSeen
from ussd_app.domain.commands import ConfirmPayment, ReportNotReceived, ReportWrongAmount
from ussd_app.domain.money import read_typed_amount
from ussd_app.domain.payments import MOST_IN_ONE_PAYMENT, PROGRAMMES, Receipt


def _payment(payment_id: int, caller: Caller) -> PaymentSeen | None:
    return next((each for each in caller.me.payments if each.id == payment_id), None)


def waiting(payment_id: int, caller: Caller) -> PaymentSeen | None:
    """The payment, while its owner has not yet said anything of it (on this phone or another)."""
    payment = _payment(payment_id, caller)
    return payment if payment and payment.receipt is Receipt.NOT_ASKED else None


def _about(payment_id: int, caller: Caller) -> Words:
    payment = _payment(payment_id, caller)
    if payment is None:
        return {}
    return {
        "ky": payment.cycle,
        "tien": payment.amount,
        "loai": PROGRAMMES.get(payment.programme, payment.programme),
    }


@screen("receipt.none")
class NothingToConfirm(Menu):
    helper_may = True

    def answer(self, typed: str, caller: Caller) -> Again:
        return NOT_IN_THE_LIST


@screen("receipt.thanks")
class Thanks(Goodbye):
    payment_id: int
    helper_may = True

    def text(self, caller: Caller) -> str:
        payment = _payment(self.payment_id, caller)
        return self.name if payment and payment.receipt is Receipt.RECEIVED else "receipt.already"

    def words(self, caller: Caller) -> Words:
        payment = _payment(self.payment_id, caller)
        return {**_about(self.payment_id, caller), "ma": payment.receipt_reference} if payment else {}


@screen("receipt.case")
class CaseOpened(Goodbye):
    payment_id: int
    helper_may = True

    def text(self, caller: Caller) -> str:
        payment = _payment(self.payment_id, caller)
        return self.name if payment and payment.case_reference else "receipt.already"

    def words(self, caller: Caller) -> Words:
        payment = _payment(self.payment_id, caller)
        if payment is None:
            return {}
        return {"ma": payment.case_reference, "ng": payment.case_due, "xa": caller.me.commune_name}


@screen("receipt.ask")
class DidItArrive(Menu):
    payment_id: int
    helper_may = True

    def text(self, caller: Caller) -> str:
        return self.name if waiting(self.payment_id, caller) else NothingToConfirm.name

    def words(self, caller: Caller) -> Words:
        return _about(self.payment_id, caller)

    def answer(
        self, typed: str, caller: Caller
    ) -> Do[ConfirmPayment, Thanks] | Do[ReportNotReceived, CaseOpened] | Go["HowMuchCame | NothingToConfirm"] | Again:
        me, payment_id = caller.me.id, self.payment_id
        if not waiting(payment_id, caller):
            return Go(NothingToConfirm())
        match typed:
            case "1":
                return Do(ConfirmPayment(me, payment_id), Thanks(payment_id))
            case "2":
                return Do(ReportNotReceived(me, payment_id), CaseOpened(payment_id))
            case "3":
                return Go(HowMuchCame(payment_id))
            case _:
                return NOT_IN_THE_LIST


@screen("receipt.amount")
class HowMuchCame(Question):
    payment_id: int
    helper_may = True
    zero = Zero.ANSWER
    samples = ("450000", "450.000", "0", "500000", "all", "999999999999")

    def answer(
        self, typed: str, caller: Caller
    ) -> Do[ReportWrongAmount, CaseOpened] | Do[ReportNotReceived, CaseOpened] | Go[DidItArrive | NothingToConfirm] | Again:
        payment = waiting(self.payment_id, caller)
        if payment is None:
            return Go(NothingToConfirm())
        received = read_typed_amount(typed)
        if received is None or received > MOST_IN_ONE_PAYMENT:
            return Again("again.not_an_amount")
        if received == payment.amount:
            return Go(DidItArrive(self.payment_id), note="receipt.same_amount")
        if not received:
            return Do(ReportNotReceived(caller.me.id, self.payment_id), CaseOpened(self.payment_id))
        return Do(ReportWrongAmount(caller.me.id, self.payment_id, received), CaseOpened(self.payment_id))


def receipt(caller: Caller) -> DidItArrive | NothingToConfirm:
    oldest = caller.me.unconfirmed
    return DidItArrive(oldest.id) if oldest else NothingToConfirm()
