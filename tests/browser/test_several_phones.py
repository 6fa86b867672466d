"""The table around the phone: several phones, cards that fold away, sound, and the ledger beside them."""

from __future__ import annotations

from playwright.sync_api import expect
from pretend_networks import BALANCE, HOME

NARROW = "() => document.documentElement.scrollWidth <= document.documentElement.clientWidth"


def shows(page, words):
    expect(page.locator("#lcd-page")).to_have_text(words)


def send(page, keys=""):
    page.keyboard.type(keys)
    page.keyboard.press("Enter")


def test_a_second_phone_is_anothers_and_the_keyboard_follows_the_hand(page, networks):
    send(page)
    shows(page, HOME)
    page.get_by_role("button", name="Another phone").click()
    expect(page.locator(".phone-in-hand .phone-head")).to_contain_text("Mr Hùng")
    second = page.locator(".phone").nth(1)
    send(page, "*8899*1#")
    expect(second.locator("[data-part=page]")).to_have_text(BALANCE)
    page.locator("#lcd-page").focus()
    expect(page.locator("#owner")).to_contain_text("bà Đào")
    send(page, "1")
    shows(page, BALANCE)
    assert [wish["phone"] for path, wish in networks.asked if path.endswith("/sessions")] == [
        "+84912000101",
        "+84912000102",
    ]
    assert page.evaluate(NARROW)
    second.get_by_role("button", name="Put away").click()
    expect(page.locator(".phone")).to_have_count(1)


def test_four_phones_and_no_more(page):
    for _ in range(3):
        page.get_by_role("button", name="Another phone").click()
    expect(page.get_by_role("button", name="Another phone")).to_be_disabled()
    ids = page.evaluate("() => [...document.querySelectorAll('[id]')].map(each => each.id)")
    assert len(ids) == len(set(ids))
    assert page.evaluate(NARROW)


def test_what_is_seldom_needed_is_folded_away_and_fits_when_it_is_opened(page):
    for card in ("ledger", "recorder", "faults"):
        assert not page.locator(f"#{card}").evaluate("card => card.open")
        page.locator(f"#{card} > summary").press("Enter")
    expect(page.locator("#ledger")).to_contain_text("0đ free")
    assert page.evaluate(NARROW)


def test_nothing_clicks_until_it_is_asked_to(page):
    sound = page.get_by_role("button", name="Sound off")
    expect(sound).to_have_attribute("aria-pressed", "false")
    sound.press("Enter")
    expect(page.get_by_role("button", name="Sound on")).to_have_attribute("aria-pressed", "true")


def test_a_recording_holds_no_pin_and_may_be_written_without_room(page):
    page.locator("#recorder > summary").click()
    page.get_by_role("button", name="Record").click()
    page.locator("#lcd-page").focus()
    send(page, "*8899*4#")
    expect(page.locator("#lcd-page")).to_contain_text("PIN")
    send(page, "2580")
    expect(page.locator("#state")).to_have_text("The line ended.")
    page.get_by_role("button", name="Stop").click()
    expect(page.locator("#script")).to_have_value(
        "phone +84912000101\ncode *8899#\ndials *8899*4#\n"
        "| Moi ba nhap ma PIN. Khong cho ai biet ma nay, ke ca can bo.\n"
        "presses •••• the PIN\n| Cam on ba. Chuc ba manh khoe.\n(end)\n"
    )
    page.get_by_label("the PIN, for playing").fill("2580")
    page.get_by_role("button", name="Play").click()
    expect(page.locator("#played")).to_have_text("2 pages, all as written.")
    assert "2580" not in page.content()
