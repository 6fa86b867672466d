"""The checker is worth what it catches: the real menus with one thing broken, and the complaint that names it."""

from collections.abc import Callable, Iterator
from datetime import datetime

import pytest

from menus.balance import Balance
from menus.cash_out import HowMuch, OtherAmount
from menus.cash_out_agree import AgreeToCashOut, CashOutPin
from menus.cash_out_result import Requested
from menus.cast import CAST, EVERYDAY, NOW
from menus.check import complaints
from menus.check_pages import complaints_about_widths
from menus.check_texts import holes
from menus.drawing import SEPTETS, in_plain_letters
from menus.first_pin import BirthYear, ChoosePin
from menus.front_door import WhoIsIt
from menus.help import Help
from menus.helping import Helping
from menus.home import Home
from menus.kinds import HOME, NOT_IN_THE_LIST, SCREENS, Again, Caller, Do, Go, Goodbye, Menu, ToHome, Zero, screen
from menus.letters import too_long
from menus.pin_change import NewPin, OldPin
from menus.settings import Settings
from menus.widths import longest
from menus.wording import TEXTS, Texts
from sms.gsm import septets
from ussd_app.domain.commands import RequestCashOut
from ussd_app.domain.money import Dong
from ussd_app.domain.people import Language

Patch = pytest.MonkeyPatch

FEW = {who: CAST[who] for who in (EVERYDAY, "nothing sent", "no PIN yet", "two on one phone", "helped")}
"""Enough of the cast to meet the fault; the whole cast is for the menus as they are."""


def found(*, texts: Texts = TEXTS) -> str:
    return "\n".join(complaints(texts=texts, cast=FEW))


def texts_with(language: str, key: str, template: str | None) -> Texts:
    file = {**TEXTS.by_file[language], key: template or ""}
    if template is None:
        del file[key]
    return Texts({**TEXTS.by_file, language: file}, TEXTS.names)


@pytest.fixture
def new_screens() -> Iterator[None]:
    """Screens a test adds are gone after it."""
    known = dict(SCREENS)
    yield
    SCREENS.clear()
    SCREENS.update(known)


def test_the_menus_as_they_are_give_no_complaint() -> None:
    assert complaints() == []


# ---- 1: ways in and ways out -----------------------------------------------------------------------------


@pytest.mark.usefixtures("new_screens")
def test_a_screen_nobody_can_reach() -> None:
    @screen("lost")
    class Lost(Menu):
        pass

    assert "lost [any language] cannot be reached from home" in found()


def test_a_house_without_an_exit(monkeypatch: Patch) -> None:
    def answer(self: Menu, typed: str, caller: Caller) -> Again:
        return NOT_IN_THE_LIST

    monkeypatch.setattr(Home, "zero", Zero.HOME)
    for dead_end in (Help, Settings):
        monkeypatch.setattr(dead_end, "answer", answer)
    assert "home [any language] has no way to an ending" in found()


# ---- 2: nothing before its secret ------------------------------------------------------------------------


def test_money_without_the_pin(monkeypatch: Patch) -> None:
    def answer(self: AgreeToCashOut, typed: str, caller: Caller) -> Do[RequestCashOut, Requested] | Again:
        if typed != "1":
            return NOT_IN_THE_LIST
        command = RequestCashOut(caller.me.id, self.amount, self.point_code)
        return Do(command, Requested(self.amount, self.point_code))

    monkeypatch.setattr(AgreeToCashOut, "answer", answer)
    assert "cash_out.agree_here [any language] does RequestCashOut without the PIN" in found()


def test_money_for_any_pin_at_all(monkeypatch: Patch) -> None:
    def answer(self: CashOutPin, typed: str, caller: Caller) -> Do[RequestCashOut, Requested]:
        command = RequestCashOut(caller.me.id, self.amount, self.point_code)
        return Do(command, Requested(self.amount, self.point_code))

    monkeypatch.setattr(CashOutPin, "answer", answer)
    assert "cash_out.pin_here [any language] does RequestCashOut without the PIN" in found()


def test_a_first_pin_without_the_year_of_birth(monkeypatch: Patch) -> None:
    def answer(self: BirthYear, typed: str, caller: Caller) -> Go[ChoosePin]:
        return Go(ChoosePin(self.for_cash))

    monkeypatch.setattr(BirthYear, "answer", answer)
    assert "first_pin.choose [any language] does ProposePin without the year of birth" in found()


