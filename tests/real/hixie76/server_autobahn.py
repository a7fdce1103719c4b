"""A server on Python 2's Autobahn for client_cases.mjs, which says what each path does."""

import sys

from autobahn.twisted.websocket import WebSocketServerFactory, WebSocketServerProtocol
from twisted.internet import reactor


def say(text):
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


class Server(WebSocketServerProtocol):
    def onConnect(self, request):
        return "chat.v2" if "chat.v2" in request.protocols else None

    def onOpen(self):
        path = self.http_request_path
        say("%s %s" % (path, "hixie-76" if self.websocket_version == 0 else "other"))
        if path == "/burst":
            for message in ("one", "\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80", "four"):
                self.sendMessage(message)
        elif path == "/close":
            self.sendMessage("last")
            self.sendClose()
        elif path == "/drop":
            self.dropConnection(abort=False)

    def onMessage(self, payload, isBinary):
        if self.http_request_path == "/echo":
            self.sendMessage(payload, isBinary)


factory = WebSocketServerFactory()
factory.protocol = Server
factory.setProtocolOptions(allowHixie76=True)
port = reactor.listenTCP(0, factory, interface="127.0.0.1").getHost().port
# Without it the port is missing in Sec-WebSocket-Location.
factory.setSessionParameters(externalPort=port)
# It does not see the end of a text that comes as the first byte of a piece: of an
# empty one, and of a long one that the transport cuts there.
say("listening on ws://127.0.0.1:%d without empty long answered wrong" % port)
reactor.run()
