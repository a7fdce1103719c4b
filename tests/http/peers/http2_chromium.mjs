// Headless Chromium at our HTTP/2 server. Usage: node http2_chromium.mjs CERT KEY
import { launch } from '../../real/browser.mjs';
import { equal, program, Program, suite } from '../../real/harness.mjs';

const chromium = suite('http2, chromium');
const server = new Program(program('http_server'), ['http2', ...process.argv.slice(2)]);
const [, url] = await server.prints('stdout', /listening on (\S+)/);
const browser = await launch('--ignore-certificate-errors');
const page = await browser.newPage();

/** Waits for a line of the server's log. */
const logs = (line) => server.prints('stdout', new RegExp(`^${line}$`, 'm'));

/** In the page: opens a WebSocket, sends and receives, closes, and tells all. */
const talk = (path, { send = [], protocols, close } = {}) => page.evaluate(
  ([target, list, subprotocols, closing]) => new Promise((resolve) => {
    const socket = new WebSocket(target, subprotocols);
    const seen = { opened: false, messages: [] };
    socket.binaryType = 'arraybuffer';
    const waiting = list.map((item) => (typeof item === 'number' ? new Uint8Array(item).fill(7) : item));
    const next = () => {
      if (waiting.length) socket.send(waiting.shift());
      else if (closing) socket.close(...closing);
    };
    socket.onopen = () => {
      Object.assign(seen, { opened: true, protocol: socket.protocol, extensions: socket.extensions });
      next();
    };
    socket.onmessage = ({ data }) => {
      const same = typeof data === 'string' ? data : data.byteLength;
      seen.messages.push(same.length > 100 ? same.length : same);
      next();
    };
    socket.onclose = ({ code, reason, wasClean }) => resolve({ ...seen, code, reason, wasClean });
  }),
  [url.replace('https:', 'wss:') + path, send, protocols ?? [], close ?? null],
);

await chromium.check('the page comes over HTTP/2', async () => {
  await page.goto(url);
  equal(await page.textContent('h1'), 'Echo', 'heading');
  const [version] = await page.evaluate(() => performance.getEntriesByType('navigation').map((entry) => entry.nextHopProtocol));
  equal(version, 'h2', 'protocol');
});

await chromium.check('text, binary and a close with a reason, by extended CONNECT', async () => {
  const got = await talk('/echo', { send: ['Hé€😀', 1000], close: [4001, 'enough – ü'] });
  equal(got.messages, ['Hé€😀', 1000], 'messages');
  equal([got.code, got.reason, got.wasClean], [4001, 'enough – ü', true], 'end');
  await logs(':method CONNECT :protocol websocket :path /echo');
  await logs('end /echo clean 4001 enough – ü');
});

await chromium.check('permessage-deflate and a subprotocol', async () => {
  const got = await talk('/echo', { send: ['lorem ipsum '.repeat(1000)], protocols: ['other', 'chat.v2'], close: [1000, 'done'] });
  equal([got.protocol, got.messages], ['chat.v2', [12000]], 'subprotocol and length');
  if (!got.extensions.startsWith('permessage-deflate')) throw new Error(`extensions are ${got.extensions}`);
  await logs('end /echo clean 1000 done');
});

await chromium.check('16 MiB', async () => {
  const got = await talk('/echo', { send: [1 << 24], close: [1000, ''] });
  equal([got.messages, got.code], [[1 << 24], 1000], 'length and code');
});

await chromium.check('the server pings', async () => {
  // The browser answers by itself; what comes then is closed on.
  const got = await page.evaluate((target) => new Promise((resolve) => {
    const socket = new WebSocket(target);
    socket.onmessage = ({ data }) => {
      socket.close();
      socket.onclose = ({ code, wasClean }) => resolve([data, code, wasClean]);
    };
  }), `${url.replace('https:', 'wss:')}/ping`);
  equal(got, ['ponged', 1005, true], 'text and end');
  await logs('end /ping clean');
});

await chromium.check('the server closes', async () => {
  const got = await talk('/close');
  equal([got.opened, got.code, got.reason, got.wasClean], [true, 4001, 'over – ü', true], 'end');
  await logs('end /close clean 4001');
});

await chromium.check('the server resets', async () => {
  const got = await talk('/reset', { send: ['a'] });
  equal([got.opened, got.code, got.wasClean], [true, 1006, false], 'end');
});

await chromium.check('the server ends the stream without a Close', async () => {
  const got = await talk('/end', { send: ['a'] });
  equal([got.opened, got.code, got.wasClean], [true, 1006, false], 'end');
});

await chromium.check('a refusal', async () => {
  const got = await talk('/forbidden');
  equal([got.opened, got.code], [false, 1006], 'end');
  await logs(':method CONNECT :protocol websocket :path /forbidden');
});

await chromium.check('a page that goes away', async () => {
  await page.evaluate((target) => new Promise((resolve) => {
    window.kept = new WebSocket(target);
    window.kept.onopen = resolve;
  }), `${url.replace('https:', 'wss:')}/echo`);
  await page.goto('about:blank');
  // It resets the stream; a Close that it writes before that can be lost.
  await logs('end /echo (unclean: the connection was lost before the closing handshake|clean 1001 )');
});

await chromium.check('no WebSocket came other than by extended CONNECT', async () => {
  const asked = server.stdout.match(/^:method.*$/gm).filter((line) => !line.endsWith(':path /'));
  const others = asked.filter((line) => !line.startsWith(':method CONNECT :protocol websocket '));
  equal(others, [], 'other requests');
  if (asked.length < 8) throw new Error(`only ${asked.length} requests`);
});

await browser.close();
await server.stop();
chromium.finish();
