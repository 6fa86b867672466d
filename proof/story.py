"""What happened in a schedule, in sentences: who did what, when, and what the ledger and the provider's book said then."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from proof.ground import BEGINNING


@dataclass
class Story:
    told: list[tuple[datetime, str, str]] = field(default_factory=list[tuple[datetime, str, str]])

    def say(self, now: datetime, who: str, what: str) -> None:
        self.told.append((now, who, what))

    def sentences(self) -> list[str]:
        return [
            f"{number:>3}. {_since(now):>10}  {who}: {what}." for number, (now, who, what) in enumerate(self.told, start=1)
        ]


def _since(now: datetime) -> str:
    seconds = (now - BEGINNING).total_seconds()
    minutes, seconds = divmod(seconds, 60)
    hours, minutes = divmod(int(minutes), 60)
    return f"+{hours}:{minutes:02}:{seconds:04.1f}"
