"""The web's line to the simulated networks: one short request, and what came back."""

from __future__ import annotations

import http.client
import json
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

LONGEST_S = 4
"""Everything asked here is answered at once, or the networks are down: the web has other callers to serve."""


class NoNetwork(Exception):
    """The simulated networks do not answer, or not in JSON."""


@dataclass(frozen=True, slots=True)
class Wire:
    networks_url: str

    def get(self, path: str) -> tuple[Any, int]:
        return self._ask("GET", path, None)

    def post(self, path: str, wish: Any) -> tuple[Any, int]:
        return self._ask("POST", path, json.dumps(wish).encode())

    def _ask(self, method: str, path: str, body: bytes | None) -> tuple[Any, int]:
        line = http.client.HTTPConnection(urlsplit(self.networks_url).netloc, timeout=LONGEST_S)
        headers = {"Content-Type": "application/json"} if body is not None else {}
        try:
            line.request(method, f"/control{path}", body, headers)
            answer = line.getresponse()
            said = answer.read()
            return (json.loads(said) if said else {}), answer.status
        except (OSError, http.client.HTTPException, ValueError) as problem:
            raise NoNetwork from problem
        finally:
            line.close()
