"""The simulator's provider that speaks MTN MoMo, worked by hand: wallets only, and nothing is ever taken back."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from flask import Flask

from proof.gsma_provider import KEY
from proof.provider import Called, Entry
from proof.wire import HOST, Answer, ask
from ussd_app.domain.money import Dong
from ussd_app.domain.statements import LineKind, StatementLine
from ussd_app.simulator.networks import mtn_momo
from ussd_app.simulator.networks.configuration import NetworksConfiguration
from ussd_app.simulator.networks.parts import Parts
from workers.mobile_money.mtn_momo import MtnMomo

_OF = "SELECT * FROM networks.mtn_transfers WHERE id = ANY(%s)"


class MomoProvider:
    name = "mtn_momo"
    doors = ("/token/",)

    def __init__(self, database_url: str) -> None:
        wanted = NetworksConfiguration(database_url=database_url, web_url="http://product.proof", data_key=KEY)
        self._parts = Parts.opened(wanted)
        self._pages = Flask("provider", static_folder=None)
        self._pages.register_blueprint(mtn_momo.mtn_momo(self._parts))
        self.client = MtnMomo(
            f"http://{HOST}/mtn-momo",
            wanted.mtn_momo_subscription_key,
            "proof",
            wanted.mtn_momo_api_key,
            "sandbox",
            "http://product.proof/mobile-money/mtn_momo",
        )

    def begin(self, seed: int) -> None:
        """A token that was fetched in one schedule is good in the next, whatever year that has."""
        self._parts.book.rows("UPDATE networks.mtn_tokens SET ends = 'infinity' WHERE ends < 'infinity' RETURNING 1")

    def answer(self, method: str, url: str, headers: Mapping[str, str], body: bytes) -> Answer:
        return ask(self._pages, method, url, dict(headers), body)

    def settle(self) -> bool:
        return mtn_momo.settle_one(self._parts)

    def lapse(self) -> bool:
        return False

    def callbacks(self) -> list[Called]:
        owed = self._parts.book.rows("DELETE FROM networks.letters WHERE lane = 'money' RETURNING id, sealed")
        letters = [self._parts.book.seal.open(row["sealed"]) for row in sorted(owed, key=lambda row: row["id"])]
        return [Called(json.loads(body)["externalId"], headers, body.encode()) for _, _, headers, body in letters]

    def next_due(self) -> datetime | None:
        row = self._parts.book.row("SELECT min(due) AS due FROM networks.mtn_transfers WHERE status = 'PENDING'")
        return row["due"] if row else None

    def hand_over(self, attempt: UUID, point: str) -> str:
        return ""

    def reverse(self, attempt: UUID, request: UUID, amount: int | None) -> str:
        return ""

    def book(self, attempts: Sequence[UUID]) -> dict[UUID, Entry]:
        return {
            row["id"]: Entry(
                row["amount"] if row["status"] == "SUCCESSFUL" else 0, row["status"] == "PENDING", row["status"].lower()
            )
            for row in self._parts.book.rows(_OF, list(attempts))
        }

    def paper(self, attempts: Sequence[UUID]) -> list[StatementLine]:
        return [
            StatementLine(
                self.name,
                str(row["id"]),
                row["due"],
                LineKind.PAID_OUT,
                Dong(row["amount"]),
                row["transaction_id"],
                row["id"],
            )
            for row in self._parts.book.rows(_OF, list(attempts))
            if row["status"] == "SUCCESSFUL"
        ]

    def refuse_next(self) -> None:
        self._parts.faults.set({"money_refuse": 1})

    def clear_no(self) -> Answer:
        return _refusal(500, "PAYEE_NOT_ALLOWED_TO_RECEIVE")

    def no_funds(self) -> Answer:
        return _refusal(500, "NOT_ENOUGH_FUNDS")

    def key_unknown(self) -> Answer:
        told = {"statusCode": 401, "message": "Access denied due to invalid subscription key."}
        return Answer(401, {"Content-Type": "application/json"}, json.dumps(told).encode())

    def forged(self, attempt: UUID) -> list[Called]:
        bodies = [{"externalId": str(attempt), "amount": "1", "status": each} for each in ("SUCCESSFUL", "FAILED")]
        return [Called(str(attempt), {"Content-Type": "application/json"}, json.dumps(body).encode()) for body in bodies]

    def close(self) -> None:
        self._parts.book.close()


def _refusal(status: int, code: str) -> Answer:
    body = json.dumps({"code": code, "message": code.capitalize().replace("_", " ")})
    return Answer(status, {"Content-Type": "application/json"}, body.encode())
