"""The simulator on a real stack: dial, drop, resume, cash out, read the SMS, redeem, record, replay; and its portraits."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from bench.own_stack import OwnStack, own_stack

DOCS = Path(__file__).resolve().parent.parent.parent / "docs"
BORN, PIN = "1948", "2580"
PORTRAITS = ("phone.png", "faults.png")
MOST_BYTES = 200_000
LIGHT = {".lcd": "#bdcaa6", ".handset": "#2c3733"}
"""Fine texture is most of a picture's weight: for a portrait these lie in one colour and throw no shadow."""

pytestmark = pytest.mark.xdist_group("whole_session")


@pytest.fixture(scope="module")
def stack(browser: Browser) -> Iterator[OwnStack]:
    with tempfile.TemporaryDirectory(prefix="bam-phone-", ignore_cleanup_errors=True) as directory:
        room = Path(directory)
        room.chmod(0o755)  # the database's own user passes through
        with own_stack(room / "var") as started:
            yield started


@pytest.fixture
def desk(browser: Browser, stack: OwnStack) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 1120, "height": 800}, accept_downloads=True)
    page = context.new_page()
    complaints: list[str] = []
    page.on("pageerror", lambda problem: complaints.append(str(problem)))
    page.goto(f"{stack.url}/simulator/")
    page.locator("#owner").get_by_text("bà Phương").wait_for()
    yield page
    context.close()
    assert complaints == []


def send(page: Page, *answers: str) -> str:
    """One after another, each on the page that the last one brought."""
    page.locator("#lcd-page").focus()
    for keys in answers:
        page.keyboard.type(keys)
        page.keyboard.press("Enter")
        page.locator("#handset:not([data-mode=waiting])").wait_for()
    return page.locator("#lcd-page").inner_text()


def unfold(page: Page, card: str) -> None:
    page.locator(f"#{card} > summary").click()


def pick_up(page: Page, number: str, name: str) -> None:
    page.get_by_role("combobox", name="A name or a number").click()
    page.keyboard.type(number)
    page.get_by_role("option").filter(has_text=name).click()
    page.locator("#owner").get_by_text(name).wait_for()


def portrait(page: Page, name: str, snap: bool) -> None:
    """`--snap` takes it anew; it is looked at by people, and only its size by this test."""
    page.locator("body").click(position={"x": 5, "y": 5})
    if snap:
        for part, colour in LIGHT.items():
            page.locator(part).evaluate(
                "(each, colour) => { each.style.boxShadow = 'none'; each.style.background = colour }", colour
            )
        page.screenshot(path=DOCS / name, full_page=True)
    assert 0 < (DOCS / name).stat().st_size < MOST_BYTES


def first_pin(page: Page) -> None:
    send(page, "", "4", BORN, PIN, PIN)
    page.keyboard.press("Escape")
    expect(page.locator("#state")).to_have_text("You hung up.")


