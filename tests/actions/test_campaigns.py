"""A campaign from its draft to the list of those it did not reach, and a word that stops it on the way."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import text

from sms.notices import Lane
from tests.village import PHUONG, Village
from ussd_app.actions import campaigns as actions
from ussd_app.actions.campaigns import Wish
from ussd_app.actions.payments import NotAllowed
from ussd_app.domain.campaigns import LeftOut, Pace
from ussd_app.domain.payments import Role
from ussd_app.domain.phone import Phone
from ussd_app.store import campaigns, messages, opt_outs, phones, sms_costs

AT_ONCE = Pace(timedelta(0), None)
PRICE = 400
GIFT = {"amount": "500000", "place": "Nhà văn hóa xã", "from_day": "2027-02-01"}


def wish(village: Village, kind: str = "tet_gift", **changed: Any) -> Wish:
    details = GIFT if kind == "tet_gift" else {}
    meant = Wish("Tết", kind, details, ["05443"], None, None, village.now, AT_ONCE)
    return replace(meant, **changed)


def draft(village: Village, meant: Wish) -> int:
    with village.database.begin() as db:
        return actions.draft(db, meant, officer(village, "lan", Role.ENTERS), village.now)


def officer(village: Village, name: str, role: Role):
    return village.officer(name, role)


def approve(village: Village, number: int, *, over_budget: bool = False):
    minh = officer(village, "minh", Role.APPROVES)
    with village.database.begin() as db:
        return actions.approve(db, village.desk, number, minh, price=PRICE, now=village.now, over_budget=over_budget)


def go(village: Village, now: datetime | None = None) -> None:
    actions.let_out(village.database, village.desk, now or village.now)


def written(village: Village) -> list[tuple[object, ...]]:
    return village.rows("SELECT e164, kind, lane, state FROM sms_message WHERE dedup_key LIKE 'campaign:%' ORDER BY e164")


def stages(village: Village, number: int) -> dict[str, int]:
    with village.database.begin() as db:
        return campaigns.progress(db, number)


def people(village: Village, how_many: int) -> list[int]:
    return [village.person(phone=Phone(f"+8491210{each:04d}")) for each in range(how_many)]


def test_everyone_of_the_commune_is_told_once_and_the_rest_are_named(village: Village):
    people(village, 3)
    village.person(phone=None)
    village.person(phone=Phone("+84912999999"))
    with village.database.begin() as db:
        phones.doubt(db, "+84912999999", because="silent", officer_id=None, now=village.now)
    number = draft(village, wish(village))
    seen = approve(village, number)
    assert (seen.people, seen.told, seen.parts, seen.cost) == (5, 3, 3, 3 * PRICE)
    assert seen.left_out == {LeftOut.NO_PHONE: 1, LeftOut.UNPROVEN: 1}
    assert "500.000d" in seen.example
    assert "01/02" in seen.example
    go(village)
    go(village)
    assert written(village) == [(f"+8491210{each:04d}", "tet_gift", 3, "waiting") for each in range(3)]
    assert stages(village, number) == {"waiting": 3, "no_phone": 1, "unproven": 1}


def test_two_officers(village: Village):
    people(village, 1)
    number = draft(village, wish(village))
    with pytest.raises(NotAllowed, match="may not approve it"), village.database.begin() as db:
        lan = officer(village, "lan", Role.APPROVES)
        actions.approve(db, village.desk, number, lan, price=PRICE, now=village.now)
    assert written(village) == []


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"kind": "lottery"}, "no kind of campaign"),
        ({"details": {"place": "Nhà văn hóa"}}, "wants amount=…, place=…, from_day=…"),
        ({"details": {**GIFT, "amount": "5e5"}}, "a whole number of đồng"),
        ({"details": {**GIFT, "from_day": "1/2/2027"}}, "YYYY-MM-DD"),
        ({"communes": ["99999"]}, "not the code of a commune"),
        ({"programme": "lottery"}, "no programme"),
        ({"cycle": "Tết"}, "write YYYY-MM"),
        ({"kind": "payment_late", "details": {"expected_on": "2027-02-01"}}, "speaks of a cycle"),
    ],
)
def test_what_cannot_be_meant_is_refused_in_one_sentence(village: Village, changed: dict[str, Any], sentence: str):
    with pytest.raises(NotAllowed, match=sentence):
        draft(village, wish(village, **changed))


def test_only_those_who_have_not_answered_are_asked(village: Village):
    asked, answered, unpaid = people(village, 3)
    village.pay(asked, answered)
    with village.database.begin() as db:
        db.execute(text("UPDATE payment SET receipt = 'received' WHERE person_id = :id"), {"id": answered})
    number = draft(village, wish(village, "receipt_asked_by_dialling", cycle="2027-01", programme="tet_gift"))
    seen = approve(village, number)
    go(village)
    assert seen.told == 1
    assert [row[0] for row in written(village)] == ["+84912100000"]
    assert "900.000d" in seen.example
    assert unpaid


def test_who_still_waits_hears_that_it_is_late(village: Village):
    paid, waiting = people(village, 2)
    village.pay(paid, waiting, cycle="2026-12")
    village.pay(paid, cycle="2027-01")
    late = wish(village, "payment_late", details={"expected_on": "2027-02-05"}, cycle="2027-01")
    approve(village, draft(village, late))
    go(village)
    assert [row[0] for row in written(village)] == ["+84912100001"]


def test_nothing_goes_out_at_night(village: Village):
    people(village, 2)
    number = draft(village, wish(village))
    approve(village, number)
    night = village.desk.local(village.now).replace(hour=21)
    go(village, night)
    assert written(village) == []
    go(village, night + timedelta(hours=10, minutes=1))
    assert len(written(village)) == 2


def test_a_phone_has_had_enough_after_three_a_day(village: Village):
    village.person()
    with village.database.begin() as db:
        earlier = [
            messages.Outgoing(f"asked:{each}", None, PHUONG.e164, "receipt_asked", lane, "ASXH: xin hoi.")
            for each, lane in enumerate([Lane.REMINDER] * 2 + [Lane.CAMPAIGN])
        ]
        messages.add(db, village.desk.vault, earlier, village.now)
        db.execute(text("UPDATE sms_message SET created_at = :now"), {"now": village.now})
    number = draft(village, wish(village))
    approve(village, number)
    go(village)
    assert written(village) == []
    morning = village.desk.local(village.now + timedelta(days=1)).replace(hour=7, minute=0)
    assert village.rows("SELECT not_before FROM campaign_person") == [(morning,)]
    go(village, morning)
    assert len(written(village)) == 1


def test_people_who_share_a_phone_are_told_one_by_one_and_named(village: Village):
    for name in ("Nguyễn Thị Phương", "Hoàng Văn Nam"):
        village.person(name=name)
    seen = approve(village, draft(village, wish(village)))
    go(village)
    assert seen.told == 2
    assert len(written(village)) == 2
    assert "Phuong" in seen.example


def test_a_pause_takes_back_what_nobody_has_begun_to_send(village: Village):
    people(village, 4)
    number = draft(village, wish(village))
    approve(village, number)
    go(village)
    village.rows("UPDATE sms_message SET state = 'sent', attempts = 1 WHERE e164 = '+84912100000' RETURNING 1")
    minh = officer(village, "minh", Role.APPROVES)
    with village.database.begin() as db:
        assert actions.pause(db, number, minh, "flood", village.now) == 3
    go(village)
    assert stages(village, number) == {"planned": 3, "sent": 1}
    with village.database.begin() as db:
        actions.resume(db, number, minh, village.now)
    go(village)
    assert stages(village, number) == {"waiting": 3, "sent": 1}
    with village.database.begin() as db:
        assert actions.cancel(db, number, minh, "no more", village.now) == 3
    go(village)
    assert [row[3] for row in written(village)] == ["sent"]
    whats = village.rows("SELECT what, because FROM campaign_event ORDER BY at, what")
    assert {each for each, _ in whats} == {"drafted", "approved", "paused", "resumed", "cancelled"}


def test_a_lane_is_never_filled_with_more_than_can_be_taken_back(village: Village, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(actions, "MOST_WAITING", 3)
    monkeypatch.setattr(actions, "AT_A_TIME", 2)
    people(village, 5)
    approve(village, draft(village, wish(village)))
    go(village)
    assert len(written(village)) == 3
    village.rows("UPDATE sms_message SET state = 'delivered' RETURNING 1")
    go(village)
    assert len(written(village)) == 5


def test_when_the_last_is_sent_the_campaign_is_done(village: Village):
    people(village, 2)
    number = draft(village, wish(village))
    approve(village, number)
    go(village)
    village.rows("UPDATE sms_message SET state = 'undelivered', note = 'AbsentSubscriber' WHERE e164 LIKE '%1' RETURNING 1")
    village.rows("UPDATE sms_message SET state = 'delivered' WHERE e164 LIKE '%0' RETURNING 1")
    go(village)
    assert village.rows("SELECT state FROM campaign") == [("done",)]
    with village.database.begin() as db:
        missed = campaigns.not_reached(db, number)
    assert [(row.commune_code, row.why, row.note) for row in missed] == [("05443", "undelivered", "AbsentSubscriber")]


def test_a_budget_stops_a_campaign_until_the_approver_says_so(village: Village):
    people(village, 3)
    lan = officer(village, "lan", Role.ENTERS)
    number = draft(village, wish(village))
    with village.database.begin() as db:
        sms_costs.set_budget(db, "2027-01", 1_000, lan.id, village.now)
    with pytest.raises(NotAllowed, match="1,200 đồng, and of this month's 1,000 already 0"):
        approve(village, number)
    assert approve(village, number, over_budget=True).over_budget


def test_who_stopped_reminders_gets_none_and_still_hears_that_money_is_late(village: Village):
    person = village.person()
    village.pay(person, cycle="2026-12")
    with village.database.begin() as db:
        opt_outs.stop(db, PHUONG.e164, via="sms", now=village.now)
    with pytest.raises(NotAllowed, match="would tell nobody"):
        approve(village, draft(village, wish(village)))
    late = wish(village, "payment_late", details={"expected_on": "2027-02-05"}, cycle="2027-01")
    assert approve(village, draft(village, late)).told == 1


def test_nothing_is_sent_to_the_dead(village: Village):
    village.person()
    number = draft(village, wish(village))
    other = village.person(phone=Phone("+84912000102"))
    approve(village, number)
    village.rows(f"UPDATE person SET deceased_on = '2027-01-24' WHERE id = {other} RETURNING 1")
    go(village)
    assert stages(village, number) == {"waiting": 1, "deceased": 1}
