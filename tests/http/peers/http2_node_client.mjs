// Node's http2 as a client of our HTTP/2 server. Usage: node http2_node_client.mjs CERT KEY
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import http2 from 'node:http2';
import { equal, program, Program, suite, within } from '../../real/harness.mjs';
import { over } from './websocket_over.mjs';

const node = suite('http2, node client');
const [certificate, key] = process.argv.slice(2);
const server = new Program(program('http_server'), ['http2', certificate, key]);
const [, url] = await server.prints('stdout', /listening on (\S+)/);

/** Waits for a line of the server's log, behind its first `before` characters. */
const logs = (line, before = 0) =>
  server.prints('stdout', new RegExp(`^[^]{${before},}^${line}$`, 'm'));

const session = http2.connect(url, { ca: readFileSync(certificate) });
const [settings] = await within(10_000, 'SETTINGS', once(session, 'remoteSettings'));

function request(path, more = {}, waitForTrailers = false) {
  return session.request({
    ':method': 'CONNECT',
    ':protocol': 'websocket',
    ':scheme': 'https',
    ':path': path,
    ':authority': new URL(url).host,
    'sec-websocket-version': '13',
    ...more,
  }, { endStream: false, waitForTrailers });
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

/** Everything that the server sends on a stream. */
async function all(stream) {
  const parts = [];
  for await (const part of stream) parts.push(part);
  return Buffer.concat(parts).toString('latin1');
}

// "Hello" and a Close with 1000, masked.
const frames = Buffer.from('818537fa213d7f9f4d5158' + '88820000000003e8', 'hex');

await node.check('frames that come before the answer', async () => {
  const stream = request('/echo');
  stream.write(frames);
  equal(await all(stream), '\x81\x05Hello\x88\x02\x03\xe8', 'answer');
  await logs('end /echo clean 1000 ');
});

await node.check('a frame in DATA of one byte each', async () => {
  const stream = request('/echo');
  for (const byte of frames) {
    stream.write(Buffer.of(byte));
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  equal(await all(stream), '\x81\x05Hello\x88\x02\x03\xe8', 'answer');
});

for (const trailers of [false, true]) {
  await node.check(`END_STREAM ${trailers ? 'on trailers' : 'alone'} is no clean end`, async () => {
    const before = server.stdout.length;
    const stream = request('/echo', {}, trailers);
    stream.on('wantTrailers', () => stream.sendTrailers({ 'x-trailer': 'nothing' }));
    await answer(stream);
    stream.end();
    equal(await all(stream), '', 'answer');
    await logs('end /echo unclean: the connection was lost before the closing handshake', before);
  });
}

await node.check('a CONNECT without :protocol opens no tunnel', async () => {
  const stream = session.request({ ':method': 'CONNECT', ':authority': new URL(url).host }, { endStream: false });
  equal((await answer(stream))[':status'], 400, ':status');
  stream.close();
});

await node.check('RST_STREAM is no clean end', async () => {
  const { stream, socket } = await open('/echo');
  await echoes(socket, 'a');
  stream.close(http2.constants.NGHTTP2_CANCEL);
  await logs('end /echo unclean: the connection was lost before the closing handshake');
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
