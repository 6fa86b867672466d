"""A real browser, without which the tests of the pages say nothing: skipped at home, failed in CI."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from threading import Thread

import pytest
from flask import Flask
from playwright.sync_api import Browser, sync_playwright
from pretend_networks import pretend_networks
from sqlalchemy import text
from werkzeug.serving import make_server

from ussd_app.settings import Settings
from ussd_app.simulator.pages import simulator

PEOPLE = (("Nguyễn Thị Đào", "F", "vi", "+84912000101"), ("Trần Văn Hùng", "M", "en", "+84912000102"))

ARGUMENTS = (
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


def _chromium() -> str | None:
    given = os.environ.get("CHROMIUM")
    return given or next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    program = _chromium()
    if program is None:
        why = "no Chromium here (apt-get install chromium, or name one in CHROMIUM)"
        pytest.fail(why) if os.environ.get("CI") else pytest.skip(why)
    with sync_playwright() as play:
        opened = play.chromium.launch(executable_path=program, args=ARGUMENTS, ignore_default_args=["--headless"])
        yield opened
        opened.close()


@pytest.fixture
def networks():
    with pretend_networks() as networks:
        yield networks


@pytest.fixture
def address(database, networks):
    with database.begin() as db:
        for name, gender, language, phone in PEOPLE:
            db.execute(
                text("""WITH added AS (
                            INSERT INTO person (person_code, full_name, gender, commune_id, payout_method, language)
                            VALUES (:name, :name, :gender, (SELECT min(id) FROM commune), 'cash', :language) RETURNING id)
                        INSERT INTO person_phone (person_id, e164) SELECT id, :phone FROM added"""),
                {"name": name, "gender": gender, "language": language, "phone": phone},
            )
    app = Flask(__name__)
    app.register_blueprint(simulator(database, Settings(networks_url=networks.url)))
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/simulator/"
    server.shutdown()
    thread.join()


@pytest.fixture(params=[(1280, 800), (320, 640)], ids=["desktop", "small"])
def page(request, browser, address):
    width, height = request.param
    context = browser.new_context(viewport={"width": width, "height": height}, has_touch=width < 400)
    opened = context.new_page()
    complaints = []
    opened.on("pageerror", lambda problem: complaints.append(str(problem)))
    opened.on("console", lambda said: complaints.append(said.text) if "Content Security" in said.text else None)
    opened.goto(address)
    opened.locator("#owner").get_by_text("bà Đào").wait_for()
    yield opened
    context.close()
    assert complaints == []
