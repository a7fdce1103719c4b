// Compression of the echo program against headless Chromium, which offers
// `permessage-deflate; client_max_window_bits` and nothing else.
import { readFileSync } from 'node:fs';
import { launch } from './browser.mjs';
import { agreed, element, PROGRAM_OPTIONS } from './deflate_cases.mjs';
import { equal, program, Program, suite } from './harness.mjs';

const deflate = suite('deflate, echo, chromium');
const sources = ['deflate_cases.mjs', 'echo_cases.mjs'].map(
  (name) => readFileSync(new URL(name, import.meta.url), 'utf8'),
);
const browser = await launch();
const page = await browser.newPage();

for (const [options, wanted] of PROGRAM_OPTIONS) {
  await deflate.check(`echo ${options.join(' ')}`, async () => {
    const running = new Program(program('echo'), ['127.0.0.1:0', ...options]);
    const [, url] = await running.prints('stdout', /listening on (\S+)/);
    await page.goto(url.replace('ws:', 'http:'));
    const [extensions, code] = await page.evaluate(async ([codes, server]) => {
      const load = (code) => import(URL.createObjectURL(new Blob([code], { type: 'text/javascript' })));
      const [{ converse }, { open }] = await Promise.all(codes.map(load));
      const peer = await open(WebSocket, server);
      await converse(peer);
      peer.socket.close(1000);
      return [peer.socket.extensions, (await peer.closed).code];
    }, [sources, url]);
    equal(element(extensions), wanted ? agreed(wanted) : '', 'agreed');
    equal(code, 1000, 'close code');
    await running.stop();
  });
}

await browser.close();
deflate.finish();
