"""Whoever tries codes at a provider's terminal is stopped by rows, and everyone whose code lies there hears of it."""

from __future__ import annotations

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from uuid import uuid4

import psycopg
import pytest
from conftest import Networks, Product
from waiting import until

from ussd_app.simulator.networks.app import networks_running
from ussd_app.simulator.networks.configuration import NetworksConfiguration

Later = Callable[[str, int], None]
STOPPED = "Too many wrong codes were tried at this point. Try again in "
_points = count(1)


@pytest.fixture
def point() -> str:
    """Nobody has guessed there."""
    return f"P{next(_points)}"


@pytest.fixture
def later(fresh_database: str) -> Later:
    """So many minutes go by at a point."""

    def pass_by(point: str, minutes: int) -> None:
        with psycopg.connect(fresh_database, autocommit=True) as book:
            book.execute(
                "UPDATE networks.guesses SET since = since - %(by)s::interval,"
                " locked_until = locked_until - %(by)s::interval,"
                " locked_at = locked_at - %(by)s::interval WHERE point = %(point)s",
                {"by": f"{minutes} minutes", "point": point},
            )

    return pass_by


def guess(networks: Networks, point: str, times: int = 10) -> list[int]:
    return [networks.redeem(point, f"no-{number}").status_code for number in range(times)]


def code_at(networks: Networks, point: str, callback: str = "", **wishes: object) -> tuple[str, str]:
    """The client's id, and the code."""
    client_id = str(uuid4())
    party = [{"key": "storeid", "value": point}]
    networks.order_code(client_id, callback, redemptionAccountIdentifiers=party, **wishes)
    return client_id, networks.outcome(client_id)["authorisationCode"]


def said_guessed(code: dict[str, object]) -> dict[str, str]:
    pairs = {each["key"]: each["value"] for each in code["metadata"]}  # type: ignore[union-attr]
    return {key: value for key, value in pairs.items() if key != "reference"}


def test_during_a_lock_the_right_code_waits_is_not_used_up_and_is_good_afterwards(networks, point, later):
    _, code = code_at(networks, point)
    assert guess(networks, point, 12) == [404] * 10 + [429] * 2
    refused = networks.redeem(point, code)
    assert refused.status_code == 429
    assert refused.json()["error"].startswith(STOPPED)
    assert refused.json()["tryAgainAt"] in refused.json()["error"]
    later(point, 1)
    assert networks.redeem(point, code).status_code == 200


def test_a_restart_forgives_nothing(networks, point, configuration: NetworksConfiguration):
    _, code = code_at(networks, point)
    guess(networks, point)
    with networks_running(configuration) as another:
        assert Networks(another).redeem(point, code).status_code == 429


def test_many_guessers_at_once_get_no_more_tries_than_one(networks, point):
    with ThreadPoolExecutor(16) as crowd:
        answers = list(crowd.map(lambda number: networks.redeem(point, f"x-{number}").status_code, range(100)))
    assert (answers.count(404), answers.count(429)) == (10, 90)


def test_each_lock_is_longer_up_to_a_quarter_of_an_hour_and_an_hour_of_peace_forgets(networks, point, later):
    for minutes in (1, 2, 4, 8, 15, 15):
        guess(networks, point)
        later(point, minutes - 1)
        assert networks.redeem(point, "no").status_code == 429, f"the lock is to last {minutes} minutes"
        later(point, 1)
    later(point, 61)
    guess(networks, point)
    later(point, 1)
    assert networks.redeem(point, "no").status_code == 404


def test_slow_guessers_are_counted_and_a_busy_day_of_mistakes_is_not_stopped(networks, point, later):
    answers: list[int] = []
    for _ in range(12):
        answers += guess(networks, point, 3)
        later(point, 3)
    assert 429 in answers, "a try a minute is guessing"
    calm = f"{point}-calm"
    for _ in range(6):
        assert guess(networks, calm, 4) == [404] * 4
        later(calm, 11)


def test_codes_that_are_good_elsewhere_expired_or_cancelled_are_wrong_ones_too(networks, point):
    _, of_another_point = code_at(networks, f"{point}-elsewhere")
    client_id, expired = code_at(networks, point, codeLifetime=1)
    until(lambda: networks.outcome(client_id)["codeState"] == "expired")
    wrong = [networks.redeem(point, each).status_code for each in [of_another_point] * 5 + [expired] * 5]
    assert wrong == [409] * 10
    assert networks.redeem(point, "no-such").status_code == 429


def test_a_code_keyed_in_twice_by_mistake_is_no_guess(networks, point):
    _, code = code_at(networks, point)
    answers = [networks.redeem(point, code).status_code for _ in range(12)]
    assert answers == [200] + [409] * 11


def test_everyone_whose_code_lies_there_is_called_back_and_nobody_else(networks: Networks, product: Product, point: str):
    callback = f"{product.url}/money"
    here = [code_at(networks, point, callback) for _ in range(3)]
    elsewhere, _ = code_at(networks, f"{point}-elsewhere", callback)
    for _ in range(4):
        product.hears()  # that each was made
    guess(networks, point)
    told = [product.hears() for _ in here]
    assert {each.headers["X_CORRELATIONID"] for each in told} == {client_id for client_id, _ in here}
    for each in told:
        code = json.loads(each.body)
        assert (code["codeState"], said_guessed(code)["wrongTriesAtPoint"]) == ("active", "10")
        assert networks.outcome(each.headers["X_CORRELATIONID"]) == code, "a client that asks is told the same"
    assert said_guessed(networks.outcome(elsewhere)) == {}


def test_each_further_lock_is_told_anew(networks: Networks, product: Product, point: str, later: Later):
    code_at(networks, point, f"{product.url}/money")
    product.hears()
    guess(networks, point)
    first = said_guessed(json.loads(product.hears().body))
    later(point, 1)
    guess(networks, point)
    second = said_guessed(json.loads(product.hears().body))
    assert (first["wrongTriesAtPoint"], second["wrongTriesAtPoint"]) == ("10", "20")
    assert first["guessedAt"] < second["guessedAt"]


@pytest.mark.parametrize("strange", ["x" * 3_000, "%00"])
def test_a_point_that_cannot_be_has_no_codes(networks: Networks, strange: str):
    assert networks.redeem(strange, "12345678").status_code == 404
