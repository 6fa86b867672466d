"""What becomes of one call to the provider on its way there and back."""

from __future__ import annotations

import json
from datetime import timedelta

import requests

from proof import troubles, wire
from proof.cast import Errand
from proof.play import Play
from proof.wire import Answer

OLDEST = timedelta(minutes=10)
"""So far behind may the copy of its book be from which a provider answers."""
HTML = Answer(502, {"Content-Type": "text/html"}, b"<html>Bad Gateway</html>")


def carry(play: Play, request: requests.PreparedRequest) -> requests.Response:
    """Raises what `requests` raises; a Crash where the worker's process ends."""
    if any(door in str(request.url) for door in play.house.provider.doors):
        return play.house.provider.answer(*_request(request)).as_response(request)
    sends = request.method == "POST"
    table, place = (troubles.SENDING, "sending") if sends else (troubles.ASKING, "asking")
    trouble = play.chance.fault(play.here(place), table, play.severity)
    stage = play.house.stage
    if trouble:
        play.say(("sending: " if sends else "asking: ") + trouble)
    before = _before(play, request, trouble)
    if before is not None:
        return before
    if play.chance.strikes(play.here("switch"), troubles.SWITCHES):
        stage.hand_over("before the provider hears it")
    answer = _heard(play, request)
    if trouble == "the request comes twice":
        _heard(play, request)
    if trouble == "slow":
        stage.hand_over("waiting for an answer", play.later(play.here("slow"), troubles.SLOW_S))
    elif play.chance.strikes(play.here("switch"), troubles.SWITCHES):
        stage.hand_over("before the provider is heard")
    return _after(request, trouble, answer, play)


def _request(request: requests.PreparedRequest) -> tuple[str, str, dict[str, str], bytes]:
    body = request.body if isinstance(request.body, bytes) else str(request.body or "").encode()
    headers = {name: str(value) for name, value in request.headers.items()}
    return str(request.method), str(request.url), headers, body


def _heard(play: Play, request: requests.PreparedRequest) -> Answer:
    if request.method != "GET":
        play.touch()  # a code that an enquiry finds too old was due by itself
    return play.house.provider.answer(*_request(request))


def _before(play: Play, request: requests.PreparedRequest, trouble: str) -> requests.Response | None:
    """An answer, or an exception, of a call that the provider has not heard; None when it goes on to hear it."""
    provider = play.house.provider
    match trouble:
        case "the worker dies before":
            play.house.stage.crash()
        case "the request is lost":
            raise wire.timed_out(request)
        case "the request comes late":
            play.errands.append(
                Errand(play.later(play.here("late"), troubles.LATE_S), "the network", "late", request=_request(request))
            )
            raise wire.timed_out(request)
        case "no connection":
            raise wire.no_connection(request)
        case "503 and not taken":
            return Answer(503, {}, b"").as_response(request)
        case "429 and not taken":
            return Answer(429, {}, b"").as_response(request)
        case "500 and not taken":
            return Answer(500, {}, b"").as_response(request)
        case "a proxy's 502":
            return HTML.as_response(request)
        case "a proxy's 404":
            return Answer(404, {}, HTML.body).as_response(request)
        case "a redirect":
            return Answer(302, {"Location": "http://elsewhere.proof/"}, b"").as_response(request)
        case "a clear no":
            return provider.clear_no().as_response(request)
        case "short of money at once":
            return provider.no_funds().as_response(request)
        case "our key is not accepted":
            return provider.key_unknown().as_response(request)
        case "an old answer" if (old := play.old_answers.get(str(request.url))) and play.now - old[0] < OLDEST:
            return old[1].as_response(request)
        case "refused later":
            provider.refuse_next()
        case _:
            pass
    return None


def _after(request: requests.PreparedRequest, trouble: str, answer: Answer, play: Play) -> requests.Response:
    match trouble:
        case "the worker dies after":
            play.house.stage.crash()
        case "the answer is lost":
            raise wire.timed_out(request)
        case "the connection is reset":
            raise wire.reset(request)
        case "half an answer":
            answer = Answer(answer.status, answer.headers, answer.body[: len(answer.body) // 2])
        case "500 and taken":
            answer = Answer(500, {}, b"")
        case "a new word":
            answer = Answer(answer.status, answer.headers, _reworded(answer.body))
        case _:
            play.old_answers[str(request.url)] = play.now, answer
    return answer.as_response(request)


def _reworded(body: bytes) -> bytes:
    """The same answer, with a status that no standard has."""
    try:
        told = json.loads(body)
    except ValueError:
        return body
    if isinstance(told, dict):
        for name in ("codeState", "transactionStatus", "status"):
            if name in told:
                told[name] = "under review"
    return json.dumps(told).encode()
