"""A socket in front of PostgreSQL that can be made slow: every answer then comes as many seconds later as it is told.

`python -m bench.slow_socket PORT TARGET`; each line on standard input is a number of seconds, from then on.
"""

from __future__ import annotations

import asyncio
import sys
from contextlib import suppress

_delay_s = 0.0


async def _answers(database: asyncio.StreamReader, client: asyncio.StreamWriter) -> None:
    with suppress(OSError):
        while some := await database.read(65_536):
            await asyncio.sleep(_delay_s)
            client.write(some)
            await client.drain()
    client.close()


async def _questions(client: asyncio.StreamReader, database: asyncio.StreamWriter) -> None:
    with suppress(OSError):
        while some := await client.read(65_536):
            database.write(some)
            await database.drain()
    database.close()


async def _serve(port: int, target: str) -> None:
    async def joined(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        path_or_host, _, number = target.partition(":")
        opened = asyncio.open_connection(path_or_host, int(number)) if number else asyncio.open_unix_connection(target)
        from_database, to_database = await opened
        await asyncio.gather(_answers(from_database, writer), _questions(reader, to_database))

    server = await asyncio.start_server(joined, "127.0.0.1", port)
    async with server:
        await asyncio.to_thread(_listen)


def _listen() -> None:
    global _delay_s
    for line in sys.stdin:
        _delay_s = float(line)


if __name__ == "__main__":
    asyncio.run(_serve(int(sys.argv[1]), sys.argv[2]))
