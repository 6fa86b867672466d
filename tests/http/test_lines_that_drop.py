"""A line that drops tells the truth, once: on the next dial, and by SMS when it was about money."""

from datetime import timedelta

import pytest

from tests.http.line import OTHER, PHONE, Town
from ussd_app.domain.caller import ClosedHours

GRANT = """
    INSERT INTO account (code, kind, person_id, programme, guarded, credits_posted)
    VALUES ('person:' || :person, 'beneficiary', :person, 'tet_gift', true, 900000)
"""


@pytest.fixture
def dao(town: Town) -> int:
    person = town.person("Nguyễn Thị Đào", PHONE)
    town.do(GRANT, person=person)
    return person


def with_a_pin(town: Town) -> None:
    town.dial().press("4", "1948", "2580", "2580")


def test_cut_on_the_way_to_cash_and_told_once(town: Town, dao: int) -> None:
    with_a_pin(town)
    session = town.dial(keys="4")
    assert session.ends("Incomplete")
    assert not session.ends("Incomplete")
    assert town.inbox() == [
        "ASXH: Lan bam *8899# luc 12:00 bi ngat, chua co tien nao bi tru. Moi ba bam lai khi thuan tien."
    ]


def test_cut_after_ordering_and_told_that_it_was_taken(town: Town, dao: int) -> None:
    with_a_pin(town)
    session = town.dial(keys="4")
    session.press("1", "1", "1", "2580")
    ((reference,),) = town.rows("SELECT reference FROM cash_out")
    assert session.ends("Failed")
    assert [each for each in town.inbox() if f"ma {reference} da duoc nhan" in each]


@pytest.mark.parametrize("keys", ["", "1", "2", "5"])
def test_cut_while_reading_needs_no_message(town: Town, dao: int, keys: str) -> None:
    assert not town.dial(keys=keys).ends("Incomplete")
    assert town.inbox() == []


def test_an_ending_that_went_well_needs_no_message(town: Town, dao: int) -> None:
    with_a_pin(town)
    assert not town.dial(keys="4").ends("Success")


def test_who_dials_again_before_the_event_comes_was_told_by_the_screen(town: Town, dao: int) -> None:
    with_a_pin(town)
    session = town.dial(keys="4")
    assert "Lan truoc bi ngat" in town.dial().page
    assert not session.ends("Incomplete")


def test_an_event_for_a_session_nobody_knows_is_nothing(town: Town) -> None:
    assert not town.dialogue.tell_after_cut("never seen", "Incomplete")


def test_silence_shrinks_the_menu_and_a_quick_hang_up_does_not(town: Town, dao: int) -> None:
    town.dial().ends("Incomplete")
    patient = town.dial()
    assert "4 Rut tien mat" in patient.page
    town.clock.passes(40)
    patient.ends("Incomplete")
    shrunk = town.dial()
    assert "5 Goi lai cho toi" in shrunk.page
    assert "4 Rut" not in shrunk.page
    assert "4 Rut" in shrunk.press("0")


# ---- texts that come twice, late, out of order, or empty -------------------------------------------------


def test_a_repeated_text_is_answered_byte_for_byte(town: Town, dao: int) -> None:
    session = town.dial()
    page = session.press("5")
    assert session.send("5") == page
    assert session.send("") == page, "a text that comes late is answered with where the caller is now"


def test_a_text_that_is_not_the_one_before_and_more_moves_nothing(town: Town, dao: int) -> None:
    session = town.dial()
    page = session.press("2")
    assert session.send("3*1") == page
    assert session.press("0").startswith("CON Kinh chao")


def test_an_empty_reply_is_a_wrong_key_and_the_next_one_is_heard(town: Town, dao: int) -> None:
    session = town.dial()
    session.press("5")
    assert session.press("").startswith("CON Chua co lua chon nay.")
    assert session.press("4").startswith("CON Bao mat SIM")


def test_an_empty_reply_to_the_first_page_shows_it_again(town: Town, dao: int) -> None:
    session = town.dial()
    assert session.send("") == session.page
    assert session.send("*5").startswith("CON Hoi dap")


def test_stars_and_hashes_in_a_reply_are_one_wrong_key(town: Town, dao: int) -> None:
    session = town.dial()
    assert session.press("4*1*1").startswith("CON Chua co lua chon nay.")
    assert session.press("1").startswith("CON So du")


def test_two_sessions_of_one_phone_the_older_moves_nothing(town: Town, dao: int) -> None:
    with_a_pin(town)
    older = town.dial(keys="4")
    older.press("1", "1", "1")
    assert "chua co tien nao bi tru" in town.dial().page
    assert older.press("2580").startswith("END Lan bam nay da khep lai")
    assert older.send(older.text) == older.page
    assert town.rows("SELECT 1 FROM cash_out") == []


def test_two_phones_of_one_person_both_serve(town: Town) -> None:
    town.person("Nguyễn Thị Đào", PHONE, OTHER)
    assert town.dial(PHONE).page == town.dial(OTHER).page


# ---- a release in the middle -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "standing",
    [
        '[1,["a.screen.of.next.year",{}],[],null,false,0]',
        '[1,["home",{"a_new_field":1}],[],null,false,0]',
        '[2,["home",{}],[],null,false,0]',
        "what an older release wrote",
    ],
)
def test_a_standing_of_another_release_begins_again_politely(town: Town, dao: int, standing: str) -> None:
    session = town.dial(keys="5")
    town.do("UPDATE visit SET standing = :standing", standing=standing)
    assert session.press("3").startswith("CON Kinh chao ba Dao\n1 Xem so du")
    assert session.press("1").startswith("CON So du")


# ---- closed, and unproven --------------------------------------------------------------------------------


def test_an_announced_maintenance_ends_every_call_kindly_and_moves_nothing(town: Town, dao: int) -> None:
    session = town.dial(keys="4")
    now = town.clock.now
    town.hours = ClosedHours(now - timedelta(hours=1), now + timedelta(hours=2))
    assert session.press("1").startswith("END He thong tam nghi den 14:00 ngay 25/1. Tien cua ba van an toan.")
    town.clock.passes(2 * 3600)
    assert town.dial().page.startswith("CON Kinh chao")


def test_an_unproven_number_hears_neither_name_nor_amount(town: Town, dao: int) -> None:
    town.do("UPDATE person_phone SET unproven_at = now()")
    page = town.dial(keys="1").page
    assert page.startswith("END So may nay can xac minh lai.")
    assert "Dao" not in page
