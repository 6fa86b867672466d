"""The GSMA page keeps the contract: its provider's words for each situation, recorded in tests/wire/gsma."""

from __future__ import annotations

import json

from tests.mobile_money.contract import ATTEMPT, Contract, Stage
from tests.mobile_money.loopback import Said, recorded
from ussd_app.domain.money import Dong
from ussd_app.domain.phone import Phone
from workers.mobile_money.gsma import GsmaMobileMoney
from workers.mobile_money.port import Order, ToWallet

SUBMIT = "POST /transactions/type/disbursement"
RESPONSE = f"GET /responses/{ATTEMPT}"
LINK = "/transactions/REF-88001"
LINKED = Said(body=json.dumps({"link": LINK}).encode())


def said(name: str) -> Said:
    return recorded("gsma", name)


def linked(name: str) -> dict[str, Said]:
    return {RESPONSE: LINKED, f"GET {LINK}": said(name)}


class TestGsma(Contract):
    stage = Stage(
        make=lambda address: GsmaMobileMoney(address, "key-of-ours", "asxh-thai-nguyen", "https://asxh.example/back"),
        order=Order(ATTEMPT, "R7K2M4", Dong(500_000), ToWallet(Phone("+84912000101"))),
        submit=SUBMIT,
        enquire=RESPONSE,
        submitted={
            "taken": said("submit_accepted_to_be_called_back"),
            "known already": said("submit_duplicate"),
            "unavailable": said("submit_unavailable"),
            "our key": said("submit_our_key"),
            "our account is short": said("submit_float_is_short"),
            "nobody there to be paid": said("submit_wallet_not_known"),
            "internal error": said("submit_internal_error"),
            "a proxy's own page": said("submit_bad_gateway"),
            "an address not theirs": said("submit_address_not_theirs"),
            "redirected": Said(302, headers={"Location": "/elsewhere"}),
        },
        enquired={
            "under way": linked("link_request_pending"),
            "paid": linked("wallet_completed"),
            "paid, written with decimals": linked("wallet_completed_with_decimals"),
            "paid, in another case": linked("wallet_completed_in_pascal_case"),
            "paid, and a part of a đồng": linked("wallet_part_of_a_dong"),
            "paid, in an exponent": linked("wallet_exponent"),
            "paid, less than nothing": linked("wallet_negative"),
            "paid, past 64 bits": linked("wallet_past_64_bits"),
            "paid, another amount": linked("wallet_another_amount"),
            "paid, in another currency": linked("wallet_another_currency"),
            "paid, to somebody else": linked("wallet_another_party"),
            "failed, for want of funds": linked("link_request_failed"),
            "failed, nobody there to be paid": linked("wallet_not_known"),
            "a status never seen": linked("wallet_status_not_in_our_list"),
            "never arrived": {RESPONSE: said("response_never_seen")},
            "a 404 of somebody else's": {RESPONSE: Said(404, b"<html>nothing here</html>")},
            "our key": {RESPONSE: said("response_our_key")},
            "unavailable": {RESPONSE: said("response_unavailable")},
            "not JSON": {RESPONSE: Said(200, b"<html>")},
        },
        callback=({"X-CorrelationID": str(ATTEMPT)}, b'{"transactionStatus": "completed"}'),
        secrets=("key-of-ours", "84912000101"),
    )
