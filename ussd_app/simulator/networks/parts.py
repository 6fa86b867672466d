"""The parts every page of the simulated networks works with, opened once."""

from __future__ import annotations

from dataclasses import dataclass

from ussd_app.simulator.networks.background import Background
from ussd_app.simulator.networks.book import Book
from ussd_app.simulator.networks.configuration import NetworksConfiguration
from ussd_app.simulator.networks.courier import Courier
from ussd_app.simulator.networks.faults import Faults
from ussd_app.simulator.networks.gsma.ways import Ways


@dataclass(frozen=True, slots=True)
class Parts:
    configuration: NetworksConfiguration
    book: Book
    faults: Faults
    background: Background
    ways: Ways

    @classmethod
    def opened(cls, configuration: NetworksConfiguration) -> Parts:
        return cls(configuration, Book.opened(configuration), Faults(), Background(), Ways(configuration.behaviour))

    def start_couriers(self) -> None:
        web_url = self.configuration.web_url
        if not self.configuration.sandbox:
            self.background.repeat(Courier(self.book, "sms", web_url).round, every_s=0.2, hands=4)
        self.background.repeat(Courier(self.book, "money", web_url).round, every_s=0.1, hands=2)

    def close(self) -> None:
        self.background.stop()
        self.book.close()
