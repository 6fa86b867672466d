"""Cash-out by one-time code or into a wallet, at any provider that speaks the GSMA Mobile Money API 1.2."""

from __future__ import annotations

import hashlib
import json
import re
import time
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from urllib.parse import quote
from uuid import UUID, uuid5

from ussd_app.domain.phone import Phone
from ussd_app.domain.statements import StatementLine
from workers.mobile_money import gsma_account as account_page
from workers.mobile_money.connection import Connection, Lost, NeverLeft, NoAnswer, content_hash
from workers.mobile_money.gsma_answers import (
    LookAt,
    LookUp,
    TakenBack,
    WithdrawnBy,
    read_linked,
    read_response,
    read_submitted,
    read_transaction,
)
from workers.mobile_money.gsma_line import GsmaLine, at_home, moment_now
from workers.mobile_money.gsma_redemption import Pause, redeem
from workers.mobile_money.gsma_wishes import CANCEL, wish_for_code, wish_for_disbursement
from workers.mobile_money.json_reading import read_object
from workers.mobile_money.keys import FixedKeys, Keys
from workers.mobile_money.port import (
    AtPoint,
    Busy,
    Funds,
    Heartbeat,
    Hint,
    Holder,
    NotRedeemed,
    NoWallet,
    Offer,
    Order,
    Redeemed,
    Redemption,
    Reversed,
    Service,
    State,
    StatementCut,
    StillUnsure,
    Submitted,
    ToWallet,
    Unsure,
)

_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
_SECRETS = frozenset({"authorisationcode", "onetimecode"})


