"""aioquic as a client of our HTTP/3 server, with wsproto for the frames.

Usage: http3_aioquic_client.py SERVER CERT KEY
"""

import asyncio
import re
import sys
from collections import deque
from pathlib import Path

from aioquic.asyncio import connect
from aioquic.asyncio.protocol import QuicConnectionProtocol
from aioquic.h3.connection import H3Connection
from aioquic.h3.events import DataReceived, HeadersReceived
from aioquic.quic.configuration import QuicConfiguration
from aioquic.quic.events import StreamReset
from wsproto import ConnectionType
from wsproto.connection import Connection
from wsproto.events import BytesMessage, CloseConnection, Ping, Pong, TextMessage

sys.path.insert(0, str(Path(__file__).parents[2] / "real"))
from harness import Suite, binary, equal, text  # noqa: E402

SERVER, CERTIFICATE, KEY = sys.argv[1:]
suite = Suite("http3, aioquic client")


class Client(QuicConnectionProtocol):
    """HTTP/3, whose events wait in a queue for each stream."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.http = H3Connection(self._quic)
        self.queues = {}

    def quic_event_received(self, event):
        events = self.http.handle_event(event)
        if isinstance(event, StreamReset):
            events = [event]
        for each in events:
            self.queues.setdefault(each.stream_id, asyncio.Queue()).put_nowait(each)

    async def request(self, path, **more):
        stream = self._quic.get_next_available_stream_id()
        self.queues[stream] = asyncio.Queue()
        fields = {
            ":method": "CONNECT",
            ":protocol": "websocket",
            ":scheme": "https",
            ":authority": "localhost",
            ":path": path,
            "sec-websocket-version": "13",
            **{name.replace("_", "-"): value for name, value in more.items()},
        }
        self.http.send_headers(stream, [(n.encode(), v.encode()) for n, v in fields.items()])
        self.transmit()
        answer = await self.queues[stream].get()
        assert isinstance(answer, HeadersReceived), answer
        return stream, {name.decode(): value.decode() for name, value in answer.headers}

    async def open(self, path, **more):
        stream, fields = await self.request(path, **more)
        equal(fields[":status"], "200", ":status")
        return Socket(self, stream), fields


class Socket:
    def __init__(self, client, stream):
        self.client = client
        self.stream = stream
        self.frames = Connection(ConnectionType.CLIENT)
        self.pending = deque()
        self.ended = False

    def send(self, event):
        self.client.http.send_data(self.stream, self.frames.send(event), False)
        self.client.transmit()

    async def next(self):
        """The next event of the frames; `None` at the end of the stream, which is noted."""
        while not self.pending and not self.ended:
            event = await self.client.queues[self.stream].get()
            if isinstance(event, StreamReset):
                self.ended = event.error_code
                break
            assert isinstance(event, DataReceived), event
            if event.data:
                self.frames.receive_data(event.data)
            self.pending.extend(self.frames.events())
            self.ended = event.stream_ended and "FIN"
        return self.pending.popleft() if self.pending else None

    async def message(self):
        """The next message, whole."""
        parts = []
        while event := await self.next():
            if isinstance(event, Ping):
                self.send(event.response())
                continue
            if isinstance(event, (CloseConnection, Pong)):
                return event
            parts.append(event.data)
            if event.message_finished:
                return type(parts[0])().join(parts)
        return None

    async def echoes(self, data):
        self.send((TextMessage if isinstance(data, str) else BytesMessage)(data=data))
        equal(await self.message(), data, "echo")

    async def closes(self, code, reason):
        self.send(CloseConnection(code=code, reason=reason))
        close = await self.message()
        equal((close.code, close.reason or ""), (code, reason), "close")
        equal(await self.next(), None, "event")
        equal(self.ended, "FIN", "end of the stream")


async def main():
    server = await asyncio.create_subprocess_exec(
        SERVER, "http3", CERTIFICATE, KEY, stdout=asyncio.subprocess.PIPE
    )
    lines = []
    port = int(re.search(rb":(\d+)$", (await server.stdout.readline()).rstrip())[1])

    async def logs(line):
        while line not in lines:
            read = await asyncio.wait_for(server.stdout.readline(), 10)
            assert read, f"no line {line!r} but {lines!r}"
            lines.append(read.decode().rstrip("\n"))
        lines.remove(line)

    configuration = QuicConfiguration(alpn_protocols=["h3"], server_name="localhost")
    configuration.load_verify_locations(CERTIFICATE)
    connected = connect("127.0.0.1", port, configuration=configuration, create_protocol=Client)
    async with connected as client:
        await client.wait_connected()

        async def messages():
            socket, fields = await client.open("/echo", sec_websocket_protocol="other, chat.v1")
            equal(fields.get("sec-websocket-protocol"), "chat.v1", "subprotocol")
            equal(fields.get("sec-websocket-accept"), None, "accept")
            for size in (0, 1, 126, 65536, 1 << 20):
                await socket.echoes(text(size))
                await socket.echoes(binary(size))
            await socket.closes(4001, "enough – ü")
            await logs(":method CONNECT :protocol websocket :path /echo")
            await logs("end /echo clean 4001 enough – ü")

        async def setting():
            # SETTINGS came before any answer.
            equal(client.http.received_settings.get(0x8), 1, "setting")

        async def server_closes():
            socket, _ = await client.open("/close")
            close = await socket.message()
            equal((close.code, close.reason), (4001, "over – ü"), "close")
            socket.send(close.response())
            equal(await socket.next(), None, "event")
            equal(socket.ended, "FIN", "end of the stream")
            await logs("end /close clean 4001")

        async def server_pings():
            socket, _ = await client.open("/ping")
            equal(await socket.message(), "ponged", "text")
            await socket.closes(1000, "done")

        async def server_resets():
            socket, _ = await client.open("/reset")
            socket.send(TextMessage(data="a"))
            equal(await socket.message(), None, "message")
            equal(socket.ended, 0x10C, "code of the reset")

        async def ends_without_a_close():
            socket, _ = await client.open("/echo")
            client.http.send_data(socket.stream, b"", True)
            client.transmit()
            equal(await socket.next(), None, "event")
            equal(socket.ended, "FIN", "end of the stream")
            await logs("end /echo unclean: the connection was lost before the closing handshake")

        async def client_resets():
            socket, _ = await client.open("/echo")
            await socket.echoes("a")
            client._quic.reset_stream(socket.stream, 0x10C)
            client.transmit()
            await logs("end /echo unclean: the connection was lost before the closing handshake")

        async def refusals():
            for path, more, status in (
                ("/forbidden", {}, "403"),
                ("/echo", {"sec_websocket_version": "8"}, "400"),
                ("/echo", {":protocol": "telnet"}, "501"),
            ):
                _, fields = await client.request(path, **more)
                equal(fields[":status"], status, path)
                if status == "400":
                    equal(fields["sec-websocket-version"], "13", "version")

        await suite.check("text, binary and a close with a reason", messages)
        await suite.check("the setting", setting)
        await suite.check("the server closes, and ends the stream", server_closes)
        await suite.check("the server pings", server_pings)
        await suite.check("the server resets with H3_REQUEST_CANCELLED", server_resets)
        await suite.check("FIN without a Close is no clean end", ends_without_a_close)
        await suite.check("a reset is no clean end", client_resets)
        await suite.check("refusals", refusals)
    server.kill()
    await server.wait()


asyncio.run(asyncio.wait_for(main(), 200))
suite.finish()
