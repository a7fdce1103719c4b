"""A server on hypercorn for our client, over HTTP/2 or HTTP/3.

Usage: server_hypercorn.py http2|http3 CERT KEY
"""

import asyncio
import socket
import sys

from hypercorn.asyncio import serve
from hypercorn.config import Config


async def app(scope, receive, send):
    if scope["type"] != "websocket":
        return
    assert (await receive())["type"] == "websocket.connect"
    match scope["path"]:
        case "/echo" | "/close":
            pass
        case path:
            status = 403 if path == "/forbidden" else 404
            await send({"type": "websocket.http.response.start", "status": status, "headers": []})
            await send({"type": "websocket.http.response.body", "body": b"", "more_body": False})
            return
    subprotocol = "chat.v2" if "chat.v2" in scope["subprotocols"] else None
    await send({"type": "websocket.accept", "subprotocol": subprotocol})
    if scope["path"] == "/close":
        await send({"type": "websocket.close", "code": 4001, "reason": "over – ü"})
        return
    while (event := await receive())["type"] == "websocket.receive":
        if event.get("text") is not None:
            await send({"type": "websocket.send", "text": event["text"]})
        else:
            await send({"type": "websocket.send", "bytes": event["bytes"]})


async def main():
    version, certificate, key = sys.argv[1:]
    kind = socket.SOCK_STREAM if version == "http2" else socket.SOCK_DGRAM
    with socket.socket(type=kind) as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    config = Config()
    config.certfile = certificate
    config.keyfile = key
    config.websocket_max_message_size = 1 << 25
    if version == "http2":
        config.bind = [f"127.0.0.1:{port}"]
    else:
        config.bind = ["127.0.0.1:0"]
        config.quic_bind = [f"127.0.0.1:{port}"]
    server = asyncio.ensure_future(serve(app, config))
    await asyncio.sleep(1)
    print(f"listening on wss://localhost:{port}", flush=True)
    await server


asyncio.run(main())
