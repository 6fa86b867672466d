"""When a SIM was last changed, as Africa's Talking Insights tells it: asked now, as a rule called back later."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from africastalking.Insights import InsightService

from sms.providers.africas_talking import NAME
from sms.providers.kept_line import Answer, Broken, KeptLines, NeverLeft
from sms.providers.numbers import Asked, SimSwap, SimSwapTold
from sms.providers.port import Unsure
from ussd_app.domain.phone import Phone

NEVER_BEFORE = 1901
"""They write 01-01-1900 for a SIM that was not changed within the three months that the networks remember."""


class AfricasTalkingInsights:
    """One instance serves all threads of a worker process."""

    name = NAME

    def __init__(self, username: str, api_key: str, base_url: str = "") -> None:
        self._service = _KeptAlive(username, api_key, base_url)

    def sim_swap(self, phone: Phone) -> SimSwap | Asked | Unsure:
        try:
            answer: Any = self._service.check_sim_swap_state([phone.e164])
        except (NeverLeft, Broken) as problem:
            return Unsure(str(problem))
        except ValueError:  # the SDK has its own idea of what a number looks like
            return Unsure("number_not_taken")
        return read_asked(answer, phone)

    def read_answer(self, form: Mapping[str, object]) -> SimSwapTold | None:
        request_id = form.get("requestId")
        if not isinstance(request_id, str) or not request_id.strip():
            return None
        return SimSwapTold(request_id.strip(), _swap(form) or Unsure("unreadable_answer"))


class _KeptAlive(InsightService):
    """Their SDK over kept connections; the status that it drops is kept, and the body is read by `read_asked`."""

    def __init__(self, username: str, api_key: str, base_url: str) -> None:
        super().__init__(username, api_key)
        if base_url:
            self._baseUrl = base_url.rstrip("/") + "/insights/v1"
        self._lines = KeptLines()

    def _make_request(
        self,
        url: str,
        method: str,
        headers: Any,
        data: Any,
        params: Any,
        callback: object = None,
        timeout: object = None,
    ) -> Answer:
        return self._lines.post(url, data.encode(), headers)


def read_asked(answer: Answer, phone: Phone) -> SimSwap | Asked | Unsure:
    """Pure: a question that is queued with them, or one that they could answer at once."""
    if answer.status not in (200, 201, 202):
        return Unsure(f"http_{answer.status}")
    try:
        told = json.loads(answer.body)
        each = told["responses"][0] if told.get("responses") else told
        if not _about(each, phone):
            return Unsure("another_number")
        if (swap := _swap(each)) is not None:
            return swap
        request_id = each.get("requestId")
    except (ValueError, KeyError, TypeError, AttributeError, IndexError, RecursionError):
        return Unsure("unreadable_answer")
    queued = str(each.get("status", "")).strip().lower() in ("queued", "processed", "success", "sent")
    return Asked(request_id) if queued and isinstance(request_id, str) and request_id else Unsure("not_taken")


def _about(told: Mapping[str, object], phone: Phone) -> bool:
    """One number was asked about; an answer that names another is none."""
    named = told.get("phoneNumber")
    number = named.get("number") if isinstance(named, Mapping) else named
    digits = "".join(filter(str.isdigit, str(number or "")))
    return digits in ("", phone.e164[1:])


def _swap(told: Mapping[str, object]) -> SimSwap | None:
    """None where it says neither that the SIM was changed nor that it was not, or both."""
    on, said = _day(told.get("lastSimSwapDate")), str(told.get("status", "")).strip().lower()
    if said == "swapped":
        if on is None:
            return SimSwap(None, lately=True)
        return SimSwap(on) if on.year >= NEVER_BEFORE else None
    if on is not None:
        return SimSwap(on if on.year >= NEVER_BEFORE else None)
    return SimSwap(None) if said == "notswapped" else None


def _day(written: object) -> date | None:
    for form in ("%d-%m-%Y", "%Y-%m-%d"):
        try:
            return datetime.strptime(str(written).strip()[:10], form).date()  # noqa: DTZ007 - a day, not a moment
        except ValueError:
            continue
    return None
