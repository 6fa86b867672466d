"""What a bank, a wallet or a commune could not pay comes back to its owner, who is told why and what to bring."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID, uuid5

from sqlalchemy import Connection, Row, text

from sms.payment_notices import PaymentReturned
from ussd_app.actions import records
from ussd_app.actions.desk import Desk
from ussd_app.actions.payments import require
from ussd_app.actions.people import find_key, person_with_key
from ussd_app.domain.ledger import MoreThanThereWas, NotEnoughMoney, ReusedWithOtherContent
from ussd_app.domain.payments import Role
from ussd_app.lists.came_back import CameBackRow
from ussd_app.lists.errors import Reject
from ussd_app.store import ledger, sent_back
from ussd_app.store.officers import Officer

Payment = Row[tuple[int, UUID, str]]


class CameBack:
    """One list of returned payments on its way in, in one transaction of the caller's."""

    def __init__(self, db: Connection, desk: Desk, officer: Officer, now: datetime) -> None:
        require(officer, Role.ENTERS)
        self._db, self._desk, self._now = db, desk, now
        self.added = self.unchanged = self.total = 0

    def enter(self, rows: Sequence[CameBackRow]) -> list[Reject]:
        """The same list twice changes nothing; what was never sent there, or more than that, is refused in words."""
        return [reject for row in rows if (reject := self._one(row))]

    def _one(self, row: CameBackRow) -> Reject | None:
        key = find_key(self._desk.vault, row.national_id.digits if row.national_id else None, row.person_code)
        person = person_with_key(self._db, key)
        if person is None:
            return Reject(row.line, "national_id", "", "nobody with this number or code is on the people list")
        payments = self._payments(person, row)
        if not payments:
            return Reject(row.line, "cycle", row.cycle.code, "nothing was released to this person for this month")
        why = "no such payment went to a bank, a wallet or a commune, or it has come back already"
        for payment in payments:  # more than one where a month is paid in parts
            try:
                with self._db.begin_nested():
                    self._give_back(person, payment, row)
            except MoreThanThereWas:
                continue
            except NotEnoughMoney:
                why = "the commune has handed this out already"
            except ReusedWithOtherContent:
                why = "this return is known with another amount, or was sent out again: give the new one its own reference"
            else:
                return None
        return Reject(row.line, "amount", str(row.amount), why)

    def _payments(self, person: int, row: CameBackRow) -> Sequence[Payment]:
        return self._db.execute(
            text("""SELECT p.id, p.grant_id, c.name FROM payment p JOIN person w ON w.id = p.person_id
                    JOIN commune c ON c.id = w.commune_id
                    WHERE p.person_id = :person AND p.programme = :programme AND p.cycle = :cycle AND p.state = 'released'
                    ORDER BY p.id"""),
            {"person": person, "programme": row.programme, "cycle": row.cycle.code},
        ).all()

    def _give_back(self, person: int, payment: Payment, row: CameBackRow) -> None:
        id = uuid5(payment.grant_id, f"came back: {row.reference}")
        if not ledger.return_to_owner(self._db, payment.grant_id, id, row.amount, row.reason):
            if sent_back.sent_again_at(self._db, payment.grant_id):
                raise ReusedWithOtherContent("known, and sent out again since")
            self.unchanged += 1
            return
        self.added += 1
        self.total += row.amount.amount
        notice = PaymentReturned(cycle=row.cycle, reason=row.reason, commune_name=payment.name)
        records.tell(self._db, self._desk, person, notice, f"payment-returned:{id}", self._now)