class GsmaMobileMoney:
    """One instance serves all threads of a worker process."""

    name = "gsma"
    offers = frozenset(Offer)
    remembers = timedelta(hours=24)  # the standard does not say how long an id is known

    def __init__(
        self,
        base_url: str,
        api_key: str,
        account: str,
        callback_url: str = "",
        *,
        keys: Keys | None = None,
        hashed: bool = False,
        pause: Pause = time.sleep,
    ) -> None:
        self._line = GsmaLine(Connection(base_url), keys or FixedKeys({"X-API-Key": api_key}), hashed=hashed)
        self._account, self._at_home, self._callback_url = account, at_home(account), callback_url
        self._pause = pause

    # ---- an order ----------------------------------------------------------------------------------------

    def submit(self, order: Order) -> Submitted:
        now = moment_now()
        match order.to:
            case AtPoint() as place:
                path, wish = f"{self._at_home}/authorisationcodes", wish_for_code(order, place, now)
            case ToWallet() as wallet:
                path = "/transactions/type/disbursement"
                wish = wish_for_disbursement(order, wallet, self._account, now)
        try:
            answer = self._line.change("POST", path, order.attempt_id, wish, now, self._callback_url)
        except NeverLeft as trouble:
            return Busy(trouble.reason)
        except Lost as trouble:
            return Unsure(trouble.reason)
        return read_submitted(answer.status, answer.body, order)

    def enquire(self, order: Order) -> State:
        try:
            return self._enquire(order)
        except NoAnswer as trouble:
            return StillUnsure(trouble.reason)

    def _enquire(self, order: Order) -> State:
        found = read_response(*self._line.read(f"/responses/{order.attempt_id}"))
        for _ in range(2):  # a link may lead to a request state, and that to what came of it; no further
            if isinstance(found, LookUp):
                found = LookAt(self._path_of(order, found))
            if not isinstance(found, LookAt):
                break
            if (path := self._line.within(found.path)) is None:
                return StillUnsure("link leads away")
            found = read_linked(*self._line.read(path), order)
        if isinstance(found, WithdrawnBy):
            answer = self._line.read(f"/transactions/{quote(found.reference, safe='')}")
            found = read_transaction(*answer, order, found.reference)
        if isinstance(found, TakenBack):
            return self._reversal_of(found)
        return StillUnsure("links without end") if isinstance(found, LookAt | LookUp | WithdrawnBy) else found

    def _path_of(self, order: Order, found: LookUp) -> str:
        place = f"{self._at_home}/authorisationcodes" if isinstance(order.to, AtPoint) else "/transactions"
        return f"{place}/{quote(found.reference, safe='')}"

    def _reversal_of(self, taken: TakenBack) -> State:
        """A transaction only says that it was reversed; by what, and how much of it, stands in the list of our account.

        There may be several, each of a part.
        """
        query = {"transactionType": "reversal"}
        if taken.paid_at is not None:
            query["fromDateTime"] = taken.paid_at.isoformat()
        found: dict[str, Reversed] = {}  # a page may shift while we turn it, and show one twice
        try:
            for answer in self._line.pages(f"{self._at_home}/transactions", query):
                found |= {each.provider_reference: each for each in account_page.read_reversals(answer, taken.reference)}
        except StatementCut as trouble:
            return StillUnsure(str(trouble))
        if not found:
            return StillUnsure("reversed, and its reversal is not listed")
        latest, *before = found.values()  # their lists begin with the latest
        return replace(latest, before=tuple(reversed(before)))

    def cancel(self, order: Order) -> State:
        """PATCH may be repeated without harm; whatever it says, the code itself is asked what is true now."""
        try:
            found = read_response(*self._line.read(f"/responses/{order.attempt_id}"))
            path = self._line.within(found.path) if isinstance(found, LookAt) else None
            if path and "/authorisationcodes/" in path:
                self._line.change("PATCH", path, uuid5(order.attempt_id, "cancel"), CANCEL, moment_now())
            return self._enquire(order)
        except NoAnswer as trouble:
            return StillUnsure(trouble.reason)

    def read_callback(self, headers: Mapping[str, str], body: bytes) -> Hint | None:
        """The body is only ever a hint, so nothing is read out of it but whether it came before."""
        sent = {name.lower(): value.strip() for name, value in headers.items()}
        if not _UUID.fullmatch(sent.get("x-correlationid", "")):
            return None
        if sent.get("x-content-hash", "").lower() not in ("", content_hash(body)):
            return None  # not what they sent
        attempt_id = UUID(sent["x-correlationid"])
        return Hint(attempt_id, hashlib.sha256(attempt_id.bytes + _without_secrets(body)).hexdigest())

    def redeem(self, redemption: Redemption) -> Redeemed | NotRedeemed | Unsure:
        return redeem(self._line, self._account, redemption, self._pause)

    # ---- the provider, our account, a wallet -------------------------------------------------------------

    def heartbeat(self) -> Heartbeat:
        try:
            return account_page.read_heartbeat(self._line.get("/heartbeat"))
        except NeverLeft as trouble:
            return Heartbeat(Service.UNAVAILABLE if trouble.reason == "no_connection" else Service.UNKNOWN)
        except NoAnswer:
            return Heartbeat(Service.UNKNOWN)

    def balance(self) -> Funds | StillUnsure:
        try:
            return account_page.read_funds(self._line.get(f"{self._at_home}/balance"))
        except NoAnswer as trouble:
            return StillUnsure(trouble.reason)

    def holder(self, phone: Phone) -> Holder | NoWallet | StillUnsure:
        wallet = f"/accounts/msisdn/{quote(phone.e164, safe='')}"
        try:
            status = account_page.read_wallet_status(self._line.get(f"{wallet}/status"))
            return account_page.read_name(self._line.get(f"{wallet}/accountname")) if status is None else status
        except NoAnswer as trouble:
            return StillUnsure(trouble.reason)

    def statement(self, since: datetime, until: datetime) -> Iterator[StatementLine]:
        query = {"fromDateTime": since.isoformat(), "toDateTime": until.isoformat()}
        try:
            for answer in self._line.pages(f"{self._at_home}/statemententries", query):
                lines = account_page.read_lines(answer, self.name, self._account)
                yield from (line for line in lines if since <= line.at < until)
        except NoAnswer as trouble:
            raise StatementCut(trouble.reason) from None


def _without_secrets(body: bytes) -> bytes:
    """A digest of a short code could be turned back by trying them all, so no code goes into one."""
    event = read_object(body)
    if event is None:
        return body
    return json.dumps({name: event[name] for name in sorted(event) if name not in _SECRETS}, sort_keys=True).encode()
