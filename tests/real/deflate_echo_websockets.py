"""Compression of the echo program against Python's `websockets`.
Usage: deflate_echo_websockets.py ws://HOST:PORT"""

import asyncio
import itertools
import random
import sys

from websockets.asyncio.client import connect
from websockets.extensions.permessage_deflate import ClientPerMessageDeflateFactory

from harness import Suite, equal

JSON = '{"id":12345,"name":"value – ü","list":[1,2,3,4,5]},'
NOISE = {size: random.Random(size).randbytes(size) for size in (200, 700, 5_000, 40_000)}
MESSAGES = [
    "Hello", "Hello", "", JSON * 20, JSON * 20, NOISE[200], NOISE[700], NOISE[200], NOISE[700], JSON * 3,
    NOISE[40_000], NOISE[5_000], NOISE[40_000], JSON * 5_000, b"", "x" * 100_000, "Hello",
]
WINDOWS = (None, 9, 10, 11, 12, 13, 14, 15)


def element(server_alone, client_alone, server_bits, client_bits):
    """The parameters as they stand in an answer, in any order."""
    parameters = {"permessage-deflate"}
    if server_alone:
        parameters.add("server_no_context_takeover")
    if client_alone:
        parameters.add("client_no_context_takeover")
    if server_bits:
        parameters.add(f"server_max_window_bits={server_bits}")
    if client_bits:
        parameters.add(f"client_max_window_bits={client_bits}")
    return parameters


async def converse(connection):
    for index, message in enumerate(MESSAGES):
        await connection.send(message)
        if await connection.recv() != message:
            raise AssertionError(f"message {index} came back different")
    # In fragments, each of them compressed.
    await connection.send([JSON * 20, "", "Hello", JSON, ""])
    equal(await connection.recv() == JSON * 20 + "Hello" + JSON, True, "message of fragments")
    await (await connection.ping())
    for message in MESSAGES:
        await connection.send(message)
    for index, message in enumerate(MESSAGES):
        if await connection.recv() != message:
            raise AssertionError(f"message {index} of many came back different")


async def main(url):
    suite = Suite("deflate, echo, python websockets")
    for wanted in itertools.product((False, True), (False, True), WINDOWS, WINDOWS):
        server_alone, client_alone, server_bits, client_bits = wanted

        async def agreed():
            factory = ClientPerMessageDeflateFactory(
                server_no_context_takeover=server_alone,
                client_no_context_takeover=client_alone,
                server_max_window_bits=server_bits,
                client_max_window_bits=client_bits or True,
            )
            async with connect(url, extensions=[factory], compression=None, max_size=1 << 25) as connection:
                answer = connection.response.headers["Sec-WebSocket-Extensions"]
                equal({part.strip() for part in answer.split(";")}, element(*wanted), "agreed")
                await converse(connection)

        await suite.check(f"offer {'; '.join(sorted(element(*wanted)))}", agreed)

    async def plain():
        async with connect(url, compression=None, max_size=1 << 25) as connection:
            equal(connection.response.headers.get("Sec-WebSocket-Extensions"), None, "agreed")
            await converse(connection)

    await suite.check("no offer, no compression", plain)
    suite.finish()


asyncio.run(main(sys.argv[1]))
