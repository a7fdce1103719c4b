// The echo program against Node's `ws`. Usage: node echo_ws.mjs ws://HOST:PORT
import { once } from 'node:events';
import WebSocket from 'ws';
import { binary, open, run, text } from './echo_cases.mjs';
import { equal, suite } from './harness.mjs';

const [url] = process.argv.slice(2);
const ws = suite('echo, node ws');

await run({
  WebSocket,
  url,
  check: (title, body) => ws.check(title, body),
  codes: [1000, 1001, 3000, 4999],
  connections: 200,
});

for (const size of [0, 1, 125]) {
  await ws.check(`ping of ${size} bytes`, async () => {
    const { socket } = await open(WebSocket, url);
    const pong = once(socket, 'pong');
    socket.ping(binary(size));
    const [data] = await pong;
    equal([...data], [...binary(size)], 'pong');
    socket.close(1000);
  });
}

await ws.check('fragmented text, with a ping between', async () => {
  const peer = await open(WebSocket, url);
  const whole = text(100_000);
  const bytes = Buffer.from(whole);
  const pong = once(peer.socket, 'pong');
  // Cut at 33,331 bytes: within a character.
  peer.socket.send(bytes.subarray(0, 33_331), { fin: false, binary: false });
  peer.socket.ping('between');
  peer.socket.send(bytes.subarray(33_331, 66_662), { fin: false, binary: false });
  peer.socket.send(bytes.subarray(66_662), { fin: true, binary: false });
  equal(String((await pong)[0]), 'between', 'pong');
  if ((await peer.next()) !== whole) throw new Error('the text came back different');
  peer.socket.close(1000);
  equal((await peer.closed).code, 1000, 'close code');
});

await ws.check('message of 10,000 fragments', async () => {
  const peer = await open(WebSocket, url);
  for (let i = 0; i < 10_000; i += 1) {
    peer.socket.send(Buffer.of(i & 0xff), { fin: i === 9_999, binary: true });
  }
  const got = new Uint8Array(await peer.next());
  equal(got.length, 10_000, 'length');
  if (got.some((byte, i) => byte !== (i & 0xff))) throw new Error('the bytes came back different');
  peer.socket.close(1000);
  equal((await peer.closed).code, 1000, 'close code');
});

await ws.check('a dropped connection harms nobody', async () => {
  const [dropped, kept] = [await open(WebSocket, url), await open(WebSocket, url)];
  dropped.socket.send(binary(1 << 20));
  dropped.socket.terminate();
  kept.socket.send('still here');
  equal(await kept.next(), 'still here', 'echo');
  kept.socket.close(1000);
  equal((await kept.closed).code, 1000, 'close code');
});

await ws.check('text that is not UTF-8 is answered with 1007', async () => {
  const peer = await open(WebSocket, url);
  peer.socket.send(Buffer.of(0x61, 0xff), { binary: false });
  equal((await peer.closed).code, 1007, 'close code');
});

ws.finish();
