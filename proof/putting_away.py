"""What a schedule leaves behind when it is over: nothing that the next one's workers take up or ask about."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import text

from proof.people import Someone
from proof.play import House
from ussd_app.actions import cash_outs

_LEFT = text("""
    SELECT id FROM cash_out WHERE person_id = ANY(:people) AND state IN ('held', 'sent', 'unknown', 'issued')
""")

_PUT_AWAY = (
    """UPDATE redemption SET state = 'refused', ended_at = now() WHERE state IN ('asked', 'sent', 'unsure')
       AND cash_out_id IN (SELECT id FROM cash_out WHERE person_id = ANY(:people))""",
    "UPDATE cash_out SET watch_at = NULL WHERE person_id = ANY(:people) AND watch_at IS NOT NULL",
    "DELETE FROM provider_pause",
    "DELETE FROM provider_beat",
    "UPDATE restoration SET ended_at = begun_at, ended_by = begun_by WHERE ended_at IS NULL",
)


def put_away(house: House, people: Sequence[Someone], now: datetime) -> None:
    """What is still open fails, and a restoration ends."""
    ids = [each.id for each in people]
    with house.database.begin() as db:
        for row in db.execute(_LEFT, {"people": ids}).all():
            cash_outs.fail(db, house.desk, row.id, reason="put away", now=now)
        for each in _PUT_AWAY:
            db.execute(text(each), {"people": ids})