def test_a_shared_phone_that_tells_before_the_pin(monkeypatch: Patch) -> None:
    def answer(self: WhoIsIt, typed: str, caller: Caller) -> Go[Home] | Again:
        return Go(Home(), speaking_as=caller.line.people[0].id) if typed == "1" else NOT_IN_THE_LIST

    monkeypatch.setattr(WhoIsIt, "answer", answer)
    assert "home [any language] is shown on a shared phone before the PIN" in found()


def test_a_pin_changed_without_the_old_one(monkeypatch: Patch) -> None:
    def answer(self: OldPin, typed: str, caller: Caller) -> Go[NewPin]:
        return Go(NewPin(for_cash=False))

    monkeypatch.setattr(OldPin, "answer", answer)
    assert "pin.repeat [any language] does ReplacePin without the PIN" in found()


def test_a_helper_who_is_led_to_the_money(monkeypatch: Patch) -> None:
    def answer(self: Helping, typed: str, caller: Caller) -> Go[HowMuch] | Again:
        return Go(HowMuch()) if typed == "4" else NOT_IN_THE_LIST

    monkeypatch.setattr(Helping, "answer", answer)
    assert "cash_out.amount [any language] is shown to a helper" in found()


# ---- 3: arrows promised = arrows taken -------------------------------------------------------------------


def test_an_arrow_taken_but_not_promised(monkeypatch: Patch) -> None:
    def answer(self: Help, typed: str, caller: Caller) -> Again:
        return Go(HOME) if typed == "1" else NOT_IN_THE_LIST  # type: ignore[return-value] - the fault

    monkeypatch.setattr(Help, "answer", answer)
    assert "help [any language] takes an arrow it does not promise: -> home" in found()


def test_an_arrow_promised_but_never_taken(monkeypatch: Patch) -> None:
    def answer(self: Help, typed: str, caller: Caller) -> Go[ToHome] | Again:
        return NOT_IN_THE_LIST

    monkeypatch.setattr(Help, "answer", answer)
    assert "help [any language] promises an arrow it never takes: -> home" in found()


# ---- 4: nothing raises -----------------------------------------------------------------------------------


def test_a_key_that_raises(monkeypatch: Patch) -> None:
    def answer(self: OtherAmount, typed: str, caller: Caller) -> Again:
        Dong(int(typed))
        return NOT_IN_THE_LIST

    monkeypatch.setattr(OtherAmount, "answer", answer)
    assert "cash_out.other_amount [any language] the key" in found()
    assert "raises ValueError" in found()


def test_a_page_that_cannot_bear_a_change_of_the_world(monkeypatch: Patch) -> None:
    def words(self: AgreeToCashOut, caller: Caller) -> dict[str, object]:
        left = caller.me.balance - self.amount
        return {"tien": self.amount, "diem": "", "phi": Dong(0), "conlai": left, "gio": "", "ng": "", "max": left}

    monkeypatch.setattr(AgreeToCashOut, "words", words)
    assert "cash_out.agree_here [any language] cannot bear a change of the world: ValueError" in found()


# ---- 5: every page fits ----------------------------------------------------------------------------------


def test_a_page_too_long_in_one_language_only() -> None:
    longer = TEXTS.by_file["en"]["balance"] + "\nand something that nobody asked to know about this balance of yours"
    complaint = found(texts=texts_with("en", "balance", longer))
    assert "balance [en] the page with its longest values is" in complaint
    assert "balance [vi]" not in complaint


def test_a_page_that_fits_everyone_met_but_not_the_longest_name() -> None:
    greeting = TEXTS.by_file["vi"]["home"].replace("Kính chào", "Kính chào và kính chúc sức khỏe")
    assert "home [vi] the page with its longest values is" in found(texts=texts_with("vi", "home", greeting))


def one_too_long(language: str, key: str) -> Texts:
    """The text filled up with a letter at its end, until with its longest values it is one too long."""
    spoken = Language.ENGLISH if language == "en" else Language.VIETNAMESE
    template = TEXTS.by_file[language][key]
    widest = in_plain_letters(TEXTS.say(spoken, key, longest(spoken, TEXTS)))
    return texts_with(language, key, template + "z" * (SEPTETS + 1 - septets(widest)))


