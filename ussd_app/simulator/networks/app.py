"""The networks' composition root: which pages they have, and what goes on in the background."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

from flask import Flask, Response
from werkzeug.exceptions import HTTPException

from ussd_app.simulator.networks.africas_talking_sms import africas_talking_sms
from ussd_app.simulator.networks.configuration import NetworksConfiguration
from ussd_app.simulator.networks.control import control
from ussd_app.simulator.networks.esms_sms import esms_sms
from ussd_app.simulator.networks.gsma import authorisation_codes, batches, clerk, guesses
from ussd_app.simulator.networks.gsma.bases import under_any_base
from ussd_app.simulator.networks.gsma.entrance import token_pages
from ussd_app.simulator.networks.gsma.guide import guide
from ussd_app.simulator.networks.gsma.provider import mobile_money
from ussd_app.simulator.networks.gsma.sandbox import furnish
from ussd_app.simulator.networks.mtn_momo import mtn_momo
from ussd_app.simulator.networks.mtn_momo import settle_one as settle_transfer
from ussd_app.simulator.networks.outgoing import outgoing
from ussd_app.simulator.networks.parts import Parts
from ussd_app.simulator.networks.server import serving
from ussd_app.simulator.networks.ussd_gateway import switchboard_at, ussd_gateway


def create_networks(configuration: NetworksConfiguration) -> Flask:
    """The pages, with the background at work; `stop_networks` ends it and closes the book."""
    parts = Parts.opened(configuration)
    app = Flask("networks", static_folder=None)
    app.config["MAX_FORM_MEMORY_SIZE"] = app.config["MAX_CONTENT_LENGTH"] = 8 * 1024 * 1024
    app.extensions["networks"] = parts
    app.register_blueprint(mobile_money(parts))
    app.register_blueprint(control(parts))
    if configuration.sandbox:
        furnish(parts.book, configuration)
        app.register_blueprint(token_pages(parts))
        app.add_url_rule("/", "guide", lambda: Response(guide(configuration), content_type="text/plain; charset=utf-8"))
        app.wsgi_app = under_any_base(app.wsgi_app)
    else:
        _phones(app, parts)
    app.register_error_handler(Exception, _fail_quietly)
    parts.start_couriers()
    parts.background.repeat(partial(clerk.settle_one, parts), every_s=0.05, hands=2)
    parts.background.repeat(partial(batches.work, parts), every_s=0.1)
    parts.background.repeat(partial(authorisation_codes.sweep, parts.book), every_s=0.5)
    parts.background.repeat(partial(guesses.tell_one, parts), every_s=0.25)
    return app


def _phones(app: Flask, parts: Parts) -> None:
    """What stands between phones and the product: SMS, the USSD gateway, and a second provider for wallets."""
    switchboard = switchboard_at(parts)
    app.register_blueprint(africas_talking_sms(parts))
    app.register_blueprint(outgoing(parts))
    app.register_blueprint(esms_sms(parts))
    app.register_blueprint(ussd_gateway(switchboard))
    app.register_blueprint(mtn_momo(parts))
    parts.background.repeat(partial(settle_transfer, parts), every_s=0.1)
    parts.background.repeat(switchboard.end_the_overdue, every_s=0.25)
    parts.background.repeat(switchboard.forget_the_old, every_s=10)


def stop_networks(app: Flask) -> None:
    parts: Parts = app.extensions["networks"]
    parts.close()


@contextmanager
def networks_running(configuration: NetworksConfiguration) -> Iterator[str]:
    """The networks on their own port, in this process, for as long as the block lasts; gives their address."""
    app = create_networks(configuration)
    try:
        with serving(app, configuration.host, configuration.port) as url:
            yield url
    finally:
        stop_networks(app)


def _fail_quietly(problem: Exception) -> Any:
    """Flask would write the path to the log, and paths here hold one-time codes."""
    if isinstance(problem, HTTPException):
        return problem
    sys.stderr.write(f"networks: {type(problem).__name__} in a page\n")
    return Response("Internal Server Error", 500, content_type="text/plain")
