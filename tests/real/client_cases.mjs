// The client program against another language's server.
// Usage: node client_cases.mjs NAME COMMAND [ARG]..., the command starting the server.
//
// What the server does by path: /echo echoes; /ping pings and says `ponged …` on
// the answer; /pong sends a Pong; /close closes as `code` and `reason` say;
// /header sends back the header X-Test; /binary sends 62 00 ff; /drop breaks
// off; /refuse/STATUS refuses. It knows the subprotocol `chat.v2`.
import { text } from './echo_cases.mjs';
import { equal, program, Program, suite } from './harness.mjs';

const [name, command, ...args] = process.argv.slice(2);
const client = suite(`client, ${name}`);
const server = new Program(command, args);
const [, url] = await server.prints('stdout', /listening on (\S+)/);

/** Runs the client on `path` with `input` and gives what it printed and its exit code. */
async function run(path, { input, options = [], until } = {}) {
  const running = new Program(program('client'), [url + path, ...options]);
  if (input !== undefined) running.child.stdin.write(input);
  if (until) await running.prints(...until);
  if (input !== undefined || until) running.child.stdin.end();
  const code = await running.exited;
  return { code, stdout: running.stdout, stderr: running.stderr };
}

await client.check('lines go out as text and come back', async () => {
  const lines = 'first\n\nthird, with é€😀\n';
  const got = await run('/echo', { input: lines, until: ['stdout', /third.*\n/] });
  equal(got, { code: 0, stdout: lines, stderr: 'open\nclosed 1000\n' }, 'client');
});

await client.check('end of the input right after a line', async () => {
  const got = await run('/echo', { input: 'hello\n' });
  equal([got.code, got.stderr], [0, 'open\nclosed 1000\n'], 'client');
});

for (const size of [125, 126, 65535, 65536, 1 << 20, 1 << 24]) {
  await client.check(`line of ${size} bytes`, async () => {
    const line = `${text(size)}\n`;
    const got = await run('/echo', { input: line, until: ['stdout', /\n$/] });
    equal(got.code, 0, 'exit code');
    if (got.stdout !== line) throw new Error(`${got.stdout.length} characters came back different`);
  });
}

await client.check('10,000 lines', async () => {
  const lines = Array.from({ length: 10_000 }, (_, i) => `line ${i}\n`).join('');
  const got = await run('/echo', { input: lines, until: ['stdout', /line 9999\n/] });
  equal(got.code, 0, 'exit code');
  if (got.stdout !== lines) throw new Error('the lines came back different');
});

await client.check('ping, answered', async () => {
  const got = await run('/ping', { until: ['stdout', /ponged are you\nthere\?\n/] });
  equal(got, {
    code: 0,
    stdout: 'ponged are you\nthere?\n',
    stderr: 'open\nping are you\\nthere?\nclosed 1000\n',
  }, 'client');
});

await client.check('pong', async () => {
  const got = await run('/pong', { until: ['stderr', /pong/] });
  equal(got.stderr, 'open\npong by the way\nclosed 1000\n', 'stderr');
});

for (const code of [1000, 1001, 1011, 3000, 4999]) {
  await client.check(`server closes with ${code}`, async () => {
    const got = await run(`/close?code=${code}&reason=${encodeURIComponent('so – long')}`);
    equal(got, { code: 0, stdout: '', stderr: `open\nclosed ${code} so – long\n` }, 'client');
  });
}

await client.check('server closes without a code', async () => {
  equal(await run('/close'), { code: 0, stdout: '', stderr: 'open\nclosed 1005\n' }, 'client');
});

for (const [status, rest] of [['401', 'Unauthorized'], ['302', 'Found ws://elsewhere.invalid/'], ['404', 'Not Found']]) {
  await client.check(`refusal ${status}`, async () => {
    const got = await run(`/refuse/${status}`);
    equal(got, { code: 1, stdout: '', stderr: `refused ${status} ${rest}\n` }, 'client');
  });
}

await client.check('transport that ends without a Close', async () => {
  const got = await run('/drop');
  equal([got.code, got.stdout], [1, ''], 'client');
  if (!/^open\nfailed 1006 .+\n$/.test(got.stderr)) throw new Error(`stderr is ${got.stderr}`);
});

await client.check('subprotocol chosen', async () => {
  const options = ['--subprotocol', 'chat.v1', '--subprotocol', 'chat.v2'];
  const got = await run('/echo', { options, until: ['stderr', /open/] });
  equal(got, { code: 0, stdout: '', stderr: 'open chat.v2\nclosed 1000\n' }, 'client');
});

await client.check('no subprotocol chosen', async () => {
  const got = await run('/echo', { options: ['--subprotocol', 'chat.v1'], until: ['stderr', /open/] });
  equal(got, { code: 0, stdout: '', stderr: 'open\nclosed 1000\n' }, 'client');
});

await client.check('header', async () => {
  const got = await run('/header', { options: ['--header', 'X-Test: a: b'], until: ['stdout', /\n/] });
  equal(got.stdout, 'a: b\n', 'stdout');
});

await client.check('binary message', async () => {
  const running = new Program(program('client'), [`${url}/binary`]);
  const bytes = [];
  running.child.stdout.setEncoding('latin1').on('data', (piece) => bytes.push(piece));
  await running.prints('stderr', /open/);
  await running.prints('stdout', /b/);
  running.child.stdin.end();
  equal(await running.exited, 0, 'exit code');
  equal(bytes.join(''), 'b\0\xff\n', 'stdout');
});

await server.stop();
client.finish();
