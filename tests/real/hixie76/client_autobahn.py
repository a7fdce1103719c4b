"""A client on Python 2's Autobahn for echo_cases.mjs, which says what a client does.

Usage: client_autobahn.py URL [SUBPROTOCOL]
"""

import os
import sys

from autobahn.twisted.websocket import WebSocketClientFactory, WebSocketClientProtocol, connectWS
from twisted.internet import reactor, stdio
from twisted.protocols.basic import LineReceiver

status = 1


def say(text):
    os.write(2, text + "\n")


class Lines(LineReceiver):
    """Sends each line of the input, and closes at its end."""

    delimiter = b"\n"
    MAX_LENGTH = 1 << 25

    def __init__(self, client):
        self.client = client

    def lineReceived(self, line):
        self.client.sendMessage(line, isBinary=False)

    def connectionLost(self, reason):
        self.client.sendClose()


class Client(WebSocketClientProtocol):
    def onOpen(self):
        say(("open %s" % (self.websocket_protocol_in_use or "")).strip())
        stdio.StandardIO(Lines(self))

    def onMessage(self, payload, isBinary):
        sys.stdout.write(payload + b"\n")
        sys.stdout.flush()

    def onClose(self, wasClean, code, reason):
        global status
        status = 0 if wasClean else 1
        say("closed" if wasClean else "failed %s" % reason)
        if reactor.running:
            reactor.stop()


factory = WebSocketClientFactory(sys.argv[1], origin="http://localhost", protocols=sys.argv[2:])
factory.protocol = Client
factory.setProtocolOptions(version=0, allowHixie76=True)
connectWS(factory)
reactor.run()
sys.exit(status)
