// A server on Node's http2 with the framing of npm's ws, for our client.
// Usage: node http2_node_server.mjs CERT KEY
import { readFileSync } from 'node:fs';
import http2 from 'node:http2';
import { over } from './websocket_over.mjs';

const [cert, key] = process.argv.slice(2).map((file) => readFileSync(file));
const server = http2.createSecureServer({ cert, key, settings: { enableConnectProtocol: true } });

server.on('stream', (stream, headers) => {
  stream.on('error', () => {});
  const path = headers[':path'];
  if (headers[':method'] !== 'CONNECT' || headers[':protocol'] !== 'websocket') {
    stream.respond({ ':status': 400 }, { endStream: true });
    return;
  }
  if (!['/echo', '/close'].includes(path)) {
    stream.respond({ ':status': path === '/forbidden' ? 403 : 404 }, { endStream: true });
    return;
  }
  // An answer that is not the last comes first.
  stream.additionalHeaders({ ':status': 103 });
  const offered = (headers['sec-websocket-protocol'] ?? '').split(', ');
  const chosen = offered.includes('chat.v2') ? { 'sec-websocket-protocol': 'chat.v2' } : {};
  stream.respond({ ':status': 200, ...chosen });
  const socket = over(stream, { isServer: true });
  socket.on('error', () => {});
  socket.on('message', (data, isBinary) => socket.send(data, { binary: isBinary }));
  if (path === '/close') socket.close(4001, 'over – ü');
});

server.listen(0, '127.0.0.1', () => console.log(`listening on wss://localhost:${server.address().port}`));
