"""A phone that writes and rings, as Africa's Talking posts it, to the real page on a real database."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import count

from flask.testing import FlaskClient

from tests.http.line import PHONE, Town
from ussd_app.domain.phone import Phone

CAME, DID_NOT = "+842083855688", "+842083855689"


@dataclass
class Handset:
    """Sends messages and rings; `inbox` is what waits to be sent back."""

    town: Town
    gateway: FlaskClient
    phone: Phone = PHONE
    _ids: count[int] = field(default_factory=lambda: count(1))

    def post(self, words: str, id: str, sender: str | None = None) -> int:
        form = {
            "id": id,
            "from": sender or self.phone.e164,
            "to": "8899",
            "text": words,
            "date": "2027-01-25T05:00:00Z",
            "linkId": "28a92cdf-2d63-4ee3-93df-4233d3de0356",
            "networkCode": "45204",
        }
        return self.gateway.post("/sms-inbound", data=form).status_code

    def says(self, words: str, sender: str | None = None) -> str:
        """The answer; nothing when there is none."""
        before = len(self.town.inbox(self.phone))
        assert self.post(words, f"in-{next(self._ids)}", sender) == 200
        inbox = self.town.inbox(self.phone)
        assert len(inbox) <= before + 1
        return inbox[-1] if len(inbox) > before else ""

    def rings(self, number: str, session: str = "ATVId_1", active: str = "1") -> str:
        form = {
            "isActive": active,
            "sessionId": session,
            "direction": "Inbound",
            "callerNumber": self.phone.e164,
            "destinationNumber": number,
        }
        answer = self.gateway.post("/voice", data=form)
        assert answer.content_type == "application/xml"
        return answer.text


def receipts(town: Town) -> list[tuple[object, ...]]:
    """What the owners said of their payments, by month."""
    return town.rows("SELECT cycle, receipt FROM payment ORDER BY cycle")
