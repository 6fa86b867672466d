"""What each recorded answer of a GSMA provider means for a person's money."""

import json
from datetime import datetime
from pathlib import Path
from uuid import UUID

import pytest

from ussd_app.domain.money import Dong
from ussd_app.domain.phone import Phone
from workers.mobile_money import gsma_answers, port
from workers.mobile_money.gsma_answers import (
    LookAt,
    TakenBack,
    WithdrawnBy,
    read_linked,
    read_response,
    read_submitted,
    read_transaction,
)
from workers.mobile_money.json_reading import read_amount

ORDER = port.Order(UUID("7d5f5a5e-2f3a-4c1b-8a55-0f7e3c9d1b20"), "R7K2M4", Dong(500_000), port.AtPoint("1024", 172_800))
TO_WALLET = port.Order(ORDER.attempt_id, "R7K2M4", Dong(500_000), port.ToWallet(Phone("+84912000101")))
WIRE = sorted((Path(__file__).parents[1] / "wire" / "gsma").glob("*.json"))


def expected(kind: str, *said: str | None) -> object:
    match kind, said:
        case "Issued", (str(code), when, str(reference), *guessed_at):
            expires_at = datetime.fromisoformat(when) if when else None
            return port.Issued(code, expires_at, reference, *(datetime.fromisoformat(str(each)) for each in guessed_at))
        case "TakenBack", (str(reference), when):
            return TakenBack(reference, datetime.fromisoformat(when) if when else None)
        case "Paid", (str(reference), when):
            return port.Paid(reference, datetime.fromisoformat(when) if when else None)
        case (("LookAt" | "Redeemed"), (str(where),)):
            return {"LookAt": LookAt, "Redeemed": WithdrawnBy}[kind](where)
        case _:
            return getattr(port, kind)(*said)


@pytest.mark.parametrize("recorded", WIRE, ids=lambda path: path.stem)
def test_recorded_answers(recorded: Path):
    case = json.loads(recorded.read_text())
    status = case["status"]
    body = (case["body"] if isinstance(case["body"], str) else json.dumps(case["body"])).encode()
    match case["question"]:
        case "submit":
            read: object = read_submitted(status, body, ORDER)
        case "response":
            read = read_response(status, body)
        case "submit wallet":
            read = read_submitted(status, body, TO_WALLET)
        case "wallet":
            read = read_linked(status, body, TO_WALLET)
        case "link":
            read = read_linked(status, body, ORDER)
        case question:
            assert question == "transaction"
            read = read_transaction(status, body, ORDER, "REF-77001")
    assert read == expected(*case["answer"])


@pytest.mark.parametrize(
    "body", [b"", b"null", b"[]", b"[" * 100_000, b'{"codeState": {}}', b"\xff\xfe", b'{"status": 1e999}']
)
@pytest.mark.parametrize("status", [200, 201, 202, 204, 302, 400, 401, 404, 500, 503])
def test_nonsense_never_raises_and_never_decides(status: int, body: bytes):
    assert isinstance(read_response(status, body), port.StillUnsure)
    assert isinstance(read_linked(status, body, ORDER), port.StillUnsure)
    assert isinstance(read_transaction(status, body, ORDER, "REF"), port.StillUnsure)
    assert not isinstance(read_submitted(status, body, ORDER), port.Refused)


@pytest.mark.parametrize(
    ("written", "amount"),
    [("500000", 500_000), ("500000.00", 500_000), ("0", 0)],
)
def test_amounts_that_are_whole(written: str, amount: int):
    assert read_amount(written) == Dong(amount)


@pytest.mark.parametrize(
    "written", ["500000.5", "5e5", "-1", "9223372036854775808", "0500", "", " 1", "1\n", "٥", 500000, None]
)
def test_amounts_that_are_not_believed(written: object):
    assert read_amount(written) is None


def test_every_reason_is_one_of_ours():
    """The texts have words for these, or say `other`."""
    assert set(gsma_answers.REASONS.values()) == {"insufficient_float", "over_limit", "bad_order", "point_closed"}
