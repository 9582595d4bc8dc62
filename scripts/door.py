"""The one port of `docker compose up`, for any number of web containers behind it.

python scripts/door.py web:8000

Docker's DNS names all containers of a service; each connection goes to the next of them, as it is. For a demo
on this machine: on the internet a proxy that speaks https does it (docker-compose.prod.yml).
"""

import asyncio
import itertools
import socket
import sys
from contextlib import suppress

PORT = 8000
TURN = itertools.count()


async def main() -> None:
    host, _, port = sys.argv[1].partition(":")
    server = await asyncio.start_server(lambda *visitor: _serve(host, int(port), *visitor), port=PORT)
    async with server:
        await server.serve_forever()


async def _serve(host: str, port: int, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        theirs, ours = await _next_of(host, port)
    except OSError as error:
        print(f"No {host} answers: {error}", flush=True)
        writer.close()
        return
    await asyncio.gather(_copy(reader, ours), _copy(theirs, writer))


async def _next_of(host: str, port: int) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """The next that answers: one of them may just be starting."""
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    addresses = sorted(address[4][0] for address in found)
    first, refused = next(TURN), OSError("it has no address")
    for place in range(len(addresses)):
        try:
            return await asyncio.open_connection(addresses[(first + place) % len(addresses)], port)
        except OSError as error:
            refused = error
    raise refused


async def _copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Until one side has said all; then the other hears of it."""
    with suppress(ConnectionError):
        while data := await reader.read(65536):
            writer.write(data)
            await writer.drain()
    with suppress(OSError):
        writer.close()


if __name__ == "__main__":
    asyncio.run(main())
