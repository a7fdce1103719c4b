// What the tests of compression share: every combination of parameters, and
// messages that tell windows and takeover apart.

/** Bytes that do not compress, the same every time. */
export function noise(size, seed = 1) {
  const bytes = new Uint8Array(size);
  let state = BigInt(seed) * 0x9e3779b97f4a7c15n;
  for (let i = 0; i < size; i += 1) {
    state = BigInt.asUintN(64, state * 6364136223846793005n + 1442695040888963407n);
    bytes[i] = Number(state >> 56n);
  }
  return bytes;
}

const json = '{"id":12345,"name":"value – ü","list":[1,2,3,4,5]},';

/** Messages in an order that matters where the window is kept. */
export const MESSAGES = [
  'Hello', 'Hello', '', json.repeat(20), json.repeat(20), noise(200, 1), noise(700, 2), noise(200, 1),
  noise(700, 2), json.repeat(3), noise(40_000, 3), noise(5_000, 4), noise(40_000, 3), json.repeat(5_000),
  new Uint8Array(0), 'x'.repeat(100_000), 'Hello',
];

export const flags = [false, true];
export const windows = [undefined, 9, 10, 11, 12, 13, 14, 15];

/** Every combination of the four parameters; `bits` are the windows to try. */
export function* combinations(bits = windows) {
  for (const serverAlone of flags) {
    for (const clientAlone of flags) {
      for (const serverBits of bits) {
        for (const clientBits of bits) yield { serverAlone, clientAlone, serverBits, clientBits };
      }
    }
  }
}

/** The parameters of an element as a sorted list, to compare it. */
export function element(text) {
  const [name, ...parameters] = text.split(';').map((part) => part.trim());
  return [name, ...parameters.sort()].join('; ');
}

/** The element that says this. */
export function agreed({ serverAlone, clientAlone, serverBits, clientBits }) {
  const parameters = ['permessage-deflate'];
  if (serverAlone) parameters.push('server_no_context_takeover');
  if (clientAlone) parameters.push('client_no_context_takeover');
  if (serverBits) parameters.push(`server_max_window_bits=${serverBits}`);
  if (clientBits) parameters.push(`client_max_window_bits=${clientBits}`);
  return element(parameters.join('; '));
}

/** Sends every message, alone and then all at once, and expects them back. */
export async function converse(peer) {
  const same = (got, sent) => (typeof sent === 'string'
    ? got === sent
    : typeof got !== 'string' && new Uint8Array(got).every((byte, i) => byte === sent[i])
      && new Uint8Array(got).length === sent.length);
  for (const [i, message] of MESSAGES.entries()) {
    peer.socket.send(message);
    if (!same(await peer.next(), message)) throw new Error(`message ${i} came back different`);
  }
  for (const message of MESSAGES) peer.socket.send(message);
  for (const [i, message] of MESSAGES.entries()) {
    if (!same(await peer.next(), message)) throw new Error(`message ${i} of many came back different`);
  }
}

/** The options of the programs `echo` and `client`, and what a peer with defaults agrees to. */
export const PROGRAM_OPTIONS = [
  [[], {}],
  [['--no-deflate'], null],
  [['--deflate-level', '0'], {}],
  [['--deflate-level', '1'], {}],
  [['--deflate-level', '9'], {}],
  [['--no-context-takeover'], { serverAlone: true, clientAlone: true }],
  ...[9, 10, 11, 12, 13, 14].flatMap((bits) => [
    [['--window-bits', String(bits)], { serverBits: bits, clientBits: bits }],
    [['--window-bits', String(bits), '--no-context-takeover'],
      { serverBits: bits, clientBits: bits, serverAlone: true, clientAlone: true }],
  ]),
];

/** What a socket of `ws` has agreed on, which its own `extensions` only names. */
export function agreedByWs(socket) {
  const params = socket._extensions['permessage-deflate']?.params;
  if (!params) return '';
  const words = Object.entries(params).map(([name, value]) => (value === true ? name : `${name}=${value}`));
  return element(['permessage-deflate', ...words].join('; '));
}
