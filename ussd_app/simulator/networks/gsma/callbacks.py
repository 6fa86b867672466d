"""Results that the provider puts to the client's callback address, with the client's own correlation id."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime
from typing import Any

from ussd_app.simulator.networks.book import Cursor, iso
from ussd_app.simulator.networks.courier import Letter, owe
from ussd_app.simulator.networks.gsma import deviations
from ussd_app.simulator.networks.gsma.request_states import Completed, Order, Outcome
from ussd_app.simulator.networks.gsma.validation import Schema, checked
from ussd_app.simulator.networks.parts import Parts

LATE_S = 20


def owe_outcome(parts: Parts, cursor: Cursor, order: Order, outcome: Outcome) -> None:
    match outcome:
        case Completed(schema=schema, told=told):
            owe_result(parts, cursor, order, schema, told)
        case deviations.AsTheCasesWriteIt():
            _owe(parts, cursor, order, outcome.as_json())
        case refusal:
            owe_result(parts, cursor, order, "errorObject", refusal.as_json())


def owe_result(parts: Parts, cursor: Cursor, order: Order, schema: Schema, result: dict[str, Any]) -> None:
    _owe(parts, cursor, order, checked(schema, result))


def _owe(parts: Parts, cursor: Cursor, order: Order, result: dict[str, Any]) -> None:
    what, strikes = order.fate.happening, parts.faults.strikes
    if not order.callback_url or strikes("money_no_callback") or what == "callback_never":
        return
    late = strikes("money_callback_late") or what == "callback_late"
    forged = strikes("money_callback_forged") or what == "callback_forged"
    twice = strikes("money_callback_twice") or what == "callback_twice"
    body = json.dumps(result)
    letter = Letter(
        method="PUT",
        to=order.callback_url,
        headers={
            "Content-Type": "application/json",
            "X-CorrelationID": str(order.client_id),
            "X-Date": iso(datetime.now(UTC)),
            "X-Content-Hash": hashlib.sha256((body + " " * forged).encode()).hexdigest(),
        },
        body=body,
        wait_s=LATE_S if late else 0.0,
    )
    owe(parts.book, cursor, "money", [letter] * (2 if twice else 1))
