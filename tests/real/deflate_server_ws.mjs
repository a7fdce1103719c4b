// A server on Node's `ws` for deflate_client.mjs: the query says how to
// compress. Sends what was offered and what was agreed on, and then echoes.
import http from 'node:http';
import { WebSocketServer } from 'ws';
import { agreedByWs } from './deflate_cases.mjs';

const server = http.createServer((request, response) => response.writeHead(426).end());
server.on('upgrade', (request, stream, head) => {
  const query = new URL(request.url, 'http://server').searchParams;
  const bits = (name) => (query.get(name) ? Number(query.get(name)) : undefined);
  const perMessageDeflate = query.has('off') ? false : {
    threshold: 0,
    serverNoContextTakeover: query.has('serverAlone') || undefined,
    clientNoContextTakeover: query.has('clientAlone') || undefined,
    serverMaxWindowBits: bits('serverBits'),
    clientMaxWindowBits: bits('clientBits'),
  };
  const sockets = new WebSocketServer({ noServer: true, maxPayload: 1 << 25, perMessageDeflate });
  sockets.handleUpgrade(request, stream, head, (socket) => {
    socket.on('error', () => {});
    socket.send(request.headers['sec-websocket-extensions'] ?? 'nothing');
    socket.send(agreedByWs(socket) || 'nothing');
    socket.on('message', (data, binary) => socket.send(data, { binary }));
  });
});
server.listen(0, '127.0.0.1', () => console.log(`listening on ws://127.0.0.1:${server.address().port}`));
