"""How many codes were wrong at each point, and until when none is looked at there: rows, so that no restart forgives."""

from __future__ import annotations

from datetime import datetime

from ussd_app.simulator.networks.book import Cursor, iso
from ussd_app.simulator.networks.gsma.authorisation_codes import present
from ussd_app.simulator.networks.gsma.callbacks import owe_result
from ussd_app.simulator.networks.gsma.request_states import order_of
from ussd_app.simulator.networks.parts import Parts
from ussd_app.simulator.networks.sealing import BrokenSeal

MOST_WRONG = 10
WITHIN_S = 600
FIRST_LOCK_S = 60
LONGEST_LOCK_S = 900
"""Each lock is twice as long as the one before, but honest people stand there too."""
FORGOTTEN_AFTER_S = 3600
"""So long after the last lock the next one is short again. No success shortens it: it may be the guesser's own code."""
_TOLD_AT_ONCE = 200


def locked_until(cursor: Cursor, point: str) -> datetime | None:
    """None while codes are looked at there. Until the caller's transaction ends nobody else looks at one at this point."""
    cursor.execute("INSERT INTO networks.guesses (point) VALUES (%s) ON CONFLICT DO NOTHING", (point,))
    row = cursor.execute(
        "SELECT locked_until, locked_until > clock_timestamp() AS locked FROM networks.guesses WHERE point = %s FOR UPDATE",
        (point,),
    ).fetchone()
    return row["locked_until"] if row and row["locked"] else None


def count(cursor: Cursor, point: str) -> None:
    """One more wrong code. With the tenth a lock begins, and those whose codes lie there are told of it."""
    row = cursor.execute(_COUNT, {"point": point, "within": WITHIN_S, "forgotten": FORGOTTEN_AFTER_S}).fetchone()
    if row is None or row["wrong"] < MOST_WRONG:
        return
    lock_s = min(FIRST_LOCK_S * 2 ** min(row["locks"], 20), LONGEST_LOCK_S)
    cursor.execute(
        "UPDATE networks.guesses SET wrong = 0, locks = locks + 1, locked_at = clock_timestamp(),"
        " locked_until = clock_timestamp() + %s * interval '1 second', told = false WHERE point = %s",
        (lock_s, point),
    )


_COUNT = """
UPDATE networks.guesses SET
    wrong = CASE WHEN since > clock_timestamp() - %(within)s * interval '1 second' THEN wrong + 1 ELSE 1 END,
    since = CASE WHEN since > clock_timestamp() - %(within)s * interval '1 second' THEN since ELSE clock_timestamp() END,
    locks = CASE WHEN locked_until > clock_timestamp() - %(forgotten)s * interval '1 second' THEN locks ELSE 0 END,
    tries = CASE WHEN since > clock_timestamp() - %(within)s * interval '1 second'
                   OR locked_until > clock_timestamp() - %(forgotten)s * interval '1 second' THEN tries + 1 ELSE 1 END
WHERE point = %(point)s RETURNING wrong, locks
"""


def tell_one(parts: Parts) -> bool:
    """Of one lock that has begun: every code that lies there says so from now on, and its client is called back.

    Apart from the guess itself, which may hold a code of another point while that point is told of.
    """
    with parts.book.writing() as cursor:
        lock = cursor.execute(
            "SELECT point, tries, locked_at FROM networks.guesses WHERE NOT told LIMIT 1 FOR UPDATE SKIP LOCKED"
        ).fetchone()
        if lock is None:
            return False
        codes = cursor.execute(_MARK, {**lock, "most": _TOLD_AT_ONCE}).fetchall()
        for code in codes:
            asked = cursor.execute("SELECT * FROM networks.requests WHERE server_id = %s", (code["server_id"],)).fetchone()
            try:
                if asked is not None:
                    owe_result(
                        parts, cursor, order_of(parts.book, asked), "responseAuthorisationCode", present(parts.book, code)
                    )
            except BrokenSeal:  # nobody can read it any more; the others must not wait behind it
                continue
        if len(codes) < _TOLD_AT_ONCE:
            cursor.execute("UPDATE networks.guesses SET told = true WHERE point = %(point)s", lock)
    return True


_MARK = """
UPDATE networks.codes SET guessed_at = %(locked_at)s, wrong_tries = %(tries)s, changed = now()
WHERE id IN (SELECT id FROM networks.codes WHERE state = 'active' AND expires > now() AND created <= %(locked_at)s
             AND points @> ARRAY[%(point)s::text] AND guessed_at IS DISTINCT FROM %(locked_at)s
             ORDER BY id LIMIT %(most)s FOR UPDATE)
RETURNING *
"""


def sentence(until: datetime, now: datetime) -> str:
    """For the keeper of the point: when it is worth trying again."""
    left_s = max(1, round((until - now).total_seconds()))
    wait = f"{left_s} seconds" if left_s < 120 else f"{-(-left_s // 60)} minutes"
    return (
        f"Too many wrong codes were tried at this point. Try again in {wait}, after {iso(until)};"
        " no code is looked at or used up before then."
    )
