"""A server on Python's `websockets` for client_cases.mjs, which says what each path does.

In TLS where TLS_CERT and TLS_KEY name the files.
"""

import asyncio
import os
import ssl
from urllib.parse import parse_qs, urlsplit

from websockets.asyncio.server import serve
from websockets.datastructures import Headers
from websockets.http11 import Response

REFUSALS = {
    "/refuse/401": (401, "Unauthorized", {"WWW-Authenticate": 'Basic realm="test"'}),
    "/refuse/302": (302, "Found", {"Location": "ws://elsewhere.invalid/"}),
    "/refuse/404": (404, "Not Found", {}),
}


def refuse(_, request):
    if request.path in REFUSALS:
        status, reason, headers = REFUSALS[request.path]
        return Response(status, reason, Headers({**headers, "Content-Length": "5", "Connection": "close"}), b"sorry")


def choose(_, offered):
    return "chat.v2" if "chat.v2" in offered else None


async def handle(connection):
    url = urlsplit(connection.request.path)
    query = parse_qs(url.query)
    match url.path:
        case "/echo":
            async for message in connection:
                await connection.send(message)
        case "/ping":
            await (await connection.ping("are you\nthere?"))
            await connection.send("ponged are you\nthere?")
            await connection.wait_closed()
        case "/pong":
            await connection.pong("by the way")
            await connection.wait_closed()
        case "/close" if query:
            await connection.close(int(query["code"][0]), query["reason"][0])
        case "/close":
            # This library always gives a code by itself: the Close is made by hand.
            connection.protocol.send_close()
            connection.transport.write(b"".join(connection.protocol.data_to_send()))
            await connection.wait_closed()
        case "/header":
            await connection.send(connection.request.headers.get("X-Test", "none"))
            await connection.wait_closed()
        case "/binary":
            await connection.send(b"b\x00\xff")
            await connection.wait_closed()
        case "/drop":
            connection.transport.abort()


async def main():
    options = {"process_request": refuse, "select_subprotocol": choose, "max_size": 1 << 25}
    origin = "ws://127.0.0.1"
    if "TLS_CERT" in os.environ:
        options["ssl"] = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        options["ssl"].load_cert_chain(os.environ["TLS_CERT"], os.environ["TLS_KEY"])
        origin = "wss://localhost"
    async with serve(handle, "127.0.0.1", 0, **options) as server:
        port = server.sockets[0].getsockname()[1]
        print(f"listening on {origin}:{port}", flush=True)
        await asyncio.Future()


asyncio.run(main())
