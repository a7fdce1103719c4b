// Our client at a server that is started here, anew for each case: not every
// server outlives the first.
// Usage: node against.mjs VERSION NAME CA CASES COMMAND [ARG]..., CASES being
// names with commas between them.
import { spawnSync } from 'node:child_process';
import { program, Program } from '../../real/harness.mjs';

const [version, name, ca, cases, command, ...args] = process.argv.slice(2);
let failed = false;
for (const title of cases.split(',')) {
  const server = new Program(command, args);
  const [, url] = await server.prints('stdout', /listening on (\S+)/);
  const words = [version, name, url, ca, title];
  const { status } = spawnSync(program('http_against'), words, { stdio: 'inherit', timeout: 100_000 });
  if (status !== 0) {
    failed = true;
    console.log(`      of the server: ${JSON.stringify(server.stderr.slice(-1000))}`);
  }
  await server.stop('SIGKILL');
}
process.exit(failed ? 1 : 0);
