// Compression of the echo program against Node's `ws`.
import { once } from 'node:events';
import WebSocket from 'ws';
import { agreed, agreedByWs, combinations, converse, PROGRAM_OPTIONS } from './deflate_cases.mjs';
import { open } from './echo_cases.mjs';
import { equal, program, Program, suite } from './harness.mjs';

const deflate = suite('deflate, echo, node ws');

async function echo(options) {
  const running = new Program(program('echo'), ['127.0.0.1:0', ...options]);
  const [, url] = await running.prints('stdout', /listening on (\S+)/);
  return { url, stop: () => running.stop() };
}

/** `ws` with these options of its own. */
const peer = (url, perMessageDeflate) => open(class extends WebSocket {
  constructor(address) {
    super(address, { perMessageDeflate, maxPayload: 1 << 25 });
  }
}, url);

async function talk(url, options, expected) {
  const connected = await peer(url, options);
  equal(agreedByWs(connected.socket), expected, 'agreed');
  await converse(connected);
  // What compresses came compressed: it is 0.9 MB in all without.
  const { bytesRead } = connected.socket._socket;
  const compressed = expected !== '';
  if ((bytesRead < 450_000) !== compressed) throw new Error(`${bytesRead} bytes were read`);
  connected.socket.close(1000);
  equal((await connected.closed).code, 1000, 'close code');
}

const plain = await echo([]);
for (const wanted of combinations()) {
  const options = {
    threshold: 0,
    serverNoContextTakeover: wanted.serverAlone,
    clientNoContextTakeover: wanted.clientAlone,
    serverMaxWindowBits: wanted.serverBits,
    clientMaxWindowBits: wanted.clientBits ?? true,
  };
  await deflate.check(`offer ${agreed(wanted)}`, () => talk(plain.url, options, agreed(wanted)));
}

await deflate.check('a window of 8 bits for the server is declined', async () => {
  await talk(plain.url, { threshold: 0, serverMaxWindowBits: 8 }, '');
});
await deflate.check('a window of 8 bits of the client is inflated', async () => {
  const wanted = 'permessage-deflate; client_max_window_bits=8';
  await talk(plain.url, { threshold: 0, clientMaxWindowBits: 8 }, wanted);
});
await deflate.check('no offer, no compression', () => talk(plain.url, false, ''));

await deflate.check('fragments, compressed, with pings between', async () => {
  const connected = await peer(plain.url, { threshold: 0 });
  const pong = once(connected.socket, 'pong');
  connected.socket.send('Hello ', { fin: false, compress: true });
  connected.socket.ping('between');
  connected.socket.send('', { fin: false, compress: true });
  connected.socket.send('world', { fin: true, compress: true });
  equal(await connected.next(), 'Hello world', 'echo');
  equal(String((await pong)[0]), 'between', 'pong');
  // Plain ones in between leave the window alone.
  for (let i = 0; i < 10; i += 1) {
    connected.socket.send('Hello again and again', { compress: i % 2 === 0 });
    equal(await connected.next(), 'Hello again and again', 'echo');
  }
  connected.socket.close(1000);
  equal((await connected.closed).code, 1000, 'close code');
});

await deflate.check('a bomb is answered with 1009', async () => {
  const small = await echo(['--max-message', '1000000']);
  const connected = await peer(small.url, { threshold: 0 });
  connected.socket.send(new Uint8Array(10_000_000));
  equal((await connected.closed).code, 1009, 'close code');
  await small.stop();
});

for (const [options, wanted] of PROGRAM_OPTIONS) {
  await deflate.check(`echo ${options.join(' ')}`, async () => {
    const server = await echo(options);
    const expected = wanted ? agreed(wanted) : '';
    const connected = await peer(server.url, { threshold: 0 });
    equal(agreedByWs(connected.socket), expected, 'agreed');
    await converse(connected);
    connected.socket.close(1000);
    equal((await connected.closed).code, 1000, 'close code');
    await server.stop();
  });
}

await plain.stop();
deflate.finish();
