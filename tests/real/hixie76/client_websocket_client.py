"""A client on Python 2's websocket-client for echo_cases.mjs, which says what a client does.

It has one message on the way at a time. Usage: client_websocket_client.py URL
"""

import logging
import os
import sys

import websocket

# Of a close that was not answered, this library only tells its log.
logging.basicConfig(stream=sys.stderr)


def say(text):
    os.write(2, text + "\n")


connection = websocket.create_connection(sys.argv[1])
say("open")
for line in iter(sys.stdin.readline, ""):
    connection.send(line[:-1])
    message = connection.recv()
    if message is None:
        say("closed")
        sys.exit(0)
    sys.stdout.write(message + "\n")
    sys.stdout.flush()
connection.close()
say("closed")
