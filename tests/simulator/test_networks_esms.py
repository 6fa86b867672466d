"""The second carrier: messages go in through its own page of ours, lie in the inbox, and are reported by GET."""

from __future__ import annotations

from urllib.parse import parse_qs

import requests

from sms.providers.esms import Esms, read_report
from sms.providers.port import Accepted, Busy, Fate, Refused, Unsure
from ussd_app.domain.phone import Phone

PHONE = Phone("+84912345678")


def esms(networks):
    return Esms("any", "any", networks.url, "ASXH", "/callbacks/local/sms-reports/esms")


def test_a_message_arrives_and_is_reported_with_its_price(networks, product):
    (outcome,) = esms(networks).send("Tien da ve", (PHONE,), key="one")
    assert isinstance(outcome, Accepted)
    newest = networks.inbox(PHONE.e164)[-1]
    assert (newest["id"], newest["from"], newest["text"]) == (outcome.reference, "ASXH", "Tien da ve")
    told = product.hears()
    assert (told.method, told.path) == ("GET", "/callbacks/local/sms-reports/esms")
    report = read_report({name: values[0] for name, values in parse_qs(told.query).items()})
    assert report is not None
    assert (report.reference, report.fate, report.phone, report.cost_millidong) == (
        outcome.reference,
        Fate.DELIVERED,
        PHONE,
        420_000,
    )


def test_the_same_attempt_twice_goes_out_once(networks):
    carrier = esms(networks)
    before = len(networks.inbox(PHONE.e164))
    assert isinstance(carrier.send("Tien da ve", (PHONE,), key="twice")[0], Accepted)
    assert carrier.send("Tien da ve", (PHONE,), key="twice") == (Unsure("known_already"),)
    assert len(networks.inbox(PHONE.e164)) == before + 1


def test_its_misfortunes(networks):
    carrier = esms(networks)
    networks.break_(esms_busy=1)
    assert carrier.send("x", (PHONE,)) == (Busy("http_503"),)
    networks.break_(esms_error_500=1)
    assert carrier.send("x", (PHONE,)) == (Unsure("http_500"),)
    networks.break_(esms_refuse=1)
    assert carrier.send("x", (PHONE,)) == (Refused("blocked_number"),)
    networks.break_(esms_cut_after_accept=1)
    assert isinstance(carrier.send("cut", (PHONE,))[0], Unsure)
    assert networks.inbox(PHONE.e164)[-1]["text"] == "cut"


def test_a_request_without_a_key_is_turned_away(networks):
    url = f"{networks.url}/MainService.svc/json/SendMultipleMessage_V4_post_json/"
    assert requests.post(url, json={"Phone": "0912345678", "Content": "x"}, timeout=5).json()["CodeResult"] == "101"
