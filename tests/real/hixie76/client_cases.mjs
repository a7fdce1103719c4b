// The client program in the protocol of draft 76 against another's server.
// Usage: node client_cases.mjs NAME COMMAND [ARG]..., the command starting the server.
//
// What the server does by path: /echo echoes; /burst sends `one`, an empty text,
// `é€😀` and `four` at once; /close sends `last` and closes; /drop breaks off;
// /wrong answers the challenge wrongly. It knows the subprotocol `chat.v2`.
//
// It prints `listening on URL`, and behind it what it cannot do: `without` and
// any of `empty` (an empty text), `long` (texts of more than a piece), `close`,
// `answered`, `wrong`, `subprotocol`. It prints for each connection `PATH
// hixie-76`, or `other` for another version, and on /close which bytes came after
// its Close: `after the close: ff00`.
import { text } from '../echo_cases.mjs';
import { equal, program, Program, suite } from '../harness.mjs';

const [name, command, ...args] = process.argv.slice(2);
const client = suite(`hixie-76 client, ${name}`);
const server = new Program(command, args);
const [, url, , lacking = ''] = await server.prints('stdout', /listening on (\S+)( without (.*))?\n/);
const can = (ability) => !lacking.split(' ').includes(ability);
let connections = 0;

/** Runs the client on `path` with `input` and gives what it printed and its exit code. */
async function run(path, { input, options = ['--hixie76'], until, version = 'hixie-76' } = {}) {
  const running = new Program(program('client'), [url + path, ...options]);
  if (input !== undefined) running.child.stdin.write(input);
  if (until) await running.prints(...until);
  if (input !== undefined || until) running.child.stdin.end();
  const code = await running.exited;
  connections += 1;
  await server.prints('stdout', new RegExp(`(^/.*\n[^]*){${connections}}`, 'm'));
  const seen = server.stdout.match(/^\/.*$/gm).at(-1);
  equal(seen, `${path} ${version}`, 'connection');
  return { code, stdout: running.stdout, stderr: running.stderr };
}

await client.check('lines go out as text and come back', async () => {
  const lines = `first\n${can('empty') ? '\n' : ''}third, with é€😀\n`;
  const got = await run('/echo', { input: lines, until: ['stdout', /third.*\n/] });
  equal(got, { code: 0, stdout: lines, stderr: 'open\nclosed 1005\n' }, 'client');
});

for (const size of [1, 125, 126, 1024, 65535, 65536, 1 << 20].filter((size) => size <= 1024 || can('long'))) {
  await client.check(`line of ${size} bytes`, async () => {
    const line = `${text(size)}\n`;
    const got = await run('/echo', { input: line, until: ['stdout', /\n$/] });
    equal(got.code, 0, 'exit code');
    if (got.stdout !== line) throw new Error(`${got.stdout.length} characters came back different`);
  });
}

const count = can('long') ? 1000 : 20;
await client.check(`${count} lines at once`, async () => {
  const lines = Array.from({ length: count }, (_, i) => `line ${i} ${text(i)}\n`).join('');
  const got = await run('/echo', { input: lines, until: ['stdout', new RegExp(`line ${count - 1} .*\n`)] });
  equal(got.code, 0, 'exit code');
  if (got.stdout !== lines) throw new Error('the lines came back different');
});

await client.check('several messages in one write of the server', async () => {
  const got = await run('/burst', { until: ['stdout', /four\n/] });
  const stdout = `one\n${can('empty') ? '\n' : ''}é€😀\nfour\n`;
  equal(got, { code: 0, stdout, stderr: 'open\nclosed 1005\n' }, 'client');
});

if (can('close')) {
  await client.check('server closes', async () => {
    const got = await run('/close');
    equal(got, { code: 0, stdout: 'last\n', stderr: 'open\nclosed 1005\n' }, 'client');
    if (can('answered')) await server.prints('stdout', /after the close: ff00\n/);
  });
}

await client.check('transport that ends without a Close', async () => {
  const got = await run('/drop');
  equal([got.code, got.stdout], [1, ''], 'client');
  if (!/^open\nfailed 1006 .+\n$/.test(got.stderr)) throw new Error(`stderr is ${got.stderr}`);
});

if (can('wrong')) {
  await client.check('wrong answer to the challenge', async () => {
    const got = await run('/wrong', { input: 'never sent\n' });
    equal([got.code, got.stdout], [1, ''], 'client');
    if (!/^refused 101 .*challenge.*\n$/.test(got.stderr)) throw new Error(`stderr is ${got.stderr}`);
  });
}

if (can('subprotocol')) {
  await client.check('subprotocol chosen', async () => {
    const options = ['--hixie76', '--subprotocol', 'chat.v2'];
    const got = await run('/echo', { options, until: ['stderr', /open/] });
    equal(got, { code: 0, stdout: '', stderr: 'open chat.v2\nclosed 1005\n' }, 'client');
  });
}

await client.check('RFC 6455 with the same server', async () => {
  const got = await run('/echo', { input: 'é€😀\n', options: [], until: ['stdout', /\n/], version: 'other' });
  equal([got.code, got.stdout], [0, 'é€😀\n'], 'client');
});

await server.stop();
client.finish();
