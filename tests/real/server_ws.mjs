// A server on Node's `ws` for client_cases.mjs, which says what each path does;
// in TLS where TLS_CERT and TLS_KEY name the files.
import { readFileSync } from 'node:fs';
import http from 'node:http';
import https from 'node:https';
import { WebSocketServer } from 'ws';

const paths = {
  '/echo': (socket) => socket.on('message', (data, binary) => socket.send(data, { binary })),
  '/ping': (socket) => {
    socket.on('pong', (data) => socket.send(`ponged ${data}`));
    socket.ping('are you\nthere?');
  },
  '/pong': (socket) => socket.pong('by the way'),
  '/close': (socket, query) => {
    const code = query.get('code');
    if (code) socket.close(Number(code), query.get('reason'));
    else socket.close();
  },
  '/header': (socket, query, request) => socket.send(request.headers['x-test'] ?? 'none'),
  '/binary': (socket) => socket.send(Buffer.from([0x62, 0x00, 0xff])),
  '/drop': (socket) => socket.terminate(),
};
const refusals = {
  '/refuse/401': ['401 Unauthorized', 'WWW-Authenticate: Basic realm="test"'],
  '/refuse/302': ['302 Found', 'Location: ws://elsewhere.invalid/'],
  '/refuse/404': ['404 Not Found', 'X-Nothing: here'],
};

const { TLS_CERT, TLS_KEY } = process.env;
const plain = (request, response) => response.writeHead(426).end();
const server = TLS_CERT
  ? https.createServer({ cert: readFileSync(TLS_CERT), key: readFileSync(TLS_KEY) }, plain)
  : http.createServer(plain);
const sockets = new WebSocketServer({
  noServer: true,
  maxPayload: 1 << 25,
  handleProtocols: (offered) => (offered.has('chat.v2') ? 'chat.v2' : false),
});
server.on('upgrade', (request, stream, head) => {
  const { pathname, searchParams } = new URL(request.url, 'http://server');
  const [status, header] = refusals[pathname] ?? [];
  if (status) {
    stream.end(`HTTP/1.1 ${status}\r\n${header}\r\nContent-Length: 5\r\n\r\nsorry`);
    return;
  }
  sockets.handleUpgrade(request, stream, head, (socket) => {
    socket.on('error', () => {});
    paths[pathname]?.(socket, searchParams, request);
  });
});
server.listen(0, '127.0.0.1', () => {
  const origin = TLS_CERT ? 'wss://localhost' : 'ws://127.0.0.1';
  console.log(`listening on ${origin}:${server.address().port}`);
});
