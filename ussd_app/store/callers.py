"""Who is calling: one SELECT reads the visit so far and everyone registered on the line."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from ussd_app.domain.caller import CashOutSeen, CashOutState, HandOut, InCharge, PaymentSeen, Person, Pin
from ussd_app.domain.cash_out_rules import Used
from ussd_app.domain.keepers import Keeper
from ussd_app.domain.money import Dong
from ussd_app.domain.payments import Cycle, Receipt
from ussd_app.domain.people import Gender, Language, PayoutMethod, given_name
from ussd_app.domain.tickets import Ticket, TicketKind
from ussd_app.store import keepers, wallets
from ussd_app.store.cash_out_rules import Since
from ussd_app.store.keepers import CODE, KEEPER
from ussd_app.store.pins import MOST_WRONG_TRIES, pin_matches
from ussd_app.store.quick import Speaker
from ussd_app.store.vault import Vault

PAGE = "page"

MOST_PEOPLE_ON_A_LINE = 30
MOST_PAYMENTS_SEEN = 12
MOST_TICKETS_SEEN = 9

_PERSON = f"""
    SELECT p.id, p.full_name, p.gender, coalesce(p.chosen_language, p.language) AS language,
           extract(year FROM p.birth_date)::int AS birth_year,
           c.code AS commune_code, c.name AS commune_name, p.payout_method,
           pin.hash, pin.proposed_hash, coalesce(pin.wrong_tries, 0) AS wrong_tries, pin.temporary_hash,
           CASE WHEN pin.temporary_until > now() THEN {MOST_WRONG_TRIES} - pin.temporary_wrong END AS temporary_tries,
           h.helped, c.officer_name, c.officer_phone,
           (SELECT coalesce(sum(credits_posted - debits_posted - debits_pending), 0)::bigint
            FROM account WHERE person_id = p.id) AS balance,
           (SELECT json_build_object('day', coalesce(sum(amount - reversed_amount) FILTER (WHERE asked_at >= %(day)s), 0),
                                     'month', coalesce(sum(amount - reversed_amount), 0)) FROM cash_out
            WHERE person_id = p.id AND asked_at >= %(month)s AND state <> 'failed') AS used,
           CASE WHEN p.payout_method = 'mobile_money' AND p.payout_account_sealed IS NOT NULL THEN json_build_object(
               'sealed', encode(p.payout_account_sealed, 'hex'),
               'proved', ARRAY(SELECT e164 FROM person_phone WHERE person_id = p.id AND unproven_at IS NULL)) END AS wallet,
           (SELECT json_agg(y) FROM (
               SELECT y.id, y.cycle, y.programme, y.amount, y.receipt, y.receipt_reference,
                      k.reference AS case_reference, to_char(k.due_on, 'FMDD/FMMM') AS case_due
               FROM payment y LEFT JOIN complaint k ON k.payment_id = y.id
               WHERE y.person_id = p.id AND y.state = 'released'
               ORDER BY y.cycle DESC, y.id DESC LIMIT {MOST_PAYMENTS_SEEN}) y) AS payments,
           (SELECT row_to_json(o) FROM (
               SELECT o.reference, o.amount, o.state, o.asked_at, coalesce(o.point_code, '') AS point_code,
                      coalesce(t.name, '') AS point_name, o.reason, o.kind = 'wallet' AS to_wallet,
                      o.state = 'paid' AND o.kind = 'code' AND o.given = 'not_asked' AS asks_given,
                      encode(o.code_sealed, 'hex') AS code_sealed, o.code_expires_at
               FROM cash_out o LEFT JOIN point t ON t.code = o.point_code
               WHERE o.person_id = p.id ORDER BY o.asked_at DESC LIMIT 1) o) AS cash_out,
           (SELECT json_agg(t) FROM (
               SELECT reference, kind, to_char(due_on, 'FMDD/FMMM') AS due, state = 'open' AS open FROM complaint
               WHERE person_id = p.id ORDER BY opened_at DESC, id DESC LIMIT {MOST_TICKETS_SEEN}) t) AS tickets,
           CASE WHEN p.payout_method = 'focal' THEN (SELECT row_to_json(a) FROM (
               SELECT to_char(on_day, 'FMDD/FMMM') AS day, place FROM hand_out WHERE commune_id = p.commune_id
               ORDER BY on_day < current_date, abs(on_day - current_date) LIMIT 1) a) END AS hand_out
    FROM (SELECT person_id, since, false AS helped FROM person_phone WHERE e164 = %(phone)s AND unproven_at IS NULL
          UNION ALL
          SELECT k.person_id, k.since, true FROM helper k WHERE k.e164 = %(phone)s AND k.ended_at IS NULL
            AND NOT EXISTS (SELECT FROM person_phone o WHERE o.person_id = k.person_id AND o.e164 = k.e164)) h
         JOIN person p ON p.id = h.person_id JOIN commune c ON c.id = p.commune_id
         LEFT JOIN pin ON pin.person_id = p.id
    ORDER BY h.helped, h.since, p.id LIMIT {MOST_PEOPLE_ON_A_LINE}
