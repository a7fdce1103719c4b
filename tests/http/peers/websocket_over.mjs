// The framing of npm's ws over a stream of node:http2.
import { createRequire } from 'node:module';

// It is installed for the tests over HTTP/1.
const WebSocket = createRequire(new URL('../../real/', import.meta.url))('ws');

/** A WebSocket of ws for a stream on which the handshake is done. */
export function over(stream, { isServer }) {
  const socket = new WebSocket(null, undefined, { autoPong: true, closeTimeout: 30_000 });
  socket._isServer = isServer;
  socket.setSocket(stream, Buffer.alloc(0), {
    allowSynchronousEvents: true,
    maxPayload: 1 << 25,
    skipUTF8Validation: false,
  });
  return socket;
}
