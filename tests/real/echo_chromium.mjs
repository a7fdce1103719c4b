// The echo program against headless Chromium. Usage: node echo_chromium.mjs ws://HOST:PORT
import { readFileSync } from 'node:fs';
import net from 'node:net';
import { launch } from './browser.mjs';
import { equal, sleep, suite } from './harness.mjs';

const [url] = process.argv.slice(2);
const chromium = suite('echo, chromium');
const source = readFileSync(new URL('echo_cases.mjs', import.meta.url), 'utf8');
const browser = await launch();

// The page that the echo program itself gives to a plain GET.
const page = await browser.newPage();
await chromium.check('plain GET gives a page', async () => {
  const response = await page.goto(url.replace('ws:', 'http:'));
  equal(response.status(), 200, 'status');
  if (!/echo/i.test(await page.textContent('body'))) throw new Error('the page says nothing of echo');
});

await chromium.check('the cases ran', async () => {
  await page.exposeFunction('report', (title, problem) => chromium.report(title, problem ?? undefined));
  await page.evaluate(async ([code, server]) => {
    const blob = new Blob([code], { type: 'text/javascript' });
    const cases = await import(URL.createObjectURL(blob));
    await cases.run({
      WebSocket,
      url: server,
      codes: [1000, 3000, 4999],
      connections: 100,
      check: async (title, body) => {
        try {
          const late = new Promise((_, reject) => setTimeout(() => reject(new Error('timed out')), 60_000));
          await Promise.race([body(), late]);
          await report(title, null);
        } catch (error) {
          await report(title, error.stack ?? String(error));
        }
      },
    });
  }, [source, url]);
}, 600);

/** A relay to the echo program that keeps what went through it. */
function relay(port) {
  const seen = { fromBrowser: Buffer.alloc(0), fromServer: Buffer.alloc(0) };
  const server = net.createServer({ allowHalfOpen: true }, (near) => {
    const far = net.connect({ host: '127.0.0.1', port, allowHalfOpen: true });
    near.on('data', (data) => { seen.fromBrowser = Buffer.concat([seen.fromBrowser, data]); });
    far.on('data', (data) => { seen.fromServer = Buffer.concat([seen.fromServer, data]); });
    near.on('error', () => far.end());
    far.on('error', () => near.destroy());
    // Not `pipe`: what the server answers counts even when the browser has gone.
    near.on('data', (data) => far.write(data)).on('end', () => far.end());
    far.on('data', (data) => near.writable && near.write(data)).on('end', () => near.end());
  });
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => resolve({ seen, port: server.address().port }));
  });
}

await chromium.check('navigating away closes with 1001', async () => {
  const { seen, port } = await relay(Number(new URL(url).port));
  await page.evaluate((server) => new Promise((resolve, reject) => {
    window.kept = new WebSocket(server);
    window.kept.onopen = resolve;
    window.kept.onerror = reject;
  }), `ws://127.0.0.1:${port}`);
  await page.goto('about:blank');
  // The browser's Close is masked: 88 82, four bytes of key, two bytes of code.
  let close;
  for (let i = 0; i < 500; i += 1) {
    close = seen.fromBrowser.subarray(-8);
    if (close[0] === 0x88 && seen.fromServer.at(-4) === 0x88) break;
    await sleep(10);
  }
  equal(close.subarray(0, 2).toString('hex'), '8882', 'header of the browser\'s last frame');
  equal(((close[6] ^ close[2]) << 8) | (close[7] ^ close[3]), 1001, 'code of the browser');
  equal(seen.fromServer.subarray(-4).toString('hex'), '880203e9', 'last frame of the server');
});

await browser.close();
chromium.finish();
