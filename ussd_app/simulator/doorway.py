"""Who may come in to the simulator: this machine, under its own name, and no page of any other site."""

from __future__ import annotations

from ipaddress import ip_address
from urllib.parse import urlsplit

from flask import Request, Response, abort, jsonify, request
from flask.typing import ResponseReturnValue

POLICY = {
    "Content-Security-Policy": "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}


def let_in() -> ResponseReturnValue | None:
    """Before every request: to anybody else there is nothing here."""
    if not (_loopback(request.remote_addr or "") and _loopback(_host_name(request))):
        abort(404)
    if request.method in {"GET", "HEAD", "OPTIONS"}:
        return None
    if not _from_our_own_page(request):
        return jsonify(error="Only the simulator's own page may do that."), 403
    if request.mimetype != "application/json":
        return jsonify(error="Send JSON, with Content-Type: application/json."), 415
    return None


def see_out(answer: Response) -> Response:
    answer.headers.update(POLICY)
    if request.path.startswith("/simulator/api/"):
        answer.headers["Cache-Control"] = "no-store"
    return answer


def _host_name(asked: Request) -> str:
    """As the browser wrote it: a name that only resolves to this machine is somebody else's (DNS rebinding)."""
    try:
        return urlsplit(f"//{asked.host}").hostname or ""
    except ValueError:
        return ""


def _loopback(name: str) -> bool:
    if name == "localhost":
        return True
    try:
        return ip_address(name).is_loopback
    except ValueError:
        return False


def _from_our_own_page(asked: Request) -> bool:
    """Browsers say where a request comes from; a client that says neither is no browser, and no stranger's page."""
    if asked.headers.get("Sec-Fetch-Site", "same-origin") not in {"same-origin", "none"}:
        return False
    origin = asked.headers.get("Origin")
    return origin is None or origin == asked.host_url.rstrip("/")
