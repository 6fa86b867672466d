"""Somebody tries codes: phone and point are slowed down, everyone whose code lies there is told, an officer sees it."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import Connection, text

from sms.cash_out_notices import CodeGuessed
from ussd_app.actions.desk import Desk
from ussd_app.actions.records import tell
from ussd_app.store import guesses, references
from ussd_app.store.guesses import Budget
from ussd_app.store.keepers import PointPhone

# A phone is stopped early and for long: its keeper may err a few times, and other phones of the point go on.
OF_A_PHONE = Budget("phone", 5, timedelta(minutes=10), timedelta(minutes=5), timedelta(hours=24))
# A point is stopped late and never for long, for honest people stand there: by then several of its phones have guessed.
OF_A_POINT = Budget("point", 15, timedelta(minutes=10), timedelta(minutes=2), timedelta(minutes=15))

SPELL = timedelta(hours=24)
"""Without a further lock for this long the spell is over, and the next one is told anew."""


def wrong_code(db: Connection, desk: Desk, keeper: PointPhone, now: datetime) -> None:
    phone_is_spent = guesses.count(db, OF_A_PHONE, keeper.e164, now)
    point_is_spent = guesses.count(db, OF_A_POINT, keeper.point_code, now)
    if phone_is_spent or point_is_spent:
        tell_of_guessing(db, desk, keeper.point_code, now)


def tell_of_guessing(db: Connection, desk: Desk, point_code: str, now: datetime) -> int:
    """Write down that codes are tried at a point, and tell those whose codes lie there, once in each spell.

    How many were told now. Their codes stay as they are: none was guessed.
    """
    spell = _spell(db, point_code, now)
    waiting = db.execute(
        text("SELECT DISTINCT person_id FROM cash_out WHERE point_code = :point AND state = 'issued' ORDER BY 1"),
        {"point": point_code},
    ).scalars()
    return sum(_tell(db, desk, person_id, point_code, spell, now) for person_id in waiting)


def provider_saw_guessing(
    db: Connection, desk: Desk, person_id: int, point_code: str, guessed_at: datetime, now: datetime
) -> None:
    """The provider stopped somebody who tried codes at its own terminal, and says so of each code that lies there.

    It says the same of every one of them and as often as it is asked: only what is later than all we know is a further
    event, and whoever was told in this spell is not told again. Who came to have a code meanwhile is told here too.
    """
    _wait_for_others(db, point_code)
    known = db.execute(
        text("""SELECT id FROM cash_out_finding WHERE kind = 'guessing' AND point_code = :point AND last_at >= :guessed_at
                ORDER BY id LIMIT 1"""),
        {"point": point_code, "guessed_at": min(guessed_at, now)},  # their clock may be ahead of ours
    ).scalar()
    if known is None:
        tell_of_guessing(db, desk, point_code, now)
    else:
        _tell(db, desk, person_id, point_code, known, now)


def _tell(db: Connection, desk: Desk, person_id: int, point_code: str, spell: int, now: datetime) -> int:
    name = db.execute(text("SELECT name FROM point WHERE code = :point"), {"point": point_code}).scalar_one()
    return tell(db, desk, person_id, CodeGuessed(point_name=name), f"code-guessed:{spell}:{person_id}", now)


def _wait_for_others(db: Connection, point_code: str) -> None:
    db.execute(text("SELECT pg_advisory_xact_lock(hashtextextended(:key, 8899))"), {"key": f"guessing:{point_code}"})


def _spell(db: Connection, point_code: str, now: datetime) -> int:
    _wait_for_others(db, point_code)
    going_on = db.execute(
        text("""UPDATE cash_out_finding SET how_often = how_often + 1, last_at = :now
                WHERE kind = 'guessing' AND point_code = :point AND closed_at IS NULL AND last_at > :since RETURNING id"""),
        {"point": point_code, "now": now, "since": now - SPELL},
    ).scalar()
    return (
        going_on
        or db.execute(
            text("""INSERT INTO cash_out_finding (reference, kind, point_code, first_at, last_at)
                VALUES (:reference, 'guessing', :point, :now, :now) RETURNING id"""),
            {"reference": references.new(db, "V"), "point": point_code, "now": now},
        ).scalar_one()
    )
