"""A server on Python's `websockets` for deflate_client.mjs, which says what it does."""

import asyncio
from urllib.parse import parse_qs, urlsplit

from websockets.asyncio.server import ServerConnection, serve
from websockets.extensions.permessage_deflate import ServerPerMessageDeflateFactory


class Connection(ServerConnection):
    """One that chooses its extensions by the query of the request."""

    async def handshake(self, *args, **kwargs):
        accept = self.protocol.accept

        def by_query(request):
            query = parse_qs(urlsplit(request.path).query, keep_blank_values=True)
            bits = {name: int(query[name][0]) if name in query else None for name in ("serverBits", "clientBits")}
            self.protocol.available_extensions = None if "off" in query else [
                ServerPerMessageDeflateFactory(
                    server_no_context_takeover="serverAlone" in query,
                    client_no_context_takeover="clientAlone" in query,
                    server_max_window_bits=bits["serverBits"],
                    client_max_window_bits=bits["clientBits"],
                )
            ]
            return accept(request)

        self.protocol.accept = by_query
        await super().handshake(*args, **kwargs)


async def handle(connection):
    await connection.send(connection.request.headers.get("Sec-WebSocket-Extensions", "nothing"))
    await connection.send(connection.response.headers.get("Sec-WebSocket-Extensions", "nothing"))
    async for message in connection:
        await connection.send(message)


async def main():
    async with serve(handle, "127.0.0.1", 0, create_connection=Connection, max_size=1 << 25) as server:
        port = server.sockets[0].getsockname()[1]
        print(f"listening on ws://127.0.0.1:{port}", flush=True)
        await asyncio.Future()


asyncio.run(main())
