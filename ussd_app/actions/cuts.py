"""The truth by SMS when a line drops in the middle of money: once for each session, and nothing depends on it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, Row, text

from menus.cash_out import MID_CASH_OUT
from sms.care_notices import SessionCut, SessionCutAfterOrder
from sms.kinds import Notice
from ussd_app.actions import telling
from ussd_app.actions.desk import Desk
from ussd_app.domain.money import Dong

ENDED_WELL = "Success"


def tell_after_cut(db: Connection, desk: Desk, session_id: str, status: str, now: datetime) -> bool:
    """Whether something is to be sent. Who has dialled again meanwhile was told by the screen."""
    if status == ENDED_WELL:
        return False
    cut = db.execute(
        text("""SELECT v.phone, v.screen, v.state, v.commanded, v.changed_at, p.id AS person_id, o.reference, o.amount
                FROM visit v JOIN person p ON p.id = v.person_id
                     LEFT JOIN cash_out o ON o.id = v.cash_out_id
                WHERE v.session_id = :session AND v.state <> 'superseded'
                  AND EXISTS (SELECT FROM recipient r WHERE r.person_id = p.id AND r.e164 = v.phone AND r.proven)"""),
        {"session": session_id},
    ).first()
    if cut is None or not (cut.commanded or (cut.state == "open" and cut.screen in MID_CASH_OUT)):
        return False
    notice = _truth(desk, cut)
    return telling.tell_phone(db, desk, cut.person_id, cut.phone, notice, f"session-cut:{session_id}", now) > 0


def _truth(desk: Desk, cut: Row[tuple[object, ...]]) -> Notice:
    cut_at = desk.local(cut.changed_at)
    if cut.reference:
        return SessionCutAfterOrder(cut_at=cut_at, amount=Dong(cut.amount), reference=cut.reference)
    return SessionCut(cut_at=cut_at, ussd_code=desk.ussd_code)
