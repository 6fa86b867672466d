"""One database for one test after another: put back in between as it was made, which is quicker than a new copy."""

from __future__ import annotations

import itertools
import os
from pathlib import Path

import psycopg

MANY_ROWS = 5_000
"""After so many dead ones a new copy is quicker to work with."""
PUTTING_BACK = Path(__file__).with_name("between_tests.sql").read_text("utf-8")

_ALTERED = "SELECT is_called FROM between_tests.alterations"
_OTHERS_END = """SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity
                 WHERE datname = current_database() AND pid <> pg_backend_pid()"""


def with_database(url: str, name: str) -> str:
    """The same server, another database: URL in, URL out."""
    head, _, query = url.partition("?")
    return f"{head.rsplit('/', 1)[0]}/{name}" + (f"?{query}" if query else "")


class OneDatabase:
    """Its template has been prepared with PUTTING_BACK."""

    def __init__(self, server_url: str, template: str) -> None:
        self._server_url, self._template = server_url, template
        self._numbers = itertools.count(1)
        self._name = ""

    def lend(self) -> str:
        """The address of a database that nobody has written to."""
        if not self._name:
            self._name = f"bam_test_{os.getpid()}_{next(self._numbers)}"
            self._on_the_server(f"CREATE DATABASE {self._name} TEMPLATE {self._template}")
        return with_database(self._server_url, self._name)

    def take_back(self) -> None:
        """Whoever is still connected is cut off. What was altered, not only filled, is thrown away."""
        with psycopg.connect(with_database(self._server_url, self._name), autocommit=True) as connection:
            connection.execute(_OTHERS_END)
            altered = connection.execute(_ALTERED).fetchone() != (False,)
            gone = None if altered else connection.execute("SELECT between_tests.put_back()").fetchone()
        if gone is None or gone[0] > MANY_ROWS:
            self.throw_away()

    def throw_away(self) -> None:
        if self._name:
            self._on_the_server(f"DROP DATABASE {self._name} WITH (FORCE)")
        self._name = ""

    def _on_the_server(self, statement: str) -> None:
        with psycopg.connect(self._server_url, autocommit=True) as server:
            server.execute(statement)
