// Node's http2 as a client of our HTTP/2 server. Usage: node http2_node_client.mjs CERT KEY
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import http2 from 'node:http2';
import { equal, program, Program, suite, within } from '../../real/harness.mjs';
import { over } from './websocket_over.mjs';

const node = suite('http2, node client');
const [certificate, key] = process.argv.slice(2);
const server = new Program(program('server'), ['http2', certificate, key]);
const [, url] = await server.prints('stdout', /listening on (\S+)/);
const logs = (line) => server.prints('stdout', new RegExp(`^${line}$`, 'm'));

const session = http2.connect(url, { ca: readFileSync(certificate) });
const [settings] = await within(10_000, 'SETTINGS', once(session, 'remoteSettings'));

function request(path, more = {}) {
  return session.request({
    ':method': 'CONNECT',
    ':protocol': 'websocket',
    ':scheme': 'https',
    ':path': path,
    ':authority': new URL(url).host,
    'sec-websocket-version': '13',
    ...more,
  }, { endStream: false });
}

const answer = async (stream) => (await once(stream, 'response'))[0];

async function open(path, more) {
  const stream = request(path, more);
  const fields = await answer(stream);
  equal(fields[':status'], 200, ':status');
  return { fields, stream, socket: over(stream, { isServer: false }) };
}

async function echoes(socket, sent) {
  socket.send(sent);
  const [got, isBinary] = await once(socket, 'message');
  equal(isBinary, typeof sent !== 'string', 'binary');
  if (!Buffer.from(sent).equals(got)) throw new Error(`${sent.length} came back as ${got.length}`);
}

async function closes(socket, code, reason) {
  socket.close(code, reason);
  const [got, why] = await once(socket, 'close');
  equal([got, String(why)], [code, reason], 'end');
}

await node.check('the setting', async () => equal(settings.enableConnectProtocol, true, 'setting'));

await node.check('text, binary and a close with a reason', async () => {
  const { fields, socket } = await open('/echo', { 'sec-websocket-protocol': 'other, chat.v1' });
  equal(fields['sec-websocket-protocol'], 'chat.v1', 'subprotocol');
  equal(fields['sec-websocket-accept'], undefined, 'accept');
  for (const size of [0, 1, 126, 65536, 1 << 20]) {
    await echoes(socket, 'x'.repeat(size));
    await echoes(socket, Buffer.alloc(size, 7));
  }
  await closes(socket, 4001, 'enough – ü');
  await logs('end /echo clean 4001 enough – ü');
});

await node.check('16 MiB', async () => {
  const { socket } = await open('/echo');
  await echoes(socket, Buffer.alloc(1 << 24, 1));
  await closes(socket, 1000, 'done');
});

await node.check('fragments and a ping between', async () => {
  const { socket } = await open('/echo');
  socket.send('frag', { fin: false });
  socket.ping('between');
  equal(String((await once(socket, 'pong'))[0]), 'between', 'pong');
  socket.send('mented', { fin: true });
  equal(String((await once(socket, 'message'))[0]), 'fragmented', 'message');
  await closes(socket, 1000, '');
});

await node.check('the server closes, and ends the stream', async () => {
  const { socket, stream } = await open('/close');
  const ended = once(stream, 'end');
  const [code, reason] = await once(socket, 'close');
  equal([code, String(reason)], [4001, 'over – ü'], 'end');
  await ended;
  await logs('end /close clean 4001');
});

await node.check('RST_STREAM is no clean end', async () => {
  const { stream, socket } = await open('/echo');
  await echoes(socket, 'a');
  stream.close(http2.constants.NGHTTP2_CANCEL);
  await logs('end /echo unclean: connection lost before the closing handshake');
});

await node.check('the server resets with CANCEL', async () => {
  const { stream, socket } = await open('/reset');
  socket.on('error', () => {});
  socket.send('a');
  await once(stream, 'close');
  equal(stream.rstCode, http2.constants.NGHTTP2_CANCEL, 'code');
});

for (const [title, path, more, status] of [
  ['403', '/forbidden', {}, 403],
  ['unknown :protocol', '/echo', { ':protocol': 'telnet' }, 501],
  ['version 8', '/echo', { 'sec-websocket-version': '8' }, 400],
]) {
  await node.check(`refusal: ${title}`, async () => {
    const stream = request(path, more);
    const fields = await answer(stream);
    equal(fields[':status'], status, ':status');
    if (title === 'version 8') equal(fields['sec-websocket-version'], '13', 'version');
    equal(fields.upgrade, undefined, 'upgrade');
    stream.close();
  });
}

session.destroy();
await server.stop();
node.finish();
