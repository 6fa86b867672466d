"""How we say who we are: a token is fetched once, renewed when it ends, and a wrong key never becomes anybody's failure."""

from __future__ import annotations

import json
from collections.abc import Iterator
from threading import Thread
from uuid import UUID

import pytest

from tests.mobile_money.loopback import Loopback, Said, loopback, recorded
from ussd_app.domain.money import Dong
from ussd_app.domain.phone import Phone
from ussd_app.settings import Settings, SettingsError
from workers.mobile_money.choosing import providers_of, who_offers
from workers.mobile_money.connection import Connection, content_hash
from workers.mobile_money.gsma import GsmaMobileMoney
from workers.mobile_money.keys import TokenKeys
from workers.mobile_money.port import Accepted, Busy, NotFound, Offer, Order, StillUnsure, ToWallet, Unsure

ORDER = Order(UUID(int=7), "R7K2M4", Dong(500_000), ToWallet(Phone("+84912000101")))
SUBMIT = "POST /transactions/type/disbursement"
TOKEN = "POST /oauth/token"


class Clock:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def server() -> Iterator[Loopback]:
    with loopback(recorded("gsma", "response_never_seen")) as server:
        server.says[TOKEN] = token("first")
        server.says[SUBMIT] = recorded("gsma", "submit_accepted_to_be_called_back")
        yield server


def token(name: str, seconds: object = 3600) -> Said:
    return Said(body=json.dumps({"access_token": name, "expires_in": seconds}).encode())


def with_token(server: Loopback, clock: Clock | None = None) -> GsmaMobileMoney:
    keys = TokenKeys(Connection(server.address), "/oauth/token", "client", "secret", now=clock or Clock())
    return GsmaMobileMoney(server.address, "", "asxh", keys=keys)


def bearers(server: Loopback) -> list[str]:
    return [headers.get("authorization", "") for heard, headers, _ in server.heard if heard != TOKEN]


def test_one_token_serves_until_shortly_before_it_ends(server: Loopback) -> None:
    clock = Clock()
    money = with_token(server, clock)
    assert [money.submit(ORDER) for _ in range(2)] == [Accepted("0c2f5d1e-6a86-4f0c-9c07-2a37b8f0e111")] * 2
    server.says[TOKEN] = token("second")
    clock.now += 3600 - 29
    money.submit(ORDER)
    assert bearers(server) == ["Bearer first", "Bearer first", "Bearer second"]
    asked = next(headers for heard, headers, _ in server.heard if heard == TOKEN)
    assert asked["authorization"] == "Basic Y2xpZW50OnNlY3JldA=="


def test_a_token_they_forgot_is_renewed_once_and_the_same_order_goes_again(server: Loopback) -> None:
    money = with_token(server)
    money.enquire(ORDER)
    server.says[TOKEN] = token("second")
    server.says[SUBMIT] = recorded("gsma", "submit_our_key")
    assert money.submit(ORDER) == Busy("not_authorised")
    assert server.asked().count(SUBMIT) == 2
    ids = {headers["x-correlationid"] for heard, headers, _ in server.heard if heard == SUBMIT}
    assert ids == {str(ORDER.attempt_id)}
    assert bearers(server)[-2:] == ["Bearer first", "Bearer second"]


@pytest.mark.parametrize(
    ("said", "reason"), [(Said(401, b"{}"), "not_authorised"), (Said(400, b"{}"), "not_authorised"),
                         (Said(500, b""), "no_token"), (Said(200, b"{}"), "no_token")],
)  # fmt: skip
def test_without_a_token_nothing_leaves(server: Loopback, said: Said, reason: str) -> None:
    server.says[TOKEN] = said
    money = with_token(server)
    assert money.submit(ORDER) == Busy(reason)
    assert money.enquire(ORDER) == StillUnsure(reason)
    assert bearers(server) == []


def test_many_threads_fetch_one_token(server: Loopback) -> None:
    money = with_token(server)
    threads = [Thread(target=money.enquire, args=(ORDER,)) for _ in range(8)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert server.asked().count(TOKEN) == 1
    assert money.enquire(ORDER) == NotFound()


def test_the_digest_of_what_we_send_goes_with_it(server: Loopback) -> None:
    money = GsmaMobileMoney(server.address, "key", "asxh", hashed=True)
    money.submit(ORDER)
    ((_, headers, wish),) = server.heard
    body = json.dumps(wish, ensure_ascii=False, separators=(",", ":")).encode()
    assert headers["x-content-hash"] == content_hash(body)


def test_a_callback_that_is_not_what_they_sent_is_none() -> None:
    money = GsmaMobileMoney("http://127.0.0.1:9", "key", "asxh")
    headers = {"X-CorrelationID": str(ORDER.attempt_id), "X-Content-Hash": content_hash(b"{}")}
    assert money.read_callback(headers, b"{}") is not None
    assert money.read_callback(headers, b'{"amount": "1"}') is None


# ---- which providers there are ----------------------------------------------------------------------------


def test_a_new_cash_out_goes_to_the_first_that_offers_what_it_needs() -> None:
    providers = providers_of(Settings(momo_providers="mtn_momo, gsma"))
    assert [each.name for each in providers] == ["mtn_momo", "gsma"]
    assert (who_offers(Offer.CODE, providers), who_offers(Offer.WALLET, providers)) == ("gsma", "mtn_momo")
    assert who_offers(Offer.WALLET, providers_of(Settings())) == "gsma"


@pytest.mark.parametrize("written", ["mtn_momo", "gsma,gsma", "gsma,daraja", " , "])
def test_providers_that_cannot_be_meant(written: str) -> None:
    with pytest.raises(SettingsError, match="MOMO_PROVIDERS"):
        providers_of(Settings(momo_providers=written))


def test_a_name_without_its_password_is_no_way_in() -> None:
    with pytest.raises(SettingsError, match="MOMO_CLIENT_SECRET"):
        Settings(momo_client_id="client")
    with pytest.raises(SettingsError, match="MOMO_TOKEN_URL"):
        providers_of(Settings(momo_client_id="client", momo_client_secret="secret", momo_token_url="oauth/token"))


def test_a_token_that_no_header_can_carry_raises_nothing(server: Loopback) -> None:
    server.says[TOKEN] = token("khóa-mở")
    keys = TokenKeys(Connection(server.address), "/oauth/token", "bam", "password")
    provider = GsmaMobileMoney(server.address, "key", "asxh", keys=keys)
    assert isinstance(provider.submit(ORDER), Unsure | Busy)
    assert isinstance(provider.enquire(ORDER), StillUnsure)
