"""Who stands in a schedule, and what people outside do about an order: who keys in its code, what is taken back."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import partial
from hashlib import blake2b
from uuid import UUID

from proof import keeper, troubles
from proof.cast import Errand, Place
from proof.people import Someone
from proof.play import Play
from workers.mobile_money.port import Offer

AMOUNTS = (100_000, 300_000, 500_000, 900_000)
INTO_WALLETS = 0.25
"""Of the cash-outs, where a provider offers codes as well."""
ON_THEIR_PHONE = 0.35
"""Of the codes: keyed in at our own menu, the others at the provider's terminal."""
VISITS_AFTER = (5, 60, 1_200, 40_000, 100_000, 172_790, 172_805, 200_000)
PARTS = ((), (), (200_000,), (50_000, 50_000), (90_000, 20_000, 600_000))
"""What a provider takes back of one payment: all of it at once, or parts, of which the last may be too much."""


def cast(play: Play) -> None:
    chance = play.chance
    play.severity = chance.pick("severity", (0.2, 0.7, 1.0, 1.0, 2.0))
    play.house.stage.overlapping = chance.strikes("overlap", 0.2)
    play.people = play.house.people.take(chance.pick("people", (1, 1, 1, 2)))
    skews = (0.0, 0.0, 0.0, 2.0, -2.0, 60.0)
    play.places = [
        Place(f"worker {number}", timedelta(seconds=chance.pick("skew", skews)), down_until=play.began)
        for number in range(1, chance.pick("workers", (1, 2, 2, 3)) + 1)
    ]
    for someone in play.people:
        for _ in range(chance.pick("asks", (1, 1, 1, 2))):
            at = play.began + timedelta(seconds=chance.pick("asked", (0, 0, 1, 30, 4_000)))
            amount = chance.pick("amount", AMOUNTS)
            ask_for_cash(play, someone, at, amount)


def ask_for_cash(play: Play, someone: Someone, at: datetime, amount: int) -> None:
    """At a point, or into their own wallet, as the provider offers it; pressed once, or more often in impatience."""
    chance, offers = play.chance, play.house.provider.client.offers
    into_wallet = Offer.WALLET in offers and (Offer.CODE not in offers or chance.share("into a wallet") < INTO_WALLETS)
    what = f"confirms a cash-out of {amount:,} đồng" + (" into a wallet" if into_wallet else "")
    who = f"the phone of person {someone.id}"
    for _ in range(chance.pick("posts", (1, 1, 1, 1, 2, 3))):
        play.errands.append(Errand(at, who, what, someone=someone, amount=amount, into_wallet=into_wallet))


def go_to_agents(play: Play, attempt: UUID) -> None:
    chance = play.chance
    for _ in range(chance.pick("visits", (0, 0, 1, 1, 1, 1, 2, 3))):
        at = play.now + timedelta(seconds=chance.pick("visit", VISITS_AFTER))
        for _ in range(chance.pick("agents", (1, 1, 1, 2))):
            if chance.share("own phone") < ON_THEIR_PHONE:
                key_in = partial(keeper.key_in, play, attempt)
                play.errands.append(Errand(at, "the keeper", "keys in the code on the point's phone", act=key_in))
            else:
                play.errands.append(Errand(at, "an agent", "keys in the code", attempt=attempt))


def take_back(play: Play, attempt: UUID) -> None:
    """A quarter of what is paid; each part is asked for once or twice, under one id."""
    chance = play.chance
    if not chance.strikes("taken back", troubles.TAKEN_BACK):
        return
    at = play.now
    for amount in chance.pick("parts", PARTS) or (0,):
        at += timedelta(seconds=chance.pick("taken back after", troubles.TAKEN_BACK_AFTER_S))
        request = UUID(bytes=blake2b(f"{attempt} {at} {amount}".encode(), digest_size=16).digest())
        what = f"takes back {amount:,} đồng" if amount else "takes back all of a payment"
        for _ in range(chance.pick("clerks", (1, 1, 2))):
            play.errands.append(Errand(at, "the provider's clerk", what, attempt=attempt, reversal=request, amount=amount))
