"""The line between the simulated gateway and the product, with the faults that somebody has set on it."""

from __future__ import annotations

import threading
from dataclasses import dataclass

from ussd_app.simulator.gateway import ANSWER_WITHIN_S
from ussd_app.simulator.networks.faults import Faults


@dataclass(frozen=True, slots=True)
class FaultyLine:
    faults: Faults
    stopped: threading.Event
    """Ends every wait, so that the networks can be stopped at any moment."""

    def repeats(self) -> bool:
        return self.faults.strikes("ussd_repeat")

    def reorders(self) -> bool:
        return self.faults.strikes("ussd_reorder")

    def loses(self, hop: int) -> bool:
        return self.faults.reached("ussd_drop_at", hop)

    def delays(self) -> float:
        """The phone waits for real, and never longer than the gateway does."""
        seconds = self.faults.taken("ussd_slow_s")
        if seconds:
            self.stopped.wait(min(seconds, ANSWER_WITHIN_S))
        return seconds
