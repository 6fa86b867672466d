"""What people outside will do about an order, settled once: who keys in its code, and whether its payment is taken back."""

from __future__ import annotations

from datetime import timedelta
from hashlib import blake2b
from uuid import UUID

from proof import troubles
from proof.play import Errand, Play

VISITS_AFTER = (5, 60, 1_200, 40_000, 100_000, 172_790, 172_805, 200_000)
PARTS = ((), (), (200_000,), (50_000, 50_000), (90_000, 20_000, 600_000))
"""What a provider takes back of one payment: all of it at once, or parts, of which the last may be too much."""


def go_to_agents(play: Play, attempt: UUID) -> None:
    chance = play.chance
    for _ in range(chance.pick("visits", (0, 0, 1, 1, 1, 1, 2, 3))):
        at = play.now + timedelta(seconds=chance.pick("visit", VISITS_AFTER))
        for _ in range(chance.pick("agents", (1, 1, 1, 2))):
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
