"""The echo program against Python's `aiohttp`. Usage: echo_aiohttp.py ws://HOST:PORT"""

import asyncio
import sys
from contextlib import asynccontextmanager

import aiohttp

import echo_cases
from harness import Suite, binary, equal


class Peer:
    def __init__(self, connection):
        self.connection = connection
        self.subprotocol = connection.protocol

    async def send(self, message):
        if isinstance(message, str):
            await self.connection.send_str(message)
        else:
            await self.connection.send_bytes(message)

    async def receive(self):
        return (await self.connection.receive()).data

    async def close(self, code, reason):
        # What the peer answered is kept as the code only.
        await self.connection.close(code=code, message=reason.encode())
        return self.connection.close_code, reason


def connector(session):
    @asynccontextmanager
    async def connect(url, subprotocols=(), **options):
        async with session.ws_connect(url, protocols=subprotocols, max_msg_size=1 << 25, **options) as connection:
            yield Peer(connection)

    return connect


async def main(url):
    suite = Suite("echo, python aiohttp")
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as session:
        connect = connector(session)
        await echo_cases.run(suite, url, connect, codes=[1000, 1001, 3000, 4999])

        for size in (0, 1, 125):

            async def ping():
                async with connect(url, autoping=False) as peer:
                    await peer.connection.ping(binary(size))
                    message = await peer.connection.receive()
                    equal((message.type, bytes(message.data)), (aiohttp.WSMsgType.PONG, binary(size)), "pong")

            await suite.check(f"ping of {size} bytes", ping)
    suite.finish()


asyncio.run(main(sys.argv[1]))