"""

_PEOPLE = f"SELECT json_agg(people) FROM ({_PERSON}) people"

_UNPROVEN = "EXISTS (SELECT FROM person_phone WHERE e164 = %(phone)s AND unproven_at IS NOT NULL)"

_VISIT = "v.turn, v.text_length, v.text_mark, v.page_sealed, v.state, v.standing, v.phone"

_LINE_AND_VISIT = f"""
    SELECT ({_PEOPLE}), ({KEEPER}), NULL, NULL, NULL, {_UNPROVEN}, 0::bigint, {_VISIT}
    FROM (SELECT 1) AS one LEFT JOIN visit v ON v.session_id = %(session)s
"""

# Only a session that begins may find one that was cut. Its gateway says when: long after the last page it timed out
# (30 seconds are given for a key); at once, somebody hung up; and where it says nothing, nothing is supposed.
_LINE_AND_VISIT_AT_FIRST = f"""
    SELECT ({_PEOPLE}), ({KEEPER}), cut.standing, cut.reference, cut.timed_out, {_UNPROVEN},
           (SELECT count(*) FROM visit r WHERE r.phone = %(phone)s AND r.changed_at > %(lately)s), {_VISIT}
    FROM (SELECT 1) AS one
    LEFT JOIN visit v ON v.session_id = %(session)s
    LEFT JOIN LATERAL (
        SELECT w.standing, o.reference, e.received_at - w.changed_at >= interval '25 seconds' AS timed_out FROM visit w
        LEFT JOIN cash_out o ON o.id = w.cash_out_id AND o.state IN ('held', 'sent', 'unknown', 'issued')
        LEFT JOIN visit_ending e ON e.session_id = w.session_id
        WHERE w.phone = %(phone)s AND w.session_id <> %(session)s AND w.changed_at > %(resume_since)s
          AND (w.state = 'open' OR (o.id IS NOT NULL AND e.status IS DISTINCT FROM 'Success'
                                    AND e.status IS NOT NULL))
        ORDER BY w.changed_at DESC LIMIT 1) cut ON v.session_id IS NULL