def test_the_line_drops_and_what_was_begun_goes_on(desk: Page, stack: OwnStack, request: pytest.FixtureRequest) -> None:
    snap = bool(request.config.getoption("--snap"))
    first_pin(desk)
    send(desk, "*8899#")
    desk.keyboard.press("Escape")

    # Recorded from here on: an order, of which the line swallows one page.
    unfold(desk, "recorder")
    desk.get_by_role("button", name="Record").click()
    send(desk, "*8899*4#")
    unfold(desk, "faults")
    desk.locator("#drop-at").select_option("3")
    desk.get_by_role("button", name="Drop at page").click()
    expect(desk.locator("#faults-count")).to_have_text("1 set")
    send(desk, "1")
    unfold(desk, "recorder")
    portrait(desk, "faults.png", snap)
    unfold(desk, "recorder")
    send(desk, "1")
    expect(desk.locator("#state")).to_contain_text("The line dropped before the page reached the phone")
    expect(desk.locator("#faults-count")).to_have_text("")
    unfold(desk, "faults")

    # Dialled again: what was begun is offered, the PIN asked for, and the code comes by SMS.
    desk.get_by_role("button", name="Hang up").click()
    assert "1 Lam tiep" in send(desk, "*8899#")
    send(desk, "1")
    assert "PIN" in send(desk, "1")
    assert "Lenh rut 500.000d" in send(desk, PIN)
    desk.get_by_role("button", name="Stop").click()
    message = desk.locator("#inbox .message").first
    expect(message).to_contain_text("Ma rut tien", timeout=30_000)

    # At the counter, and in the ledger.
    code = re.search(r"Ma rut tien ([\d ]+),", message.inner_text())
    point = re.search(r"tai (Buu dien [\w ]+),", message.inner_text())
    assert code and point
    desk.get_by_role("combobox", name="Pay point").click()
    desk.keyboard.type(point[1])
    desk.get_by_role("option").filter(has_text="054431").click()
    desk.get_by_label("Cash code").fill(code[1])
    desk.get_by_role("button", name="Hand over cash").click()
    expect(desk.locator("#verdict")).to_contain_text("Hand over 500.000đ")
    unfold(desk, "ledger")
    expect(desk.locator(".ledger-sums")).to_contain_text("400.000đ free", timeout=30_000)
    expect(desk.locator(".ledger-last")).to_contain_text("cash handed over")

    written = desk.locator("#script").input_value()
    assert "presses •••• the PIN\n" in written and "the line drops\n" in written
    assert PIN not in written and code[1] not in written
    assert PIN not in desk.content()


def test_a_session_is_recorded_saved_and_played_again(desk: Page, stack: OwnStack, tmp_path: Path, request) -> None:
    pick_up(desk, "0912000102", "ông Tuấn")
    send(desk, "*8899#", "1")
    portrait(desk, "phone.png", bool(request.config.getoption("--snap")))
    desk.get_by_role("button", name="Hang up").click()
    unfold(desk, "recorder")
    desk.get_by_role("button", name="Record").click()
    send(desk, "*8899#", "1", "0")
    desk.get_by_role("button", name="Stop").click()
    desk.get_by_role("button", name="Play").click()
    expect(desk.locator("#difference")).to_be_hidden()
    expect(desk.locator("#played")).to_have_text("3 pages, all as written.")
    with desk.expect_download() as saved:
        desk.get_by_role("button", name="Save as test").click()
    saved.value.save_as(tmp_path / "session.txt")
    text = (tmp_path / "session.txt").read_text("utf-8")
    assert "| So du cua ong: …d luc …. Noi giu: " in text

    # The same file in the terminal; and a page that is not as written, here and there.
    done = stack.command("simulate", str(tmp_path / "session.txt"), "--repeat")
    assert (done.status, done.last_line) == (0, "session.txt: 3 pages, all as written.")
    other = text.replace("So du cua ong", "So du cua ba")
    (tmp_path / "session.txt").write_text(other, encoding="utf-8")
    assert stack.command("simulate", str(tmp_path / "session.txt")).status == 1
    desk.locator("#open").set_input_files(tmp_path / "session.txt")
    expect(desk.locator("#script")).to_have_value(re.compile("cua ba"))
    desk.get_by_role("button", name="Play").click()
    expect(desk.locator("#played")).to_contain_text("Differs from line")
    expect(desk.locator("#difference del")).to_contain_text("So du cua ba")


def test_a_swapped_sim_is_told_nothing_until_it_is_proved(desk: Page) -> None:
    pick_up(desk, "0912000107", "Hòa")
    unfold(desk, "faults")
    desk.get_by_role("button", name="Swap the SIM").click()
    expect(desk.locator("#faults-said")).to_contain_text("Another SIM")
    assert "Hoa" not in send(desk, "")
    desk.keyboard.press("Escape")
    desk.get_by_role("button", name="The owner proves the number again").click()
    expect(desk.locator("#faults-said")).to_contain_text("proven again")
    assert "Hoa" in send(desk, "*8899#")


def test_an_emptied_redis_loses_nothing(desk: Page) -> None:
    unfold(desk, "faults")
    desk.get_by_role("button", name="Empty Redis").click()
    expect(desk.locator("#faults-said")).to_contain_text("Redis is empty")
