import { setMaxListeners } from 'node:events';
import { hostname, userInfo } from 'node:os';
import { processParts } from '@sluice/engine/process';
import type { Deps } from './context.js';
import { ExitCode } from './exit-codes.js';

declare const SLUICE_VERSION: string;

/** Returns what commands need of the process; `finish` sets the exit code, and the process ends once output is written. */
export function processDeps(): { deps: Deps; finish: (code: number) => void } {
  const interruption = new AbortController();
  // Every call in progress listens to it.
  setMaxListeners(0, interruption.signal);
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => {
      interruption.abort(signal);
    });
  }
  const output = watchOutput();
  const { clock, randomBytes, owner, isAlive } = processParts();
  const deps: Deps = {
    stdout: process.stdout,
    stderr: process.stderr,
    readStdin,
    // In this order: reading process.stdin opens it, which would slow down commands that cron runs.
    ask: process.stdout.isTTY && process.stdin.isTTY ? ask : null,
    env: process.env,
    cwd: process.cwd(),
    clock,
    randomBytes,
    random: Math.random,
    login,
    host: hostname(),
    owner,
    isAlive,
    isRoot: process.geteuid?.() === 0,
    signal: interruption.signal,
    readerGone: output.readerGone,
    version: SLUICE_VERSION,
    hideArguments: () => {
      process.title = 'sluice';
    },
    program: { node: process.execPath, script: process.argv[1] ?? '' },
  };
  return {
    deps,
    finish: (code) => {
      process.exitCode = code === ExitCode.done && output.isLost() ? ExitCode.failed : code;
    },
  };
}

/**
 * A closed pipe (`sluice log list | head`) neither is a failure nor breaks off what a command does; a full disk is one. What
 * can't be written to standard error is lost: a run must not end for it.
 */
function watchOutput(): { readerGone: AbortSignal; isLost: () => boolean } {
  const reader = new AbortController();
  let lost = false;
  process.stdout.on('error', ({ code, message }: { code?: string; message: string }) => {
    if (code === 'EPIPE') {
      reader.abort();
      return;
    }
    if (!lost) process.stderr.write(`sluice: the output was not written: ${message}\n`);
    lost = true;
    // The command may have ended already.
    if (process.exitCode === ExitCode.done) process.exitCode = ExitCode.failed;
  });
  process.stderr.on('error', () => undefined);
  return { readerGone: reader.signal, isLost: () => lost };
}

/** Returns the user's name, or the user id in a container whose user has no name. */
function login(): string {
  try {
    return userInfo().username;
  } catch {
    return `user ${process.getuid?.() ?? ''}`.trim();
  }
}

async function readStdin(): Promise<Uint8Array> {
  const chunks: Buffer[] = [];
  for await (const chunk of process.stdin) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

async function ask(question: string, options?: { secret?: boolean }): Promise<string> {
  const { askLine } = await import('./terminal/ask.js');
  return askLine(process, question, options);
}
