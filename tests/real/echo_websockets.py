"""The echo program against Python's `websockets`. Usage: echo_websockets.py ws://HOST:PORT"""

import asyncio
import sys
from contextlib import asynccontextmanager

import websockets

import echo_cases
from harness import Suite, binary, equal, text


class Peer:
    def __init__(self, connection):
        self.connection = connection
        self.send = connection.send
        self.receive = connection.recv
        self.subprotocol = connection.subprotocol

    async def close(self, code, reason):
        await self.connection.close(code, reason)
        return self.connection.close_code, self.connection.close_reason


@asynccontextmanager
async def connect(url, subprotocols=None):
    async with websockets.connect(url, subprotocols=subprotocols, max_size=1 << 25) as connection:
        yield Peer(connection)


async def main(url):
    suite = Suite("echo, python websockets")
    await echo_cases.run(suite, url, connect, codes=[1000, 1001, 3000, 4999])

    for size in (0, 1, 125):

        async def ping():
            async with connect(url) as peer:
                await (await peer.connection.ping(binary(size)))

        await suite.check(f"ping of {size} bytes", ping)

    async def fragmented(whole, pieces):
        async with connect(url) as peer:
            await peer.send(pieces)
            if await peer.receive() != whole:
                raise AssertionError("came back different")
            equal(await peer.close(1000, ""), (1000, ""), "close")

    words = [text(size) for size in range(0, 300)]
    await suite.check("text of 300 fragments", lambda: fragmented("".join(words), words))
    blocks = [binary(size) for size in (0, 1, 70_000, 0, 5)]
    await suite.check("binary of 5 fragments", lambda: fragmented(b"".join(blocks), blocks))

    suite.finish()


asyncio.run(main(sys.argv[1]))
