// The echo program against Node's `undici`. Usage: node echo_undici.mjs ws://HOST:PORT
import { channel } from 'node:diagnostics_channel';
import { ping, WebSocket } from 'undici';
import { open, run } from './echo_cases.mjs';
import { equal, suite } from './harness.mjs';

const [url] = process.argv.slice(2);
const undici = suite('echo, node undici');

await run({
  WebSocket,
  url,
  check: (title, body) => undici.check(title, body),
  codes: [1000, 3000, 4999],
  connections: 200,
});

await undici.check('ping', async () => {
  const peer = await open(WebSocket, url);
  const pong = new Promise((resolve) => {
    channel('undici:websocket:pong').subscribe(({ payload }) => resolve(payload));
  });
  ping(peer.socket, Buffer.from('are you there?'));
  equal(String(await pong), 'are you there?', 'pong');
  peer.socket.close(1000);
  equal((await peer.closed).code, 1000, 'close code');
});

undici.finish();
