"""Pages in parts, on screens that hold less than the texts were proved for: no line is split, no choice is lost."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from people import DAO, PHUONG, world

from menus.cast import CAST
from menus.drawing import in_parts
from menus.engine import Turn, Visit, dial, freeze, press, show, thaw
from menus.home import Home
from menus.kinds import Caller
from menus.paging import AN_OPTION, parts
from menus.walk import walk
from sms.gsm import is_gsm7, septets, ucs2_units
from ussd_app.domain.caller import Line, Service
from ussd_app.domain.people import Language
from ussd_app.domain.screens import ScreenRoom, read_screens

MORE = "9 Xem tiep"


def on_a_screen_of(line: Line, septets: int, units: int = 30) -> Line:
    return replace(line, service=replace(line.service, screen=ScreenRoom(septets, units)))


lines = st.lists(st.text("abc ", min_size=1, max_size=30).map(lambda each: f"1 {each.strip()}"), min_size=1, max_size=9)


@given(lines, st.integers(60, 160))
def test_every_line_is_there_once_and_whole(page: list[str], most: int) -> None:
    made = parts("\n".join(page), most, MORE)
    assert all(septets(each) <= most for each in made)
    assert all(each.endswith("\n" + MORE) for each in made[:-1])
    shown = [line for each in made[:-1] for line in each.split("\n")[:-1]] + made[-1].split("\n")
    assert shown == page


@given(st.lists(st.text("abc", min_size=1, max_size=20), min_size=1, max_size=40), st.integers(60, 160))
def test_a_long_sentence_goes_on_at_the_next_word(words: list[str], most: int) -> None:
    made = parts(" ".join(words), most, MORE)
    assert all(septets(each) <= most for each in made)
    assert " ".join(each.removesuffix("\n" + MORE).replace("\n", " ") for each in made) == " ".join(words)


@pytest.mark.parametrize("room", [60, 80, 120, 140, 182])
def test_every_page_anyone_comes_to_fits_in_parts_with_all_its_choices(room: int) -> None:
    for each in ("everyday", "bank account", "two on one phone", "cash-out under way"):
        seen = walk(CAST[each])
        for place in seen.places.values():
            whole = place.world.line
            narrow = on_a_screen_of(whole, room)
            standing = place.visit.standing
            person = next((one for one in whole.people if one.id == place.visit.person_id), None)
            made = in_parts(standing, Caller(narrow, person, place.visit.proved))
            assert all(septets(part) <= room if is_gsm7(part) else ucs2_units(part) <= 30 for part in made)
            (page,) = in_parts(standing, Caller(on_a_screen_of(whole, 160), person, place.visit.proved))
            choices = [line for line in page.split("\n") if AN_OPTION.match(line)]
            assert [line for part in made for line in part.split("\n") if line in choices and line != MORE] == [
                line for line in choices if line != MORE
            ]


def test_nine_shows_the_rest_and_every_choice_works_on_every_part() -> None:
    line = on_a_screen_of(world(DAO).line, 80)
    first = dial(line)
    assert show(first, line).text == "Kinh chao ba Dao\n1 Xem so du\n2 Tien da nhan\n3 Xac nhan nhan tien\n9 Xem tiep"
    second = press(first.visit, "9", line)
    assert "4 Rut tien mat" in show(second, line).text
    assert show(press(second.visit, "1", line), line).screen == "balance"
    assert show(press(second.visit, "00", line), line) == show(first, line)
    assert thaw(freeze(second.visit)) == second.visit


def test_a_last_word_that_does_not_fit_is_ended_only_with_its_last_part() -> None:
    line = on_a_screen_of(world().line, 80)
    turn = dial(line)
    assert show(turn, line).kind == "CON"
    while (page := show(turn, line)).kind == "CON":
        assert page.text.endswith(MORE)
        turn = press(turn.visit, "9", line)
    assert "18001234" in page.text


def test_accents_are_kept_where_the_network_shows_enough_of_them() -> None:
    phuong = world(replace(PHUONG, language=Language.ACCENTED)).line
    turn = Turn(Visit(Home(), person_id=PHUONG.id))
    assert show(turn, phuong).text.startswith("Kinh chao")
    assert show(turn, on_a_screen_of(phuong, 182, 140)).text.startswith("Kính chào bà Phượng")


def test_a_stored_visit_of_before_has_no_part() -> None:
    visit = Visit(Home(), person_id=1)
    assert thaw(freeze(visit)) == visit
    assert thaw(freeze(visit)[:-1] + ',"two"]') is None


def test_screens_are_written_as_a_default_and_the_networks_that_differ() -> None:
    assert read_screens("160/80") == (ScreenRoom(160, 80), {})
    assert read_screens("160 63903:182/91 99999:120") == (
        ScreenRoom(160, 80),
        {"63903": ScreenRoom(182, 91), "99999": ScreenRoom(120, 60)},
    )
    for wrong in ("wide", "160/80/3", "63903:", "20"):
        with pytest.raises(ValueError):
            read_screens(wrong)


def test_a_service_knows_the_screen_of_each_network() -> None:
    service = Service("18001234", "*8899#", screens={"63903": ScreenRoom(182, 91)})
    assert service.on("63903").screen.septets == 182
    assert service.on("45204") is service
