"""A file that is no list gives one sentence, whatever is wrong with it, and nothing goes in."""

from collections.abc import Callable
from pathlib import Path

import pytest

from bench.own_stack import OwnStack

HEADER = "national_id,full_name,birth_date,gender,commune_code,phone,payout_method,payout_account,language\n"
ROW = "019148000999,Nguyễn Thị Thử,1948-03-12,F,05443,0912999999,cash,,vi\n"
WINDOWS_ROW = "019148000999,Nguyê\u0303n Thi\u0323 Lan,1948-03-12,F,05443,0912999999,cash,,vi\n"


def sparse(path: Path) -> None:
    with path.open("wb") as file:
        file.truncate(200 * 1024 * 1024)


def repeated(path: Path) -> None:
    line = ROW.encode() * 10_000
    with path.open("wb") as file:
        file.write(HEADER.encode())
        while file.tell() < 200 * 1024 * 1024:
            file.write(line)


WRONG: dict[str, Callable[[Path], object]] = {
    "not a table": lambda path: path.write_bytes(bytes(range(256)) * 40),
    "wrong header": lambda path: path.write_text("ho_ten,so_tien\nA,1\n"),
    "Windows-1258": lambda path: path.write_bytes((HEADER + WINDOWS_ROW).encode("cp1258")),
    "empty": lambda path: path.write_bytes(b""),
    "200 MB of nothing": sparse,
    "200 MB of rows": repeated,
    "a folder": lambda path: path.mkdir(),
    "nowhere": lambda path: None,
}


CASES = [("people", kind) for kind in WRONG] + [("payments", kind) for kind in ("wrong header", "empty", "200 MB of rows")]


@pytest.mark.parametrize(("verb", "kind"), CASES)
def test_one_sentence(stack: OwnStack, tmp_path: Path, verb: str, kind: str):
    people = stack.count("SELECT count(*) FROM person")
    batches = stack.count("SELECT count(*) FROM payment_batch")
    WRONG[kind](tmp_path / "list.csv")
    said = stack.command(verb, "import", str(tmp_path / "list.csv"), "--as", "lan")
    assert (said.status, said.out) == (2, ""), said
    assert said.err.count("\n") == 1, said.err
    assert said.err.endswith(".\n")
    assert "Traceback" not in said.err
    assert stack.count("SELECT count(*) FROM person") == people
    assert stack.count("SELECT count(*) FROM payment_batch") == batches
