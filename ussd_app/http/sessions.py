"""Who has a session: a browser at our pages. A gateway's callbacks carry none, and none is looked for."""

from __future__ import annotations

from flask import Flask, Request
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface


class BrowserSessions(SecureCookieSessionInterface):
    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        """None gives a session that refuses to be written to; opening a real one costs a tenth of a USSD turn."""
        return None if request.path.startswith("/callbacks/") else super().open_session(app, request)
