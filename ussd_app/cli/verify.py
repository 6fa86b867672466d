"""`python -m ussd_app.cli.verify FILE`: an auditor rechecks an exported close, offline, with nothing but Python.

Each line of the file is JSON and holds the digest of the line before it, so that none can be changed, taken out or put
in between without every later digest being wrong. Write the last digest down on paper when the file is handed over.
"""

from __future__ import annotations

import hashlib
import json
import sys
from collections.abc import Iterable
from typing import Any

BEGINNING = "0" * 64


def link(before: str, content: dict[str, Any]) -> str:
    """The digest of one line: SHA-256 over the digest before it and the content with sorted keys."""
    written = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(f"{before}\n{written}".encode()).hexdigest()


def faults(lines: Iterable[str]) -> tuple[list[str], str, int]:
    """Everything that is wrong with an export, in words; the last digest; and how many days it holds."""
    wrong: list[str] = []
    before, days, named = BEGINNING, 0, dict[tuple[str, str], int]()
    closes: list[dict[str, Any]] = []
    for number, line in enumerate(lines, start=1):
        try:
            told = json.loads(line)
            content, digest = told["content"], told["digest"]
        except (ValueError, KeyError, TypeError):
            wrong.append(f"line {number} cannot be read")
            break
        if link(before, content) != digest:
            wrong.append(f"line {number} is not what was exported, or the line before it is missing")
            break
        before = digest
        if content["what"] == "item":
            key = (content["provider"], content["day"])
            named[key] = named.get(key, 0) + (0 if content["kind"] == "grant" else content["difference"])
        elif content["what"] == "day":
            days += 1
            closes.append(content)
    for each in closes:
        difference = each["by_statement"] - each["by_books"]
        items = named.get((each["provider"], each["day"]), 0)
        if difference != items:
            wrong.append(f"{each['day']}: the difference is {difference} đồng, its items name {items}")
    return wrong, before, days


def main(arguments: list[str]) -> int:
    if len(arguments) != 1:
        sys.stderr.write("Usage: python -m ussd_app.cli.verify FILE\n")
        return 2
    try:
        with open(arguments[0], encoding="utf-8") as file:  # noqa: PTH123 - this file stands alone, in plain Python
            wrong, last, days = faults(file)
    except OSError as problem:
        sys.stderr.write(f"{arguments[0]} cannot be read: {problem.strerror}.\n")
        return 2
    except UnicodeDecodeError:
        sys.stderr.write(f"{arguments[0]} is no text: this is not an export of a close.\n")
        return 2
    if not days and not wrong:
        sys.stderr.write(f"{arguments[0]} holds no day that was closed: there is nothing to recheck.\n")
        return 2
    for each in wrong:
        print(each)
    print("Something is wrong." if wrong else f"{days} days, unchanged, and every đồng named. Last digest: {last}")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
