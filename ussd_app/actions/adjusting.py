"""How each kind of adjustment moves money, once two officers agree, and what its owner is told."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import Connection, text

from sms.kinds import Notice
from sms.notices import PaymentArrived
from sms.payment_notices import BalanceLowered, BalanceRaised
from ussd_app.actions import records
from ussd_app.actions.desk import Desk
from ussd_app.domain import ledger
from ussd_app.domain.adjustments import Kind, Line
from ussd_app.domain.ledger import Account, AccountKind, MoreThanThereWas, NotEnoughMoney, Transfer
from ussd_app.domain.money import Dong
from ussd_app.domain.payments import Cycle
from ussd_app.domain.people import PayoutMethod, given_name
from ussd_app.store import entries, sent_back, suspense, unclaimed
from ussd_app.store import ledger as ledger_store
from ussd_app.store.transfers import write

Legs = Sequence[UUID]


def move(db: Connection, kind: Kind, line: Line, reason: str) -> Legs | str:
    """Write one line into the ledger: the transfers it became, or why it cannot be done.

    Raises NotEnoughMoney and MoreThanThereWas; then the savepoint around it must be rolled back.
    """
    match kind:
        case Kind.RETURN_UNCLAIMED:
            return _return(db, line, reason)
        case Kind.CLAIM_AGAIN:
            return ledger_store.claim_again(db, line.journal_id, line.key, line.amount, reason)
        case Kind.CORRECT:
            return _correct(db, line, reason)
        case Kind.CARRY_SUSPENSE | Kind.CARRY_BY_PERSON | Kind.CARRY_BY_PROVIDER:
            return _carry(db, kind, line, reason)
        case Kind.SEND_AGAIN:
            return _send_again(db, line)


def rehearse(db: Connection, kind: Kind, line: Line) -> str | None:
    """Why a line could not be done if it were agreed to now; nothing is written. None when it could."""
    trial = db.begin_nested()
    try:
        legs = move(db, kind, line, "a rehearsal")
        return legs if isinstance(legs, str) else None
    except NotEnoughMoney:
        return f"less than {line.amount} is there"
    except MoreThanThereWas as problem:
        return str(problem)
    finally:
        trial.rollback()


def _return(db: Connection, line: Line, reason: str) -> Legs | str:
    owned = unclaimed.lock_owned(db, line.account_code)
    if owned is None:
        return "this is nobody's account"
    if owned.held_anywhere:
        return "a cash-out or a pay-out session of this person is under way"
    source = Account(owned.code, AccountKind(owned.kind), programme=owned.programme)
    return _one(db, Transfer(line.key, source, ledger.returned(owned.programme), line.amount, line.journal_id, reason))


def _correct(db: Connection, line: Line, reason: str) -> Legs | str:
    entry = entries.lock(db, line.entry_id or line.journal_id)
    if entry is None:
        return "there is no such entry"
    return ledger_store.take_back(db, entry, line.key, line.amount, reason)


def _carry(db: Connection, kind: Kind, line: Line, reason: str) -> Legs | str:
    waits = suspense.lock(db, line.entry_id) if line.entry_id else None
    if waits is None or waits.left < line.amount:
        return f"only {waits.left if waits else Dong(0)} of it is still in suspense"
    if kind is Kind.CARRY_BY_PROVIDER:
        entry = entries.lock(db, waits.entry_id)
        return ledger_store.take_back(db, entry, line.key, line.amount, reason) if entry else "there is no such entry"
    programme = line.account_code.split(":")[-1]
    carrier = ledger.shelf(ledger.waived(programme), waits.journal_id)
    if kind is Kind.CARRY_BY_PERSON:
        carrier = Account(line.account_code, AccountKind.BENEFICIARY, line.person_id, programme)
    account = Account(waits.account, AccountKind.SUSPENSE, programme=waits.programme)
    return _one(db, Transfer(line.key, carrier, account, line.amount, waits.journal_id, reason))


def _send_again(db: Connection, line: Line) -> Legs | str:
    back = sent_back.lock(db, line.journal_id)
    if back is None:
        return "nothing of this payment is here: it went out again already"
    if why := why_not_again(back):
        return why
    if back.here < line.amount:
        return f"only {back.here} of this payment is here: the rest went out again already"
    owner = ledger.beneficiary(back.person_id, back.programme)
    away = ledger.handed_over(back.method.value, back.programme)
    if back.method is PayoutMethod.FOCAL:
        away = ledger.trust(commune_of(db, back.person_id), back.person_id, back.programme)
    return _one(db, Transfer(line.key, owner, away, line.amount, line.journal_id, "sent out again"))


def why_not_again(back: sent_back.SentBack) -> str | None:
    """Why a payment that came back cannot be sent out again; None when it can."""
    if back.deceased_on:
        return f"{back.full_name} died on {back.deceased_on}: the money waits for the heirs"
    if back.method.cash_out_here:
        return f"{back.full_name} is paid through {back.method.value.replace('_', ' ')} by now and can draw it here"
    return None


def commune_of(db: Connection, person_id: int) -> str:
    """The code of the commune that keeps a person's money."""
    return db.execute(
        text("SELECT c.code FROM person p JOIN commune c ON c.id = p.commune_id WHERE p.id = :id"), {"id": person_id}
    ).scalar_one()


