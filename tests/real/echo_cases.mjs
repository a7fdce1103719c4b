// What any peer with the WebSocket interface of browsers does with the echo
// program. Runs in Node and, as it is, inside a page.

const SIZES = [0, 1, 125, 126, 65535, 65536, 1 << 20, 1 << 24];

/** Text of exactly `size` bytes in UTF-8, with characters of 1 to 4 bytes. */
export function text(size) {
  const pattern = 'aé€😀';
  return pattern.repeat(Math.floor(size / 10)) + 'x'.repeat(size % 10);
}

export function binary(size) {
  const bytes = new Uint8Array(size);
  for (let i = 0; i < size; i += 1) bytes[i] = (i * 31 + (i >> 8)) & 0xff;
  return bytes;
}

/** Opens a connection that hands out its messages one by one. */
export function open(WebSocket, url, protocols) {
  const socket = new WebSocket(url, protocols);
  socket.binaryType = 'arraybuffer';
  const messages = [];
  const waiting = [];
  socket.onmessage = ({ data }) => {
    const next = waiting.shift();
    if (next) next.resolve(data);
    else messages.push(data);
  };
  const peer = {
    socket,
    next: () => new Promise((resolve, reject) => {
      if (messages.length) resolve(messages.shift());
      else waiting.push({ resolve, reject });
    }),
    closed: new Promise((resolve) => {
      socket.onclose = ({ code, reason, wasClean }) => {
        waiting.forEach(({ reject }) => reject(new Error(`closed ${code} ${reason}`)));
        resolve({ code, reason, wasClean });
      };
    }),
  };
  return new Promise((resolve, reject) => {
    socket.onopen = () => resolve(peer);
    socket.onerror = (event) => reject(new Error(`cannot connect: ${event.message ?? event.type}`));
  });
}

async function echoes(peer, sent) {
  peer.socket.send(sent);
  const got = await peer.next();
  if (typeof sent === 'string') {
    if (got !== sent) throw new Error(`text of ${sent.length} came back different (${got.length})`);
    return;
  }
  const bytes = new Uint8Array(got);
  if (bytes.length !== sent.length) throw new Error(`${sent.length} bytes came back as ${bytes.length}`);
  const differing = bytes.findIndex((byte, i) => byte !== sent[i]);
  if (differing >= 0) throw new Error(`byte ${differing} of ${sent.length} came back different`);
}

async function closes(peer, code, reason) {
  if (code === undefined) peer.socket.close();
  else peer.socket.close(code, reason);
  const got = await peer.closed;
  // A Close without a code reads as 1005.
  const wanted = { code: code ?? 1005, reason: reason ?? '', wasClean: true };
  if (JSON.stringify(got) !== JSON.stringify(wanted)) {
    throw new Error(`${JSON.stringify(got)} instead of ${JSON.stringify(wanted)}`);
  }
}

/**
 * Runs every case; `check(title, body)` judges one.
 * The server must know the subprotocols `chat.v1` and `chat.v2`.
 */
export async function run({ WebSocket, url, check, codes, connections }) {
  for (const [kind, make] of [['text', text], ['binary', binary]]) {
    for (const size of SIZES) {
      await check(`${kind} of ${size} bytes`, async () => {
        const peer = await open(WebSocket, url);
        await echoes(peer, make(size));
        await echoes(peer, make(size));
        await closes(peer, 1000, 'done');
      });
    }
  }
  await check('text and binary by turns', async () => {
    const peer = await open(WebSocket, url);
    const sent = [];
    for (let i = 0; i < 500; i += 1) {
      sent.push(i % 2 ? text(i) : binary(i));
      peer.socket.send(sent[i]);
    }
    for (let i = 0; i < 500; i += 1) {
      const got = await peer.next();
      const same = typeof got === 'string' ? got === sent[i] : new Uint8Array(got).length === sent[i].length;
      if (!same) throw new Error(`message ${i} differs`);
    }
    await closes(peer, 1000, '');
  });
  for (const [code, reason] of [[undefined, undefined], ...codes.map((code) => [code, `reason ${code} – ü`])]) {
    await check(`close ${code ?? 'without a code'}`, async () => {
      await closes(await open(WebSocket, url), code, reason);
    });
  }
  for (const offered of [['chat.v1', 'chat.v2'], ['chat.v2', 'chat.v1'], ['unknown', 'chat.v2']]) {
    await check(`subprotocols ${offered.join(', ')}`, async () => {
      const peer = await open(WebSocket, url, offered);
      const wanted = offered.find((name) => name !== 'unknown');
      if (peer.socket.protocol !== wanted) throw new Error(`chose '${peer.socket.protocol}', not '${wanted}'`);
      await echoes(peer, text(10));
      await closes(peer, 1000, '');
    });
  }
  await check(`${connections} connections at once`, async () => {
    const peers = await Promise.all(Array.from({ length: connections }, () => open(WebSocket, url)));
    await Promise.all(peers.map((peer, i) => echoes(peer, text(1000 + i))));
    await Promise.all(peers.map((peer, i) => echoes(peer, binary(1000 + i))));
    await Promise.all(peers.map((peer) => closes(peer, 1000, '')));
  });
  await check('any path, with a query', async () => {
    const peer = await open(WebSocket, `${url}/some/path?key=value&other=%20`);
    await echoes(peer, text(10));
    await closes(peer, 1000, '');
  });
}
