// A server on Node's `websocket-driver` for client_cases.mjs, which says what each path does.
import net from 'node:net';
import driver from 'websocket-driver';

const paths = {
  '/echo': (connection) => connection.on('message', ({ data }) => connection.text(data)),
  '/burst': (connection, socket) => {
    socket.cork();
    for (const message of ['one', '', 'é€😀', 'four']) connection.text(message);
    socket.uncork();
  },
  '/close': (connection) => {
    connection.text('last');
    connection.close();
  },
  '/drop': (connection, socket) => socket.destroySoon(),
  '/wrong': () => {},
};

// Draft 76 needs the plain socket: Node's HTTP server is late with the eight
// bytes that follow the request.
const server = net.createServer({ allowHalfOpen: true }, (socket) => {
  const connection = driver.server({ allowDrafts: true, maxLength: 1 << 25 });
  const afterClose = [];
  let closed = false;
  socket.on('error', () => {});
  socket.on('data', (piece) => {
    if (closed) afterClose.push(piece);
    connection.io.write(piece);
  });
  socket.on('end', () => {
    if (closed) console.log(`after the close: ${Buffer.concat(afterClose).toString('hex')}`);
    socket.end();
  });
  connection.io.on('data', (piece) => {
    // The answer to the challenge is the only piece of this length.
    if (connection.url === '/wrong' && piece.length === 16) piece[15] ^= 1;
    socket.write(piece);
  });
  connection.on('connect', () => {
    console.log(`${connection.url} ${connection.version === 'hixie-76' ? 'hixie-76' : 'other'}`);
    connection.start();
    paths[connection.url]?.(connection, socket);
  });
  connection.on('close', () => {
    closed = true;
    socket.end();
  });
});
server.listen(0, '127.0.0.1', () => console.log(`listening on ws://127.0.0.1:${server.address().port} without subprotocol`));
