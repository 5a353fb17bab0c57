import { setMaxListeners } from 'node:events';
import { userInfo } from 'node:os';
import { processParts } from '@sluice/engine/process';
import type { Deps } from './context.js';
import { SluiceError } from '@sluice/panel-kind/errors';

declare const SLUICE_VERSION: string;

/** What the process gives to commands; `finish` ends it with an exit code once output is written. */
export function processDeps(): { deps: Deps; finish: (code: number) => void } {
  const interruption = new AbortController();
  // Every call under way listens to it.
  setMaxListeners(0, interruption.signal);
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => {
      interruption.abort(signal);
    });
  }
  // A closed pipe (`sluice log list | head`) is no failure.
  process.stdout.on('error', (error: { code?: string }) => {
    if (error.code === 'EPIPE') process.exit(0);
  });
  const { clock, randomBytes, owner, isAlive } = processParts();
  const deps: Deps = {
    stdout: process.stdout,
    stderr: process.stderr,
    readStdin,
    // In this order: looking at the input opens it, which takes a while that cron's commands can spare.
    ask: process.stdout.isTTY && process.stdin.isTTY ? ask : null,
    env: process.env,
    cwd: process.cwd(),
    clock,
    randomBytes,
    random: Math.random,
    login,
    owner,
    isAlive,
    signal: interruption.signal,
    version: SLUICE_VERSION,
    program: { node: process.execPath, script: process.argv[1] ?? '' },
  };
  return {
    deps,
    finish: (code) => {
      process.exitCode = code;
    },
  };
}

/** A container may run a user that has no name. */
function login(): string {
  try {
    return userInfo().username;
  } catch {
    return `user ${process.getuid?.() ?? ''}`.trim();
  }
}

async function readStdin(): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of process.stdin) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}

async function ask(question: string, options: { secret?: boolean } = {}): Promise<string> {
  const { createInterface } = await import('node:readline/promises');
  const { Writable } = await import('node:stream');
  let muted = false;
  const output = new Writable({
    write(chunk: Buffer, _encoding, done) {
      if (!muted) process.stdout.write(chunk);
      done();
    },
  });
  const prompt = createInterface({ input: process.stdin, output, terminal: true });
  // Ctrl-C and Ctrl-D close the prompt; by itself it would wait on.
  const closing = new AbortController();
  prompt.once('close', () => {
    closing.abort();
  });
  try {
    const answer = prompt.question(question, { signal: closing.signal });
    muted = options.secret === true;
    return await answer;
  } catch (error) {
    if ((error as { name?: string }).name !== 'AbortError') throw error;
    throw new SluiceError('interrupted', 'Interrupted: the question was not answered', { kind: 'interrupted' });
  } finally {
    prompt.close();
    if (muted) process.stdout.write('\n');
  }
}
