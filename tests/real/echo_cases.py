"""What a Python peer does with the echo program.

A peer is given as `connect(url, subprotocols)`: an async context manager over an
object with `send(str | bytes)`, `receive()`, `close(code, reason)`, which gives
the code and reason that came back, and `subprotocol`.
"""

import asyncio
from contextlib import AsyncExitStack

from harness import SIZES, binary, equal, text


async def echoes(peer, message):
    await peer.send(message)
    got = await peer.receive()
    if got != message:
        raise AssertionError(f"{type(message).__name__} of {len(message)} came back different")


async def run(suite, url, connect, codes, connections=100):
    for kind, make in (("text", text), ("binary", binary)):
        for size in SIZES:

            async def sized():
                async with connect(url) as peer:
                    await echoes(peer, make(size))
                    await echoes(peer, make(size))
                    equal(await peer.close(1000, "done"), (1000, "done"), "close")

            await suite.check(f"{kind} of {size} bytes", sized)

    for code in codes:

        async def closed():
            reason = f"reason {code} – ü"
            async with connect(url) as peer:
                equal(await peer.close(code, reason), (code, reason), "close")

        await suite.check(f"close {code}", closed)

    for offered in (["chat.v1", "chat.v2"], ["chat.v2", "chat.v1"], ["unknown", "chat.v2"], ["unknown"]):

        async def chosen():
            async with connect(url, offered) as peer:
                wanted = next((name for name in offered if name != "unknown"), None)
                equal(peer.subprotocol, wanted, "subprotocol")
                await echoes(peer, text(10))

        await suite.check(f"subprotocols {', '.join(offered)}", chosen)

    async def many():
        async with AsyncExitStack() as stack:
            peers = [await stack.enter_async_context(connect(url)) for _ in range(connections)]
            await asyncio.gather(*(echoes(peer, text(1000 + i)) for i, peer in enumerate(peers)))
            await asyncio.gather(*(echoes(peer, binary(1000 + i)) for i, peer in enumerate(peers)))

    await suite.check(f"{connections} connections at once", many)
