// What the test programs of this folder share: named checks with a time limit,
// and programs that are started, read and stopped.
import { spawn } from 'node:child_process';
import path from 'node:path';

const children = new Set();
process.on('exit', () => children.forEach((child) => child.kill('SIGKILL')));
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => process.exit(1));

export const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** Fails with `what` unless `promise` settles within `ms`. */
export function within(ms, what, promise) {
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${what}: nothing after ${ms / 1000} s`)), ms);
  });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}

/** A list of checks under one name; each prints a line that `run` counts. */
export function suite(name) {
  let failed = 0;
  return {
    report(title, problem) {
      if (problem === undefined) {
        console.log(`ok    ${name}: ${title}`);
      } else {
        failed += 1;
        console.log(`FAIL  ${name}: ${title}: ${String(problem).replaceAll('\n', '\n      ')}`);
      }
    },
    async check(title, body, seconds = 60) {
      try {
        await within(seconds * 1000, title, Promise.resolve().then(body));
        this.report(title);
      } catch (error) {
        this.report(title, error.stack ?? error);
      }
    },
    /** Ends the process; open sockets and browsers must not keep it alive. */
    finish() {
      process.exit(failed === 0 ? 0 : 1);
    },
  };
}

export function equal(actual, expected, what = 'value') {
  const [a, e] = [JSON.stringify(actual), JSON.stringify(expected)];
  if (a !== e) throw new Error(`${what} is ${a}, not ${e}`);
}

/** The path of one of the crate's example programs. */
export function program(name) {
  const folder = process.env.PROGRAMS;
  if (!folder) throw new Error('PROGRAMS must name the folder of the built examples');
  return path.join(folder, name);
}

/** A running program: what it printed so far, its exit, and its input. */
export class Program {
  constructor(command, args, env = {}) {
    this.stdout = '';
    this.stderr = '';
    this.child = spawn(command, args, { env: { ...process.env, ...env } });
    children.add(this.child);
    this.child.stdin.on('error', () => {});
    this.child.stdout.setEncoding('utf8').on('data', (text) => { this.stdout += text; });
    this.child.stderr.setEncoding('utf8').on('data', (text) => { this.stderr += text; });
    this.exited = new Promise((resolve, reject) => {
      this.child.on('error', reject);
      this.child.on('close', (code, signal) => {
        children.delete(this.child);
        resolve(code ?? signal);
      });
    });
    this.exited.catch(() => {});
  }

  /** Waits until `stream` ('stdout' or 'stderr') matches `pattern`. */
  async prints(stream, pattern, seconds = 20) {
    const end = Date.now() + seconds * 1000;
    for (;;) {
      const match = this[stream].match(pattern);
      if (match) return match;
      if (Date.now() > end) {
        const seen = this[stream].slice(-400);
        throw new Error(`${stream} never matched ${pattern}; its end is ${JSON.stringify(seen)}`);
      }
      await Promise.race([sleep(10), this.exited]);
      if (this.child.exitCode !== null && !this[stream].match(pattern)) {
        throw new Error(`ended before ${stream} matched ${pattern}: ${this.stdout}${this.stderr}`);
      }
    }
  }

  async stop(signal = 'SIGTERM') {
    this.child.kill(signal);
    await this.exited;
  }
}
