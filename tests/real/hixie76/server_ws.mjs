// A server on the last `ws` for Node that knew draft 76, for client_cases.mjs,
// which says what each path does.
import crypto from 'node:crypto';
import { createRequire } from 'node:module';

// That `ws` was written for a Node whose hashes took a string's characters as
// bytes. Without that, its answer to the challenge is wrong.
const { createHash } = crypto;
crypto.createHash = (...args) => {
  const hash = createHash(...args);
  const { update } = hash;
  hash.update = (data, encoding = 'latin1') => update.call(hash, data, encoding);
  return hash;
};
process.noDeprecation = true;
const { Server } = createRequire(import.meta.url)('ws-hixie76');

const paths = {
  '/echo': (socket) => socket.on('message', (text) => socket.send(text)),
  '/burst': (socket) => {
    socket._socket.cork();
    for (const message of ['one', '', 'é€😀', 'four']) socket.send(message);
    socket._socket.uncork();
  },
  '/close': (socket) => {
    socket.send('last');
    socket.close();
  },
  '/drop': (socket) => socket.terminate(),
};

const server = new Server({ host: '127.0.0.1', port: 0 }, () => {
  console.log(`listening on ws://127.0.0.1:${server._server.address().port} without wrong answered`);
});
server.on('connection', (socket) => {
  const { url } = socket.upgradeReq;
  console.log(`${url} ${socket.protocolVersion === 'hixie-76' ? 'hixie-76' : 'other'}`);
  socket.on('error', () => {});
  paths[url]?.(socket);
});
