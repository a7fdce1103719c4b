// Compression of the client program against another language's server.
// Usage: node deflate_client.mjs NAME COMMAND [ARG]..., the command starting the server.
//
// The server first sends what it was offered and then what was agreed on, or
// `nothing`, each as a message, and then echoes. Its query says what it demands:
// serverAlone, clientAlone, serverBits=N, clientBits=N; off for no compression.
import { agreed, combinations, element, PROGRAM_OPTIONS } from './deflate_cases.mjs';
import { equal, program, Program, suite } from './harness.mjs';

const [name, command, ...args] = process.argv.slice(2);
const deflate = suite(`deflate, client, ${name}`);
const server = new Program(command, args);
const [, url] = await server.prints('stdout', /listening on (\S+)/);

const json = '{"id":12345,"name":"value – ü","list":[1,2,3,4,5]},';
const lines = [
  'Hello', 'Hello', '', json.repeat(20), json.repeat(20), ...Array.from({ length: 20 }, (_, i) => json + i),
  Array.from({ length: 9_000 }, (_, i) => (i * i * 7919) % 10_007).join(' '), json.repeat(5_000), 'x'.repeat(100_000),
  Array.from({ length: 9_000 }, (_, i) => (i * i * 7919) % 10_007).join(' '), 'Hello', 'last',
].map((line) => `${line}\n`).join('');

async function talk(query, options, { offered, expected }) {
  const running = new Program(program('client'), [`${url}/?${query}`, ...options]);
  running.child.stdin.write(lines);
  await running.prints('stdout', /\nlast\n$/);
  running.child.stdin.end();
  equal([await running.exited, running.stderr], [0, 'open\nclosed 1000\n'], 'client');
  const [first, second, ...rest] = running.stdout.split('\n');
  if (offered !== undefined) equal(element(first), offered, 'offered');
  equal(element(second), expected, 'agreed');
  if (rest.join('\n') !== lines) throw new Error('the lines came back different');
}

const query = (wanted) => new URLSearchParams(Object.entries(wanted).filter(([, value]) => value)).toString();
const browser = 'permessage-deflate; client_max_window_bits';
for (const wanted of combinations([undefined, 9, 10, 12, 14, 15])) {
  const expected = agreed(wanted);
  await deflate.check(`answer ${expected}`, () => talk(query(wanted), [], { offered: browser, expected }));
}

await deflate.check('no answer', () => talk('off', [], { offered: browser, expected: 'nothing' }));

for (const [options, wanted] of PROGRAM_OPTIONS) {
  await deflate.check(`client ${options.join(' ')}`, async () => {
    if (!wanted) {
      await talk('', options, { offered: 'nothing', expected: 'nothing' });
      return;
    }
    const offered = wanted.clientBits ? agreed(wanted) : element(`${agreed(wanted)}; client_max_window_bits`);
    await talk('', options, { offered, expected: agreed(wanted) });
  });
}

await server.stop();
deflate.finish();
