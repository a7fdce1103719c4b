// The echo program with --hixie76 against another's client of draft 76, and RFC
// 6455 on the same port. Usage: node echo_cases.mjs NAME LACKING COMMAND [ARG]...,
// the command with a URL, and perhaps a subprotocol, behind it starting the client.
//
// What the client does: it sends each line of its input as a text, where it can
// all that come together in one write, prints each text that comes as a line, and
// closes at the end of its input. It says `open [SUBPROTOCOL]` and, after a
// Close from either side, `closed` on the standard error, and exits with 0 after
// a clean close. LACKING is what it cannot do: any of `empty` (an empty text),
// `long` (texts of more than a piece), `batch` (several texts on the way) and
// `subprotocol`.
import WebSocket from 'ws';
import { open, text } from '../echo_cases.mjs';
import { equal, program, Program, suite } from '../harness.mjs';

const [name, lacking, command, ...args] = process.argv.slice(2);
const echo = suite(`hixie-76 echo, ${name}`);
const can = (ability) => !lacking.split(' ').includes(ability);

/** Starts an echo program and gives it and its URL. */
async function start(...options) {
  const server = new Program(program('echo'), ['127.0.0.1:0', ...options]);
  const [, url] = await server.prints('stdout', /listening on (\S+)/);
  return { server, url };
}

const { server, url } = await start('--hixie76', '--subprotocol', 'chat.v2');

/** Runs the old client and gives what it printed and its exit code. */
async function run({ input = '', to = url, subprotocol = [], until = ['stderr', /open/] }) {
  const running = new Program(command, [...args, to, ...subprotocol]);
  running.child.stdin.write(input);
  await running.prints(...until);
  running.child.stdin.end();
  const code = await running.exited;
  return { code, stdout: running.stdout, stderr: running.stderr };
}

/** A connection of RFC 6455 that is there before the others and stays. */
const modern = await open(WebSocket, url);
async function modernEchoes(peer, message) {
  peer.socket.send(message);
  equal(await peer.next(), message, 'echo by RFC 6455');
}

await echo.check('lines go out as text and come back', async () => {
  const lines = `first\n${can('empty') ? '\n' : ''}third, with é€😀\n`;
  const got = await run({ input: lines, until: ['stdout', /third.*\n/] });
  equal(got, { code: 0, stdout: lines, stderr: 'open\nclosed\n' }, 'client');
  await modernEchoes(modern, 'still here');
});

await echo.check('closes at once', async () => {
  equal(await run({}), { code: 0, stdout: '', stderr: 'open\nclosed\n' }, 'client');
});

for (const size of [1, 125, 126, 1024, 65535, 65536, 1 << 20].filter((size) => size <= 1024 || can('long'))) {
  await echo.check(`line of ${size} bytes`, async () => {
    const line = `${text(size)}\n`;
    const got = await run({ input: line, until: ['stdout', /\n$/] });
    equal([got.code, got.stderr], [0, 'open\nclosed\n'], 'client');
    if (got.stdout !== line) throw new Error(`${got.stdout.length} characters came back different`);
  });
}

if (can('batch')) {
  const count = can('long') ? 1000 : 20;
  await echo.check(`${count} lines at once`, async () => {
    const lines = Array.from({ length: count }, (_, i) => `line ${i} ${text(i)}\n`).join('');
    const got = await run({ input: lines, until: ['stdout', new RegExp(`line ${count - 1} .*\n`)] });
    equal(got.code, 0, 'exit code');
    if (got.stdout !== lines) throw new Error('the lines came back different');
  });
}

if (can('subprotocol')) {
  await echo.check('subprotocol chosen', async () => {
    const got = await run({ subprotocol: ['chat.v2'] });
    equal(got, { code: 0, stdout: '', stderr: 'open chat.v2\nclosed\n' }, 'client');
  });
}

await echo.check('any path, with a query', async () => {
  const got = await run({ to: `${url}/some/path?key=value&other=%20`, input: 'here\n', until: ['stdout', /here\n/] });
  equal(got, { code: 0, stdout: 'here\n', stderr: 'open\nclosed\n' }, 'client');
});

await echo.check('a longer message than allowed ends with a Close of the server', async () => {
  const limited = await start('--hixie76', '--max-message', '100');
  const got = await run({ to: limited.url, input: `${text(100)}\n${text(101)}\n`, until: ['stderr', /closed/] });
  equal(got, { code: 0, stdout: `${text(100)}\n`, stderr: 'open\nclosed\n' }, 'client');
  await limited.server.stop();
});

await echo.check('both protocols at once on one port', async () => {
  const old = Array.from({ length: 5 }, async (_, i) => {
    const got = await run({ input: `old ${i}\n`, until: ['stdout', /old.*\n/] });
    equal(got, { code: 0, stdout: `old ${i}\n`, stderr: 'open\nclosed\n' }, 'old client');
  });
  const young = Array.from({ length: 20 }, async (_, i) => {
    const peer = await open(WebSocket, url);
    for (let size = i; size < 2000; size += 50) await modernEchoes(peer, text(size));
  });
  await Promise.all([...old, ...young]);
});

await echo.check('refused without --hixie76', async () => {
  const plain = await start();
  const refused = new Program(command, [...args, plain.url]);
  refused.child.stdin.end('never sent\n');
  const code = await refused.exited;
  if (code === 0 || /^open/m.test(refused.stderr)) throw new Error(`opened: ${refused.stderr}`);
  await modernEchoes(await open(WebSocket, plain.url), 'the other protocol works');
  await plain.server.stop();
});

await echo.check('the connection of RFC 6455 outlived them all', async () => {
  await modernEchoes(modern, 'still here');
  modern.socket.close(1000, 'done');
  const { code, wasClean } = await modern.closed;
  equal([code, wasClean], [1000, true], 'close');
  equal(server.child.exitCode, null, 'exit code of the server');
});

await server.stop();
echo.finish();
