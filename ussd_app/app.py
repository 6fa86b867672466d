"""The web's composition root: which parts there are and how they are joined, nothing else."""

from __future__ import annotations

import hmac
from collections.abc import Callable
from datetime import UTC, datetime
from functools import lru_cache
from ipaddress import ip_address
from zoneinfo import ZoneInfo

from flask import Blueprint, Flask, Response, abort, request
from werkzeug.exceptions import HTTPException

from sms.providers import africas_talking, esms
from sms.providers.africas_talking import AfricasTalking
from sms.providers.africas_talking_insights import AfricasTalkingInsights
from ussd_app.actions.desk import Desk
from ussd_app.cli import commands
from ussd_app.cli.counter import Counter, Services
from ussd_app.cli.simulate import simulate_command
from ussd_app.cli.talk import talk_command
from ussd_app.domain.caller import ClosedHours, Service
from ussd_app.domain.screens import read_screens
from ussd_app.http.doorbell import Doorbell
from ussd_app.http.form import sentence
from ussd_app.http.health import health
from ussd_app.http.inbound import Numbers, inbound_callbacks
from ussd_app.http.mobile_money import mobile_money_callbacks
from ussd_app.http.number_checks import number_check_callbacks
from ussd_app.http.reports import ReportsOf, sms_reports
from ussd_app.http.sessions import BrowserSessions
from ussd_app.http.turn import Dialogue
from ussd_app.http.ussd import gate_before, ussd_callbacks
from ussd_app.http.wires.hubtel import Hubtel
from ussd_app.http.wires.truroute import TruRoute
from ussd_app.settings import VAR, Settings
from ussd_app.simulator.pages import simulator
from ussd_app.store.database import Database
from ussd_app.store.vault import Vault
from workers.mobile_money.choosing import providers_of, who_offers
from workers.mobile_money.port import Offer

MOST_BYTES = 64 * 1024  # the longest honest callback is a tenth of this
MOST_HEARD_OUT = 32 * 1024 * 1024


def create_app(
    settings: Settings, services: Services | None = None, find_port: Callable[[], int | None] = lambda: None
) -> Flask:
    """The web application. Opens nothing by itself: the database is reached with the first request."""
    app = Flask(__name__)
    app.config["MAX_CONTENT_LENGTH"] = MOST_BYTES
    app.config["MAX_FORM_MEMORY_SIZE"] = MOST_BYTES
    secret_key, data_key = settings.keys()
    app.secret_key = secret_key
    app.session_interface = BrowserSessions()
    if settings.database_url:
        _join(app, settings, Vault(data_key))
    for group in commands.groups(Counter(settings, services, who_offers(Offer.CODE, providers_of(settings)))):
        app.cli.add_command(group)
    app.cli.add_command(talk_command(find_port))
    app.cli.add_command(simulate_command(find_port))
    app.register_error_handler(HTTPException, _in_a_sentence)
    return app


def _join(app: Flask, settings: Settings, vault: Vault) -> None:
    database = Database(settings.database_url)
    doorbell = Doorbell(settings.redis_url)
    providers = providers_of(settings)
    desk = Desk(
        vault,
        settings.sms_sender,
        settings.hotline,
        who_offers(Offer.CODE, providers),
        ZoneInfo(settings.timezone),
        settings.ussd_code,
        who_offers(Offer.WALLET, providers),
    )
    screen, screens = read_screens(settings.ussd_screens)
    service = Service(settings.hotline, settings.ussd_code, settings.pin_length, screen=screen, screens=screens)
    hours = ClosedHours(*settings.closed_hours) if settings.closed_hours else None
    callbacks = Blueprint("callbacks", __name__, url_prefix="/callbacks/<token>")
    app.before_request(lambda: _check_token(settings))
    callbacks.url_value_preprocessor(lambda _, values: values.pop("token", None) if values else None)
    wires = {each.name: each for each in (Hubtel(settings.ussd_code), TruRoute(settings.ussd_code))}
    gate = gate_before(database, settings.new_sessions_a_second)
    dialogue = Dialogue(database, desk, service, _now, hours, settings.calls_a_minute)
    callbacks.register_blueprint(ussd_callbacks(dialogue, database, doorbell, wires, gate))
    numbers = Numbers(settings.missed_call_received, settings.missed_call_not_received, settings.default_region)
    callbacks.register_blueprint(inbound_callbacks(database, desk, doorbell, AfricasTalking.name, numbers, _now))
    africas = ReportsOf(AfricasTalking.name, africas_talking.read_report, ("id", "status"))
    others = {each.provider: each for each in (africas, ReportsOf(esms.NAME, esms.read_report, ("SMSID", "SendStatus")))}
    callbacks.register_blueprint(sms_reports(database, africas, others, _now))
    readers = {each.name: each.read_callback for each in providers}
    callbacks.register_blueprint(mobile_money_callbacks(database, vault, readers, doorbell, _now))
    if settings.number_checks:
        insights = AfricasTalkingInsights(settings.at_username, settings.at_api_key or "simulated", settings.sms_url)
        callbacks.register_blueprint(number_check_callbacks(database, {insights.name: insights.read_answer}, _now))
    app.register_blueprint(callbacks)
    app.register_blueprint(health(database, doorbell))
    if settings.simulated and settings.networks_url:
        app.register_blueprint(simulator(database, settings, lambda: doorbell.empty(VAR)))


def _now() -> datetime:
    return datetime.now(UTC)


def _check_token(settings: Settings) -> None:
    """A wrong token is as if nothing were there; the public default token serves this machine only."""
    if not request.path.startswith("/callbacks/"):
        return
    token = request.path.split("/", 3)[2]
    if not hmac.compare_digest(token.encode(), settings.callback_token.encode()):
        abort(404)
    if settings.local and not _is_this_machine(request.remote_addr or ""):
        abort(404)


@lru_cache(maxsize=100)
def _is_this_machine(address: str) -> bool:
    return bool(address) and ip_address(address).is_loopback


def _hear_out() -> None:
    """Take what is still being sent, and forget it: who is cut off in the middle of a sentence never hears the answer."""
    for _ in range(MOST_HEARD_OUT // MOST_BYTES):
        if not request.environ["wsgi.input"].read(MOST_BYTES):
            return


_WORDS = {
    400: "This request cannot be read.",
    404: "There is nothing here.",
    405: "This address does not take that kind of request.",
    413: "That is more than any callback may carry.",
    415: "This kind of content is not taken here.",
    500: "Something went wrong on our side; nothing was done.",
}


def _in_a_sentence(problem: HTTPException) -> Response:
    status = problem.code or 500
    if status == 413:
        _hear_out()
    return sentence(_WORDS.get(status, problem.name + "."), status)