@pytest.mark.parametrize("language", ["vi", "en"])
def test_any_text_one_too_long_is_named_with_the_language_and_the_letter_that_costs(language: str) -> None:
    """Each text by itself: whatever it is a part of is longer still."""
    for key, template in TEXTS.by_file[language].items():
        if not longest(Language.ENGLISH, TEXTS).keys() >= holes(template):
            continue
        found = "\n".join(complaints_about_widths(one_too_long(language, key)))
        assert f"{key} [{language}] with its longest values is 1 too long: from “z” in “…" in found


def test_the_letters_that_cost_more_than_themselves_are_named() -> None:
    assert too_long("x" * 159 + "€", 160) == "1 too long: from “€” in “…xxxxxxxxxxxxxx€”; two for each €"
    assert (
        too_long("x" * 80 + "đ", 80) == "1 too long: from “đ” in “…xxxxxxxxxxxxxxđ”; only half as much fits because of “đ”"
    )
    assert (
        too_long("😀" * 41, 80)
        == "2 too long: from “😀” in “…😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀”; only half as much fits because of “😀”"
    )
    assert too_long("x" * 160, 160) is None


# ---- 6: every standing can be stored ---------------------------------------------------------------------


@pytest.mark.usefixtures("new_screens")
def test_a_standing_that_json_cannot_hold(monkeypatch: Patch) -> None:
    @screen("clock")
    class Clock(Goodbye):
        since: datetime

        def text(self, caller: Caller) -> str:
            return "goodbye"

    def answer(self: Help, typed: str, caller: Caller) -> Go[Clock]:
        return Go(Clock(NOW))

    answer.__annotations__["return"] = Go[Clock]
    monkeypatch.setattr(Help, "answer", answer)
    assert "clock [any language] does not survive being stored: a screen may not hold a datetime" in found()


# ---- 7 and 8: words --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("texts", "complaint"),
    [
        (texts_with("en", "receipt.none", None), "receipt.none [en] has no text"),
        (texts_with("en", "payments.line", "{ky}: {tien}"), "payments.line [en] lacks the placeholder tt"),
        (texts_with("vi", "again.call", "Xin gọi {hot}, {so}."), "again.call [en] lacks the placeholder so"),
        (texts_with("vi", "again.call", "Xin gọi {so}."), "again.call [vi] has a placeholder without a longest value: so"),
        (texts_with("vi", "goodbye", "Chào các {xh}."), "goodbye [vi] reads as an insult without accents: cac"),
        (texts_with("en", "goodbye", "See www.example.org"), "goodbye [en] has a link"),
        (texts_with("vi", "goodbye", "Mã PIN cũ."), "goodbye [vi] reads as an insult without accents: cu"),
        (texts_with("en", "goodbye", "Call a@b"), "goodbye [en] has a link"),
        (texts_with("en", "goodbye", "Cash & help"), "goodbye [en] has a character that some gateways refuse: '&'"),
        (texts_with("en", "goodbye", "Thanks ☺"), "goodbye [en] has a letter that old phones cannot show: ☺"),
        (texts_with("vi", "old.page", "Trang nay"), "old.page [every language] is never said"),
    ],
)
def test_words_that_are_wrong(texts: Texts, complaint: str) -> None:
    assert complaint in found(texts=texts)


# ---- 9: few presses --------------------------------------------------------------------------------------


def test_a_longer_way_to_the_balance(monkeypatch: Patch) -> None:
    as_it_was: Callable[..., object] = Home.answer

    def answer(self: Home, typed: str, caller: Caller) -> object:
        return as_it_was(self, {"1": "5", "5": "5"}.get(typed, typed), caller)

    def from_help(self: Help, typed: str, caller: Caller) -> Go[Balance] | Again:
        return Go(Balance()) if typed == "1" else NOT_IN_THE_LIST

    answer.__annotations__["return"] = as_it_was.__annotations__["return"]
    monkeypatch.setattr(Home, "answer", answer)
    monkeypatch.setattr(Help, "answer", from_help)
    assert "home [any language] the balance takes 2 presses, and may take 1" in found()
