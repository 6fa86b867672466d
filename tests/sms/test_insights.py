"""When a SIM was changed, as Africa's Talking tells it: at once, called back, or not at all, which says nothing."""

import json
from datetime import date
from pathlib import Path

import pytest

from sms.providers import kept_line
from sms.providers.africas_talking_insights import AfricasTalkingInsights, read_asked
from sms.providers.kept_line import Answer
from sms.providers.numbers import Asked, SimSwap, SimSwapTold
from sms.providers.port import Unsure
from tests.sms.test_africas_talking import Network, network
from ussd_app.domain.phone import Phone

WIRE = Path(__file__).parents[1] / "wire" / "africas_talking_insights"
DAO = Phone("+84912345678")


def meant(said: list[str]) -> SimSwap | Asked | Unsure:
    match said:
        case ["SimSwap", "not changed"]:
            return SimSwap(None)
        case ["SimSwap", "lately"]:
            return SimSwap(None, lately=True)
        case ["SimSwap", day]:
            return SimSwap(date.fromisoformat(day))
        case ["Asked", id]:
            return Asked(id)
        case _:
            return Unsure(said[1])


@pytest.mark.parametrize("recorded", sorted(WIRE.glob("asked_*.json")), ids=lambda path: path.stem)
def test_what_they_answer_at_once(recorded: Path):
    case = json.loads(recorded.read_text())
    body = case["body"] if isinstance(case["body"], str) else json.dumps(case["body"])
    assert read_asked(Answer(case["status"], body.encode()), DAO) == meant(case["answer"])


@pytest.mark.parametrize("recorded", sorted(WIRE.glob("told_*.json")), ids=lambda path: path.stem)
def test_what_they_call_back(recorded: Path):
    case = json.loads(recorded.read_text())
    told = AfricasTalkingInsights("bam", "key").read_answer(case["form"])
    assert told == (SimSwapTold(case["request"], meant(case["answer"])) if case["answer"] else None)


__all__ = ["network"]  # pytest looks for a fixture by its name here


@pytest.mark.parametrize("fault", ["silence", "reset", "half"])
def test_a_network_that_breaks_leaves_us_unsure(network: Network, fault: str, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(kept_line, "CONNECT_AND_READ_S", (0.2, 0.2))
    network.fault, network.body = fault, b"{}"
    assert isinstance(AfricasTalkingInsights("bam", "key-of-ours", network.address).sim_swap(DAO), Unsure)


def test_what_is_asked(network: Network):
    network.body = json.dumps({"responses": [{"requestId": "ATSwpid_1", "status": "Queued"}]}).encode()
    assert AfricasTalkingInsights("bam", "key-of-ours", network.address).sim_swap(DAO) == Asked("ATSwpid_1")
    assert [(path, key) for path, key, _ in network.came] == [("/insights/v1/sim-swap", "key-of-ours")]
