"""Results that the provider puts to the client's callback address, with the client's own correlation id."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

from ussd_app.simulator.networks.book import Cursor, iso
from ussd_app.simulator.networks.courier import Letter, owe
from ussd_app.simulator.networks.gsma.request_states import Order
from ussd_app.simulator.networks.gsma.validation import Schema, checked
from ussd_app.simulator.networks.parts import Parts


def owe_result(parts: Parts, cursor: Cursor, order: Order, schema: Schema, result: dict[str, Any]) -> None:
    if not order.callback_url or parts.faults.strikes("money_no_callback"):
        return
    letter = Letter(
        method="PUT",
        to=order.callback_url,
        headers={
            "Content-Type": "application/json",
            "X-CorrelationID": str(order.client_id),
            "X-Date": iso(datetime.now(UTC)),
        },
        body=json.dumps(checked(schema, result)),
    )
    owe(parts.book, cursor, "money", [letter] * (2 if parts.faults.strikes("money_callback_twice") else 1))
