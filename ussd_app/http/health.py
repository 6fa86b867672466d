"""Is the process alive, can it serve, and what is it doing: for those who watch over it."""

from __future__ import annotations

from flask import Blueprint, Response
from sqlalchemy import text

from ussd_app.http.doorbell import Doorbell
from ussd_app.http.form import sentence
from ussd_app.store.database import Database, DatabaseUnreachable

_COUNTS = (
    ("bam_messages", "state", "SELECT state, count(*) FROM sms_message GROUP BY state"),
    ("bam_cash_outs", "state", "SELECT state, count(*) FROM cash_out GROUP BY state"),
    ("bam_payments", "state", "SELECT state, count(*) FROM payment GROUP BY state"),
    ("bam_provider_paused", "provider", "SELECT provider, 1 FROM provider_pause"),
    (
        "bam_cash_outs_unknown_for_a_day",
        "provider",
        """SELECT provider, count(*) FROM cash_out
           WHERE state IN ('sent', 'unknown') AND first_sent_at < now() - interval '24 hours' GROUP BY provider""",
    ),
    ("bam_complaints", "state", "SELECT state, count(*) FROM complaint GROUP BY state"),
)


def health(database: Database, doorbell: Doorbell) -> Blueprint:
    pages = Blueprint("health", __name__)

    @pages.get("/live")
    def live() -> Response:
        return sentence("alive", 200)

    @pages.get("/ready")
    def ready() -> Response:
        try:
            database.check()
        except DatabaseUnreachable as problem:
            return sentence(str(problem), 503)
        bell = "ready" if doorbell.works() else "ready; Redis does not answer, so workers notice within a second or two"
        return sentence(bell, 200)

    @pages.get("/metrics")
    def metrics() -> Response:
        lines: list[str] = []
        with database.begin() as db:
            for name, label, sql in _COUNTS:
                lines.append(f"# TYPE {name} gauge")
                lines += [f'{name}{{{label}="{row[0]}"}} {row[1]}' for row in db.execute(text(sql))]
        return Response("\n".join(lines) + "\n", content_type="text/plain; version=0.0.4; charset=utf-8")

    return pages
