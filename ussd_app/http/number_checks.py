"""What is called back about a number: kept where it answers a question of ours, and nowhere else."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime

from flask import Blueprint, Response, request

from sms.providers.numbers import SimSwap, SimSwapTold
from ussd_app.http.form import sentence
from ussd_app.store import number_checks
from ussd_app.store.database import Database

ReadAnswer = Callable[[Mapping[str, object]], SimSwapTold | None]


def number_check_callbacks(
    database: Database, readers: Mapping[str, ReadAnswer], clock: Callable[[], datetime]
) -> Blueprint:
    pages = Blueprint("number_checks", __name__)

    @pages.post("/number-checks/<provider>")
    def answered(provider: str) -> Response:
        read = readers.get(provider)
        if read is None:
            return sentence("No such provider.", 404)
        sent = request.get_json(silent=True) if request.is_json else request.form
        told = read(sent) if isinstance(sent, Mapping) else None
        if told is None:
            return sentence("This is not an answer about a number.", 400)
        swapped_on = told.answer.day(clock().date()) if isinstance(told.answer, SimSwap) else None
        clear = "clear" if isinstance(told.answer, SimSwap) else "unsure"
        outcome = clear if swapped_on is None else "swapped"
        with database.begin() as db:
            number_checks.answer(db, provider, told.request_id, outcome=outcome, swapped_on=swapped_on, now=clock())
        return Response("", 204)

    return pages
