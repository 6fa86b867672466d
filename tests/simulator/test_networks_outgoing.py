"""What a phone sends by itself reaches the product as Africa's Talking would post it."""

from __future__ import annotations

from urllib.parse import parse_qs

import pytest
import requests

PHONE = "+84912345678"


def posted(product) -> tuple[str, dict[str, str]]:
    told = product.hears()
    return told.path, {name: values[0] for name, values in parse_qs(told.body).items()}


def test_a_message_is_posted_with_an_id_of_its_own(networks, product):
    answer = requests.post(
        f"{networks.url}/control/phones/{PHONE}/messages", json={"text": "Số dư?", "to": "8899"}, timeout=5
    )
    path, form = posted(product)
    assert (answer.status_code, path) == (202, "/callbacks/local/sms-inbound")
    assert (form["from"], form["to"], form["text"], form["id"]) == (PHONE, "8899", "Số dư?", answer.json()["id"])
    assert {"date", "linkId", "networkCode"} <= set(form)


def test_a_ring_is_posted_as_an_incoming_call(networks, product):
    requests.post(f"{networks.url}/control/phones/{PHONE}/rings", json={"to": "02083855688"}, timeout=5)
    path, form = posted(product)
    assert path == "/callbacks/local/voice"
    assert (form["callerNumber"], form["destinationNumber"], form["direction"]) == (PHONE, "02083855688", "Inbound")


@pytest.mark.parametrize(
    "wish", [{}, {"text": ""}, {"text": "x"}, {"text": "x" * 1531, "to": "8899"}, {"text": 1, "to": "8"}]
)
def test_nothing_is_posted_for_what_no_phone_could_send(networks, wish):
    answer = requests.post(f"{networks.url}/control/phones/{PHONE}/messages", json=wish, timeout=5)
    assert answer.status_code == 400
    assert answer.json()["error"].endswith(".")
