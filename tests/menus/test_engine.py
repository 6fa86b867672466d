"""One key press at a time: what the engine promises whatever the screens say."""

import json
from dataclasses import replace

import pytest

from menus.cash_out_agree import AgreeToCashOut, CashOutPin
from menus.cast import CAST, DAO, EVERYDAY, HUNG, MAI, PIN, SEN, world
from menus.engine import Turn, Visit, dial, freeze, press, show, thaw
from menus.front_door import CutShort, WhoIsIt
from menus.home import Home
from menus.payments import Payments
from menus.shut import shut_page
from menus.wording import TEXTS, NoSuchText, say
from ussd_app.domain.caller import CutVisit
from ussd_app.domain.commands import ConfirmPayment, CountWrongPin, RequestCashOut
from ussd_app.domain.money import NOTHING, Dong
from ussd_app.domain.people import Language

LINE = CAST[EVERYDAY].line
AT_THE_PIN = Visit(
    CashOutPin(Dong(500_000), "1001", NOTHING), (Home(), AgreeToCashOut(Dong(500_000), "1001", NOTHING)), DAO.id
)


def test_cash_moves_only_after_the_pin() -> None:
    assert press(AT_THE_PIN, "1111", LINE).commands == (CountWrongPin(DAO.id),)
    assert press(AT_THE_PIN, PIN, LINE).commands == (RequestCashOut(DAO.id, Dong(500_000), "1001"),)


def test_the_page_after_a_wrong_pin_counts_the_tries_left_after_counting() -> None:
    before = CAST[EVERYDAY]
    turn = press(AT_THE_PIN, "1111", before.line)
    page = show(turn, before.after(turn.commands[0]).line)
    assert "Con 2 lan thu" in page.text
    assert page.secret


def test_a_pin_dialled_with_the_code_is_not_taken() -> None:
    turn = dial(LINE, f"4*1*1*1*{PIN}")
    assert isinstance(turn.visit.standing, CashOutPin)
    assert turn.commands == ()


def test_keys_dialled_with_the_code_stop_at_the_first_wrong_one() -> None:
    assert dial(LINE, "3*7*1").commands == ()


def test_a_frozen_visit_is_compact_json_without_names_or_secrets() -> None:
    frozen = freeze(AT_THE_PIN)
    assert json.loads(frozen)[1] == ["cash_out.pin_here", {"amount": 500_000, "point_code": "1001", "fee": 0}]
    assert DAO.given_name not in frozen
    assert thaw(frozen) == AT_THE_PIN


def test_a_screen_inside_a_screen_survives_too() -> None:
    visit = Visit(CutShort(AgreeToCashOut(Dong(500_000), "1001", NOTHING)), person_id=DAO.id)
    assert thaw(freeze(visit)) == visit


@pytest.mark.parametrize(
    "stored",
    [
        "",
        "not json",
        "null",
        '[2,["home",{}],[],1,false,0]',
        '[1,["a screen of next year",{}],[],1,false,0]',
        '[1,["payments",{}],[],1,false,0]',
        '[1,["home",{"extra":1}],[],1,false,0]',
        '[1,["payments",{"page":"1"}],[],1,false,0]',
        '[1,["payments",{"page":true}],[],1,false,0]',
        '[1,["cash_out.pin",{"amount":-1,"point_code":"1"}],[],1,false,0]',
        '[1,["resume.cut",{"then":["home",{}]}],[],1,false,0]',
        '[1,["home",{}],[],"1",false,0]',
        '[1,["home",{}],[],1,1,0]',
        '[1,["home",{}],[],1,false,0,"more"]',
        "[" * 100_000,
    ],
)
def test_what_is_not_fully_understood_is_not_opened(stored: str) -> None:
    assert thaw(stored) is None


def test_a_visit_of_someone_no_longer_on_the_phone_begins_again() -> None:
    turn = press(Visit(Payments(), (Home(),), person_id=99), "1", LINE)
    assert turn == Turn(Visit(Home(), person_id=DAO.id))


def test_a_phone_that_became_shared_in_the_middle_asks_who_it_is() -> None:
    shared = world(DAO, HUNG).line
    page = show(press(Visit(Home(), person_id=DAO.id), "1", shared), shared)
    assert page.screen == WhoIsIt.name


def test_a_shared_phone_never_offers_to_go_on_where_someone_was_cut() -> None:
    shared = replace(world(DAO, HUNG).line, cut_visit=CutVisit(freeze(AT_THE_PIN)))
    assert isinstance(dial(shared).visit.standing, WhoIsIt)


def test_a_cut_visit_of_someone_else_is_not_gone_on_with() -> None:
    line = replace(world(SEN).line, cut_visit=CutVisit(freeze(AT_THE_PIN)))
    assert isinstance(dial(line).visit.standing, Home)


def test_the_page_with_a_code_is_sealed() -> None:
    line = world(MAI).line
    page = show(dial(line, "4*1"), line)
    assert (page.kind, page.secret) == ("END", True)
    assert MAI.last_cash_out and MAI.last_cash_out.code in page.text


def test_a_name_from_elsewhere_loses_letters_rather_than_the_page() -> None:
    line = world(replace(DAO, given_name="Đào愛")).line
    assert show(dial(line), line).text.startswith("Kinh chao ba Dao\n")


def test_a_name_longer_than_any_known_cannot_push_a_key_off_the_page() -> None:
    line = world(replace(DAO, given_name="N" * 300)).line
    assert "6 Doi tieng" in show(dial(line), line).text


def test_a_missing_text_is_an_error_and_never_another_language() -> None:
    with pytest.raises(NoSuchText):
        say(Language.ENGLISH, "no.such.text")


def test_each_language_gives_its_own_name() -> None:
    assert TEXTS.names == {"en": "English", "vi": "Tiếng Việt"}


def test_a_payment_answered_on_another_phone_meanwhile_is_not_answered_twice() -> None:
    asked = dial(LINE, "3").visit
    told = CAST[EVERYDAY].after(ConfirmPayment(DAO.id, 15)).line
    turn = press(asked, "2", told)
    assert turn.commands == ()
    assert show(turn, told).screen == "receipt.none"


def test_the_busy_page_needs_nobody() -> None:
    page = shut_page(replace(LINE, people=()))
    assert (page.kind, page.screen) == ("END", "busy")
    assert "lai sau 5 phut" in page.text
