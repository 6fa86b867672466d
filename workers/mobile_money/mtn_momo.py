"""Payments into wallets at a provider that speaks the MTN MoMo disbursement API: no codes, and a callback at most once."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from datetime import timedelta
from urllib.parse import quote
from uuid import UUID

from ussd_app.domain.phone import Phone
from workers.mobile_money import mtn_momo_answers as answers
from workers.mobile_money.connection import Answer, Connection, Lost, NeverLeft, NoAnswer, as_json
from workers.mobile_money.json_reading import read_object
from workers.mobile_money.keys import KeyedConnection, TokenKeys
from workers.mobile_money.port import (
    Busy,
    Funds,
    Heartbeat,
    Hint,
    Holder,
    NoWallet,
    Offer,
    Order,
    Refused,
    Service,
    State,
    StillUnsure,
    Submitted,
    ToWallet,
    Unsure,
)

_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
_V1 = "/disbursement/v1_0"


class MtnMomo:
    """One instance serves all threads of a worker process."""

    name = "mtn_momo"
    offers = frozenset({Offer.WALLET, Offer.HOLDER, Offer.BALANCE})
    remembers = timedelta(hours=24)  # they do not say how long an id is known

    def __init__(
        self, base_url: str, subscription_key: str, user: str, api_key: str, environment: str, callback_url: str = ""
    ) -> None:
        connection = Connection(base_url)
        beside = {"Ocp-Apim-Subscription-Key": subscription_key}
        keys = TokenKeys(connection, "/disbursement/token/", user, api_key, body=b"", beside=beside)
        self._line = KeyedConnection(connection, keys, lambda _: True)
        self._environment = {"X-Target-Environment": environment}
        self._callback_url = callback_url

    def submit(self, order: Order) -> Submitted:
        if not isinstance(order.to, ToWallet):
            return Refused("not_offered")
        headers = {**self._environment, "X-Reference-Id": str(order.attempt_id), "Content-Type": "application/json"}
        if self._callback_url:
            headers["X-Callback-Url"] = self._callback_url
        wish = {
            "amount": str(order.amount.amount),
            "currency": "VND",
            "externalId": str(order.attempt_id),  # a callback names no other id of ours
            "payee": {"partyIdType": "MSISDN", "partyId": order.to.phone.e164.removeprefix("+")},
            "payerMessage": order.reference,
            "payeeNote": order.reference,
        }
        try:
            answer = self._line.call("POST", f"{_V1}/transfer", headers=headers, body=as_json(wish))
        except NeverLeft as trouble:
            return Busy(trouble.reason)
        except Lost as trouble:
            return Unsure(trouble.reason)
        return answers.read_submitted(answer, order)

    def enquire(self, order: Order) -> State:
        try:
            return answers.read_state(self._get(f"{_V1}/transfer/{order.attempt_id}"), order)
        except NoAnswer as trouble:
            return StillUnsure(trouble.reason)

    def read_callback(self, headers: Mapping[str, str], body: bytes) -> Hint | None:
        """Unsigned, and sent once: it only says that it is worth asking now."""
        told = (read_object(body) or {}).get("externalid")
        if not isinstance(told, str) or not _UUID.fullmatch(told.strip()):
            return None
        attempt_id = UUID(told.strip())
        return Hint(attempt_id, hashlib.sha256(attempt_id.bytes + body).hexdigest())

    def heartbeat(self) -> Heartbeat:
        """They have nothing to ask how they are."""
        return Heartbeat(Service.UNKNOWN)

    def balance(self) -> Funds | StillUnsure:
        try:
            return answers.read_funds(self._get(f"{_V1}/account/balance"))
        except NoAnswer as trouble:
            return StillUnsure(trouble.reason)

    def holder(self, phone: Phone) -> Holder | NoWallet | StillUnsure:
        wallet = f"{_V1}/accountholder/msisdn/{quote(phone.e164.removeprefix('+'), safe='')}"
        try:
            active = answers.read_active(self._get(f"{wallet}/active"))
            return answers.read_name(self._get(f"{wallet}/basicuserinfo")) if active is None else active
        except NoAnswer as trouble:
            return StillUnsure(trouble.reason)

    def _get(self, path: str) -> Answer:
        return self._line.call("GET", path, headers=self._environment)
