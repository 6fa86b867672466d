"""The simulator's own GSMA provider, its pages, clerk, codes and book, worked by hand instead of by its background."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from random import Random
from unittest.mock import patch
from uuid import UUID

from flask import Flask

from proof.provider import Called, Entry
from proof.wire import HOST, Answer, ask
from ussd_app.domain.statements import StatementLine
from ussd_app.simulator.networks.configuration import NetworksConfiguration
from ussd_app.simulator.networks.gsma import authorisation_codes, clerk, receiving, validation
from ussd_app.simulator.networks.gsma.provider import mobile_money
from ussd_app.simulator.networks.gsma.terminal import HandedOver, Terminals
from ussd_app.simulator.networks.parts import Parts
from workers.mobile_money.gsma import GsmaMobileMoney
from workers.mobile_money.gsma_redemption import Pause

KEY = b"a key for the proof, and no other"

_BOOK = """
SELECT r.client_id, r.status, c.state, coalesce(t.amount, 0) AS paid, coalesce(t.reversed, 0) AS taken_back
FROM networks.requests r LEFT JOIN networks.codes c ON c.server_id = r.server_id
LEFT JOIN networks.transactions t ON t.reference = coalesce(c.redeemed_by, (
    SELECT reference FROM networks.transactions WHERE server_id = r.server_id AND c.server_id IS NULL LIMIT 1))
WHERE r.client_id = ANY(%s)
"""

_PAID_BY = """
SELECT coalesce(c.redeemed_by, t.reference) AS reference FROM networks.requests r
LEFT JOIN networks.codes c USING (server_id) LEFT JOIN networks.transactions t USING (server_id)
WHERE r.client_id = %s AND coalesce(c.redeemed_by, t.reference) IS NOT NULL
"""


class _NoSchema:
    """The standard's schemas have tests of their own, and would take a third of the time here."""

    def iter_errors(self, _: object) -> tuple[()]:
        return ()

    def validate(self, _: object) -> None:
        return None


class GsmaProvider:
    name = "gsma"
    doors = ()
    pause: Pause = staticmethod(lambda _: None)
    """How a worker waits for a withdrawal at a point to be settled."""

    def __init__(self, database_url: str) -> None:
        self._chance = Random(0)
        self._replaced = [
            patch.object(validation, "validator", lambda _: _NoSchema()),
            patch.object(receiving, "random", self._chance),
        ]
        self.take_hold()
        wanted = NetworksConfiguration(database_url=database_url, web_url="http://product.proof", data_key=KEY)
        self._parts = Parts.opened(wanted)
        self._owes = True
        self._reversals: dict[str, str] = {}
        self._pages = Flask("provider", static_folder=None)
        self._pages.register_blueprint(mobile_money(self._parts))
        self._key, self._callback_url = wanted.momo_api_key, "http://product.proof/mobile-money/gsma"
        self.client = GsmaMobileMoney(
            f"http://{HOST}/v1.2/mm",
            wanted.momo_api_key,
            wanted.momo_account,
            self._callback_url,
            pause=lambda seconds: self.pause(seconds),
        )

    def begin(self, seed: int) -> None:
        self._chance.seed(seed)
        self._reversals.clear()

    def answer(self, method: str, url: str, headers: Mapping[str, str], body: bytes) -> Answer:
        return ask(self._pages, method, url, dict(headers), body)

    def settle(self) -> bool:
        return clerk.settle_one(self._parts)

    def lapse(self) -> bool:
        return authorisation_codes.sweep(self._parts.book)

    def callbacks(self) -> list[Called]:
        if not self._owes:
            return []
        owed = self._parts.book.rows("DELETE FROM networks.letters WHERE lane = 'money' RETURNING id, sealed")
        called: list[Called] = []
        for row in sorted(owed, key=lambda row: row["id"]):
            _, _, headers, body = self._parts.book.seal.open(row["sealed"])
            request: str = headers["X-CorrelationID"]
            attempt = self._reversals.get(request, request)
            called.append(Called(attempt, {**headers, "X-CorrelationID": attempt}, body.encode()))
        return called

    def next_due(self) -> datetime | None:
        row = self._parts.book.row(
            "SELECT least((SELECT min(due) FROM networks.requests WHERE status = 'pending'),"
            " (SELECT min(expires) FROM networks.codes WHERE state = 'active')) AS due,"
            " EXISTS (SELECT FROM networks.letters) AS owes"
        )
        self._owes = row is None or row["owes"]
        return row["due"] if row else None

    def hand_over(self, attempt: UUID, point: str) -> str:
        row = self._parts.book.row(
            "SELECT c.sealed_code FROM networks.requests r JOIN networks.codes c USING (server_id) WHERE r.client_id = %s",
            attempt,
        )
        if row is None:
            return ""
        said = Terminals(self._parts).redeem(point, self._parts.book.seal.open(row["sealed_code"]))
        return f"{said.amount:,} đồng handed over" if isinstance(said, HandedOver) else said.sentence

    def reverse(self, attempt: UUID, request: UUID, amount: int | None) -> str:
        paid = self._parts.book.row(_PAID_BY, attempt)
        if paid is None:
            return ""
        self._reversals[str(request)] = str(attempt)
        body = {"type": "reversal"} | ({} if amount is None else {"amount": str(amount), "currency": "VND"})
        headers = {"Content-Type": "application/json", "X-API-Key": self._key, "X-CorrelationID": str(request)}
        headers["X-Callback-URL"] = self._callback_url
        url = f"http://{HOST}/v1.2/mm/transactions/{paid['reference']}/reversals"
        return f"answers its clerk with {self.answer('POST', url, headers, json.dumps(body).encode()).status}"

    def book(self, attempts: Sequence[UUID]) -> dict[UUID, Entry]:
        rows = self._parts.book.rows(_BOOK, list(attempts))
        return {
            row["client_id"]: Entry(
                row["paid"],
                row["status"] == "pending" or row["state"] == "active",
                row["state"] or row["status"],
                row["taken_back"],
            )
            for row in rows
        }

    def paper(self, attempts: Sequence[UUID]) -> list[StatementLine]:
        return []

    def refuse_next(self) -> None:
        self._parts.faults.set({"money_refuse": 1})

    def clear_no(self) -> Answer:
        return _error(400, "businessRule", "lessThanTransactionMinValue")

    def no_funds(self) -> Answer:
        return _error(400, "businessRule", "insufficientFunds")

    def key_unknown(self) -> Answer:
        return _error(401, "authorisation", "clientAuthorisationError")

    def forged(self, attempt: UUID) -> list[Called]:
        headers = {"X-CorrelationID": str(attempt), "Content-Type": "application/json"}
        paid = {"transactionReference": "MMFORGED", "transactionStatus": "completed", "type": "withdrawal", "amount": "1"}
        refused = {"errorCategory": "businessRule", "errorCode": "insufficientFunds"}
        return [Called(str(attempt), headers, json.dumps(body).encode()) for body in (paid, refused)]

    def take_hold(self) -> None:
        """From here on every provider in this process is without its schemas, and draws as this one wants."""
        for each in self._replaced:
            each.start()

    def let_go(self) -> None:
        for each in self._replaced:
            each.stop()

    def close(self) -> None:
        self.let_go()
        self._parts.book.close()


def _error(status: int, category: str, code: str) -> Answer:
    told = {"errorCategory": category, "errorCode": code, "errorDateTime": "2027-01-25T05:00:00.000Z"}
    return Answer(status, {"Content-Type": "application/json"}, json.dumps(told).encode())