def _one(db: Connection, transfer: Transfer) -> Legs:
    write(db, [transfer])
    return [transfer.id]


# ---- what its owner is told ------------------------------------------------------------------------------


def tell(db: Connection, desk: Desk, kind: Kind, number: int, line: Line, now: datetime) -> None:
    """One honest message for every movement of somebody's money; nobody hears of what never was theirs."""
    notice = _notice(db, desk, kind, number, line, now)
    if notice is not None and line.person_id is not None:
        records.tell(db, desk, line.person_id, notice, f"adjustment:{line.key}", now)


def _notice(db: Connection, desk: Desk, kind: Kind, number: int, line: Line, now: datetime) -> Notice | None:
    if line.person_id is None:
        return None
    way = _way(db, kind, line)
    if way in ("sent", "neither"):
        return _on_its_way(db, desk, line, now) if way == "sent" else None
    values = {"amount": line.amount, "balance": _balance(db, line.person_id), "reference": f"D{number}"}
    return BalanceRaised(**values) if way == "up" else BalanceLowered(**values)


def _way(db: Connection, kind: Kind, line: Line) -> str:
    match kind:
        case Kind.CLAIM_AGAIN:
            return "up"
        case Kind.RETURN_UNCLAIMED | Kind.CARRY_BY_PERSON:
            return "down"
        case Kind.SEND_AGAIN:
            return "sent"
        case Kind.CARRY_SUSPENSE | Kind.CARRY_BY_PROVIDER:
            return "neither"
        case Kind.CORRECT:
            entry = entries.lock(db, line.entry_id or line.journal_id)
            if entry is not None and entry.debit.kind in (AccountKind.HANDED_OVER, AccountKind.TRUST):
                return "sent"  # it never came back
            return "up" if entry is not None and entry.debit.kind is AccountKind.BENEFICIARY else "down"


def _on_its_way(db: Connection, desk: Desk, line: Line, now: datetime) -> Notice | None:
    row = db.execute(
        text("""SELECT p.programme, p.cycle, w.full_name, w.payout_method FROM payment p JOIN person w ON w.id = p.person_id
                WHERE p.grant_id = :grant"""),
        {"grant": line.journal_id},
    ).first()
    cycle = Cycle.read(row.cycle) if row else None
    if row is None or cycle is None:
        return None
    return PaymentArrived(
        given_name=given_name(row.full_name),
        amount=line.amount,
        programme=row.programme,
        cycle=cycle,
        method=PayoutMethod(row.payout_method),
        paid_on=desk.local(now).date(),
    )


def _balance(db: Connection, person_id: int) -> Dong:
    return Dong(
        db.execute(
            text("""SELECT coalesce(sum(credits_posted - debits_posted - debits_pending), 0)::bigint FROM account
                    WHERE person_id = :person OR kept_for = :person"""),
            {"person": person_id},
        ).scalar_one()
    )
