"""Somebody tries codes at the provider's terminal: none wins, the owner of a code is told, and gets the cash soon after."""

from concurrent.futures import ThreadPoolExecutor

from handset import Handset

from bench.own_stack import OwnStack, wait_for

GUESSES = 300


def test_a_guesser_wins_nothing_and_the_person_is_told(stack: OwnStack, handset: Handset):
    handset.order_cash()
    code, point = handset.code(), str(handset.orders()[0]["point_code"])

    def guess(number: int) -> int:
        tried = f"{(int(code) + 1 + number) % 10**8:08}"
        return stack.simulator(f"/points/{point}/redeem", {"code": tried})["status"]

    with ThreadPoolExecutor(8) as crowd:
        answers = list(crowd.map(guess, range(GUESSES)))
    assert 200 not in answers
    assert answers.count(429) >= GUESSES - 20, "ten are looked at, and ten more after a minute"
    handset.message("Co nguoi thu ma rut tien")
    assert handset.state() == "issued"

    lock_lasts(stack, point, "10 minutes")
    stack.kill("networks")
    wait_for(lambda: stack.runs("networks") and answers_at(stack), 30, "the networks to be back")
    refused = handset.redeem()
    assert (refused["status"], "Try again in" in refused["error"]) == (429, True)

    lock_lasts(stack, point, "0 minutes")
    assert handset.redeem()["status"] == 200
    handset.message("da rut 500.000d")
    assert len(handset.messages("Co nguoi thu ma rut tien")) == 1


def lock_lasts(stack: OwnStack, point: str, how_long: str) -> None:
    """From now on."""
    sql = "UPDATE networks.guesses SET locked_until = now() + %s::interval WHERE point = %s RETURNING locks"
    assert stack.rows(sql, how_long, point)


def answers_at(stack: OwnStack) -> bool:
    try:
        return "money_refuse" in stack.simulator("/faults")
    except (OSError, ValueError):
        return False
