"""A phone can tell from the page alone that a PIN is asked for, in every language, on every screen."""

import pytest

import menus.engine  # noqa: F401 - registers every screen
from menus.drawing import in_plain_letters
from menus.kinds import SCREENS, Secret
from menus.wording import TEXTS
from ussd_app.domain.people import Language
from ussd_app.simulator.screens import Meter, asks_for_secret, dialled_behind, secret_asked

ASKED_ON_A_SECRET_SCREEN = {
    "pin.ask",
    "pin.wrong",
    "pin.not_a_pin",
    "pin.temporary",
    "pin.temporary.wrong",
    "first_pin.birth_year",
    "first_pin.wrong_year",
    "first_pin.not_a_year",
    "first_pin.choose",
    "first_pin.too_easy",
    "first_pin.repeat",
    "first_pin.not_the_same",
    "keeper.pin",
    "keeper.pin.starting",
    "keeper.pin.wrong",
    "keeper.pin.choose",
    "keeper.pin.not_the_same",
    "keeper.pin.too_easy",
    "keeper.code",
    "keeper.code.wrong",
    "keeper.code.not_a_code",
}
CODES = {"keeper.code", "keeper.code.wrong", "keeper.code.not_a_code"}
SAID_AT_AN_END = {"pin.locked", "pin.changed", "first_pin.saved", "keeper.locked"}


@pytest.mark.parametrize("language", Language)
def test_a_page_asks_for_a_secret_exactly_where_a_secret_screen_speaks(language):
    for key in TEXTS.by_file["vi"]:
        if key in SAID_AT_AN_END:
            continue
        said = TEXTS.template(language, key)
        page = said if language is Language.ACCENTED else in_plain_letters(said)
        assert asks_for_secret(page) == (key in ASKED_ON_A_SECRET_SCREEN), page


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("key", sorted(ASKED_ON_A_SECRET_SCREEN))
def test_a_secret_is_called_by_its_name(language, key):
    year = key in {"first_pin.birth_year", "first_pin.wrong_year", "first_pin.not_a_year"}
    name = "the code" if key in CODES else "the year of birth" if year else "the PIN"
    assert secret_asked(TEXTS.template(language, key)) == name


def test_no_secret_screen_is_missing_above():
    own_texts = {name for name, each in SCREENS.items() if issubclass(each, Secret) and name in TEXTS.by_file["vi"]}
    assert own_texts <= ASKED_ON_A_SECRET_SCREEN


def test_the_home_page_mentions_the_pin_and_asks_for_none():
    assert "PIN" in TEXTS.template(Language.VIETNAMESE, "home")
    assert not asks_for_secret(in_plain_letters(TEXTS.template(Language.VIETNAMESE, "home")))


def test_a_name_in_letters_that_no_phone_has_is_still_measured():
    assert Meter.of("Chào 漢字") == Meter("UCS-2", 7, 80)
    assert not asks_for_secret("Chào 漢字")


@pytest.mark.parametrize(
    ("dialled", "behind"),
    [
        ("*8899#", ""),
        ("*8899*1*2#", "1*2"),
        ("*88 99*1#", "1"),
        ("*8899**1#", "*1"),
        ("*8899", None),
        ("*88990#", None),
        ("8899#", None),
        ("*101#", None),
        ("*8899*x#", None),
        ("", None),
    ],
)
def test_what_was_dialled_behind_the_code(dialled, behind):
    assert dialled_behind("*8899#", dialled) == behind
