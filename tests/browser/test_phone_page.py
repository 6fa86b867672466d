"""The phone in the browser, as a person uses it: by mouse, by finger and by keyboard alone."""

from __future__ import annotations

from pretend_networks import ACCENTED, ASK_PIN, BALANCE, ENGLISH, GOODBYE, HOME, MESSAGE, RIGHT_CODE

WHOLE_CODE = "*8899#"


def shows(page, words):
    page.wait_for_function("words => document.getElementById('lcd-page').textContent === words", arg=words)


def state(page, words):
    page.locator("#state", has_text=words).wait_for()


def send(page, keys=""):
    page.keyboard.type(keys)
    page.keyboard.press("Enter")


def test_the_green_key_dials_and_every_key_answers_the_mouse(page):
    page.get_by_role("button", name="Call or send").click()
    shows(page, HOME)
    page.get_by_role("button", name="1", exact=True).click()
    page.get_by_role("button", name="Call or send").click()
    shows(page, BALANCE)
    assert page.locator("#gauge-words").text_content() == f"GSM-7 · {len(BALANCE)} of 160"
    assert page.locator("#trail .trail-keys").all_text_contents() == [WHOLE_CODE, "1"]
    page.get_by_role("button", name="Hang up").click()
    state(page, "You hung up.")


def test_by_keyboard_alone(page, networks):
    send(page, "*8899*1#")
    shows(page, BALANCE)
    send(page, "98")
    shows(page, HOME)
    page.keyboard.type("41")
    page.keyboard.press("Backspace")
    page.keyboard.press("Enter")
    page.wait_for_function("() => document.getElementById('trail').children.length === 3")
    page.locator("#handset[data-mode=open]").wait_for()
    page.keyboard.press("Escape")
    state(page, "You hung up.")
    assert [wish["keys"] for path, wish in networks.asked if path.endswith("/press")] == ["98", "4"]


def test_a_pin_is_dots_everywhere_and_reaches_the_network_whole(page, networks):
    send(page)
    shows(page, HOME)
    send(page, "4")
    shows(page, ASK_PIN)
    page.keyboard.type("2580")
    assert page.locator("#lcd-typed").text_content() == "••••"
    page.keyboard.press("Enter")
    shows(page, GOODBYE)
    state(page, "The line ended.")
    assert page.locator("#trail .trail-keys").last.text_content() == "••••"
    assert "2580" not in page.content()
    assert [wish["keys"] for path, wish in networks.asked if path.endswith("/press")] == ["4", "2580"]


def test_a_page_is_read_aloud_in_its_own_language_and_measured_in_its_own_letters(page):
    send(page)
    shows(page, HOME)
    assert page.locator("#lcd-page").get_attribute("lang") == "vi"
    send(page, "2")
    shows(page, ACCENTED)
    assert page.locator("#gauge-words").text_content() == f"UCS-2 · {len(ACCENTED)} of 80"
    page.keyboard.press("Escape")
    send(page, "*8899*5#")
    shows(page, ENGLISH)
    assert page.locator("#lcd-page").get_attribute("lang") == "en"


def test_a_line_that_breaks_and_a_code_nobody_serves(page):
    send(page, "*8899*6#")
    state(page, "The line broke. The application could not be reached")
    page.keyboard.press("Escape")
    send(page, "*101#")
    state(page, f"it serves {WHOLE_CODE}")


def test_another_phone_is_found_by_name_and_a_stranger_by_number(page, networks):
    search = page.get_by_role("combobox", name="A name or a number")
    search.click()
    search.fill("hung")
    page.get_by_role("option").filter(has_text="Mr Hùng").click()
    page.locator("#owner").get_by_text("Mr Hùng").wait_for()
    search.click()
    search.fill("0999 888 777")
    page.get_by_role("option").filter(has_text="on no list").wait_for()
    page.keyboard.press("Enter")
    page.locator("#owner").get_by_text("+84999888777").wait_for()
    search.blur()
    send(page)
    shows(page, HOME)
    assert [wish["phone"] for path, wish in networks.asked if path.endswith("/sessions")] == ["+84999888777"]


def test_a_message_arrives_beside_the_phone(page, networks):
    networks.messages.append(MESSAGE)
    page.locator("#inbox").get_by_text(MESSAGE["text"]).wait_for()
    assert page.locator("#inbox time").text_content() == "09:30 5/1"
    assert page.locator("#inbox-count").text_content() == "1"


def test_cash_is_handed_over_at_the_pay_point(page, networks):
    page.get_by_role("combobox", name="Pay point").click()
    page.keyboard.type("buu dien duc xuan")
    page.get_by_role("option").filter(has_text="Bưu điện Đức Xuân").click()
    page.get_by_label("Cash code").fill("1")
    page.keyboard.press("Enter")
    page.get_by_text("No cash: There is no such code.").wait_for()
    page.get_by_label("Cash code").fill(RIGHT_CODE)
    page.get_by_role("button", name="Hand over cash").click()
    page.get_by_text("Hand over 500.000đ. Receipt MP1.").wait_for()
    assert page.get_by_label("Cash code").input_value() == ""


def test_nothing_is_wider_than_the_window(page):
    send(page)
    shows(page, HOME)
    for selector in ("html", "#lcd-page"):
        assert page.locator(selector).evaluate("each => each.scrollWidth <= each.clientWidth")


def test_tab_reaches_every_key_of_the_phone(page):
    reached = set()
    for _ in range(40):
        page.keyboard.press("Tab")
        reached.add(page.evaluate("document.activeElement.dataset.key ?? document.activeElement.dataset.action"))
    assert set("0123456789*#") | {"call", "clear", "end"} <= reached