"""


@dataclass(frozen=True, slots=True)
class StoredVisit:
    """What is kept of a session between two keys."""

    turn: int
    text_length: int
    text_mark: bytes
    page_sealed: bytes
    state: str
    standing: str
    phone: str


@dataclass(frozen=True, slots=True)
class Seen:
    """What one look at the database says about a callback."""

    people: tuple[Person, ...]
    keeper: Keeper | None
    visit: StoredVisit | None
    cut_standing: str | None
    cut_cash_out: str
    cut_timed_out: bool
    unproven: bool
    """Somebody was registered on this number, and it must be proved again."""
    begun_lately: int
    """Sessions of this phone in the last minute, counted when another begins."""


def look(
    db: Speaker,
    vault: Vault,
    *,
    session_id: str,
    phone: str,
    begins: bool,
    since: Since,
    resume_since: datetime,
    lately: datetime,
) -> Seen:
    """Everything a turn needs, in one round trip."""
    statement = _LINE_AND_VISIT_AT_FIRST if begins else _LINE_AND_VISIT
    row, _ = db.say(
        statement,
        {
            "session": session_id,
            "phone": phone,
            "day": since.day,
            "month": since.month,
            "resume_since": resume_since,
            "lately": lately,
        },
    )
    values: tuple[Any, ...] = row or (None,) * 14
    people, keeper, cut_standing, cut_reference, cut_timed_out, unproven, begun, turn, *visit = values
    return Seen(
        people=tuple([_person(each, vault) for each in people or ()]),
        keeper=keepers.read(keeper, vault, since.day.date()) if keeper else None,
        visit=None if turn is None else StoredVisit(turn, *visit),
        cut_standing=cut_standing,
        cut_cash_out=cut_reference or "",
        cut_timed_out=bool(cut_timed_out),
        unproven=bool(unproven),
        begun_lately=begun or 0,
    )


def people_on(db: Speaker, vault: Vault, phone: str, since: Since) -> tuple[Person, ...]:
    """Everyone on a line."""
    return on_the_line(db, vault, phone, since)[0]


def on_the_line(db: Speaker, vault: Vault, phone: str, since: Since) -> tuple[tuple[Person, ...], Keeper | None]:
    """Everyone on a line, and the keeper whose line it is, read again after something was done."""
    row, _ = db.say(f"SELECT ({_PEOPLE}), ({KEEPER})", {"phone": phone, "day": since.day, "month": since.month})
    people, keeper = row or (None, None)
    read = tuple([_person(each, vault) for each in people or ()])
    return read, keepers.read(keeper, vault, since.day.date()) if keeper else None


def _person(row: Mapping[str, Any], vault: Vault) -> Person:
    return Person(
        id=row["id"],
        given_name=given_name(row["full_name"]),
        gender=Gender(row["gender"]),
        language=Language(row["language"]),
        birth_year=row["birth_year"] or 0,
        commune_code=row["commune_code"],
        commune_name=row["commune_name"],
        payout_method=PayoutMethod(row["payout_method"]),
        wallet=wallets.own(vault, bytes.fromhex(row["wallet"]["sealed"]), row["wallet"]["proved"])
        if row["wallet"]
        else None,
        balance=Dong(row["balance"]),
        used=Used(Dong(int(row["used"]["day"])), Dong(int(row["used"]["month"]))),
        payments=tuple(_payment(each) for each in row["payments"] or ()),
        last_cash_out=_cash_out(row["cash_out"], vault) if row["cash_out"] else None,
        pin=Pin(
            is_set=row["hash"] is not None,
            tries_left=max(0, MOST_WRONG_TRIES - row["wrong_tries"]),
            matches=partial(pin_matches, row["hash"]),
            matches_proposed=partial(pin_matches, row["proposed_hash"]),
            temporary_tries=max(0, row["temporary_tries"] or 0),
            matches_temporary=partial(pin_matches, row["temporary_hash"]),
        ),
        tickets=tuple(_ticket(each) for each in row["tickets"] or ()),
        hand_out=HandOut(**row["hand_out"]) if row["hand_out"] else None,
        in_charge=InCharge(row["officer_name"], row["officer_phone"] or "") if row["officer_name"] else None,
        helped=row["helped"],
    )


def _ticket(row: Mapping[str, Any]) -> Ticket:
    return Ticket(row["reference"], TicketKind(row["kind"]), row["due"], row["open"])


def _payment(row: Mapping[str, Any]) -> PaymentSeen:
    year, month = row["cycle"].split("-")
    return PaymentSeen(
        id=row["id"],
        cycle=Cycle(int(year), int(month)),
        programme=row["programme"],
        amount=Dong(row["amount"]),
        receipt=Receipt(row["receipt"]),
        case_reference=row["case_reference"] or "",
        case_due=row["case_due"] or "",
        receipt_reference=row["receipt_reference"] or "",
    )


def _cash_out(row: Mapping[str, Any], vault: Vault) -> CashOutSeen:
    return CashOutSeen(
        reference=row["reference"],
        amount=Dong(row["amount"]),
        state=CashOutState(row["state"]),
        asked_at=datetime.fromisoformat(row["asked_at"]),
        point_code=row["point_code"],
        point_name=row["point_name"],
        reason=row["reason"],
        code=vault.open(CODE, bytes.fromhex(row["code_sealed"])) if row["code_sealed"] else "",
        code_expires_at=datetime.fromisoformat(row["code_expires_at"]) if row["code_expires_at"] else None,
        to_wallet=row["to_wallet"],
        asks_given=row["asks_given"],
    )
