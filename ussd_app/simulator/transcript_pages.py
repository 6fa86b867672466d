"""The part of the simulator's API that writes a call down, reads a transcript, and holds one page against another."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Blueprint, jsonify
from flask.typing import ResponseReturnValue

from ussd_app.settings import Settings
from ussd_app.simulator.likeness import compare
from ussd_app.simulator.recording import Hop, write
from ussd_app.simulator.transcript import ENDINGS, BadTranscript, Drops, Page, Presses, Step, read

Wish = Callable[[], dict[str, Any]]


def add_transcripts(pages: Blueprint, settings: Settings, wish: Wish) -> None:
    pages.register_error_handler(BadTranscript, _cannot)

    @pages.post("/api/transcripts/write")
    def write_down() -> ResponseReturnValue:
        asked = wish()
        hops = [_hop(each) for each in asked.get("hops", [])]
        phone, loosened = str(asked.get("phone", "")), bool(asked.get("loosened"))
        code = settings.ussd_code
        return jsonify(text=write(hops, phone=phone, code=code, hotline=settings.hotline, loosened=loosened))

    @pages.post("/api/transcripts/read")
    def read_out() -> ResponseReturnValue:
        transcript = read(str(wish().get("text", "")))
        steps = [_step(each) for each in transcript.steps]
        return jsonify(phone=transcript.phone, secrets=transcript.secrets, steps=steps)

    @pages.post("/api/transcripts/compare")
    def hold_against() -> ResponseReturnValue:
        asked = wish()
        expected = Page(tuple(map(str, asked.get("lines", []))), _kind(asked.get("expected")))
        words = {str(name): str(value) for name, value in dict(asked.get("words") or {}).items()}
        found = compare(expected, _kind(asked.get("kind")), str(asked.get("text", "")), words)
        return jsonify(same=found.same, difference=found.difference, words=found.words)


def _cannot(problem: BadTranscript) -> ResponseReturnValue:
    return jsonify(error=str(problem)), 422


def _hop(said: Any) -> Hop:
    if not isinstance(said, dict):
        raise BadTranscript("A hop is an object: keys, kind, text.")
    return Hop(
        keys=str(said.get("keys", "")),
        kind=_kind(said.get("kind")),
        text=str(said.get("text", "")),
        dropped=bool(said.get("dropped")),
        dials=bool(said.get("dials")),
    )


def _kind(said: Any) -> Any:
    return said if said in ENDINGS.values() else "CON"


def _step(step: Step) -> dict[str, Any]:
    if isinstance(step, Drops):
        return {"does": "drop", "line": step.line}
    page = {"lines": step.page.lines, "expected": step.page.kind}
    if isinstance(step, Presses):
        return {"does": "press", "line": step.line, "keys": step.keys, "secret": step.secret, **page}
    return {"does": "dial", "line": step.line, "keys": step.dialled, "secret": "", **page}
