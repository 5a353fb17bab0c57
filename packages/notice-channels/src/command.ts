import { spawn } from 'node:child_process';
import type { ChannelDependencies, ChannelMessage, NoticeChannel } from '@sluice/contract/ports';
import { programEnv, toNotSent } from '@sluice/panel-kind';
import { quoteAnswer } from './quote-answer.js';

/** Bytes of its messages that are read. */
const MOST_BYTES = 4096;

/** Opens a program: it is run without a shell for each message, which it reads from standard input as JSON. */
export function openCommand({ secret, timeoutMs, childEnv }: ChannelDependencies): NoticeChannel {
  const words = secret('command').trim().split(/\s+/);
  const env = programEnv(process.env, childEnv);
  return {
    send: ({ view: _view, ...message }, signal) => run(words, message, { timeoutMs, signal, env }),
    close: () => undefined,
  };
}

function run(
  [program = '', ...args]: readonly string[],
  message: Omit<ChannelMessage, 'view'>,
  { timeoutMs, signal, env }: { timeoutMs: number; signal: AbortSignal | undefined; env: NodeJS.ProcessEnv },
): Promise<void> {
  return new Promise((resolve, reject) => {
    signal?.throwIfAborted();
    // In a group of its own, which ends as a whole.
    const child = spawn(program, args, { env, detached: true, stdio: ['pipe', 'ignore', 'pipe'] });
    const chunks: Buffer[] = [];
    let size = 0;
    let isLate = false;
    const kill = (): void => {
      try {
        if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
      } catch {
        // It ended by itself.
      }
      child.stderr.destroy();
    };
    const timer = setTimeout(() => {
      isLate = true;
      kill();
    }, timeoutMs);
    signal?.addEventListener('abort', kill, { once: true });
    const done = (error: Error | null): void => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', kill);
      if (error === null) resolve();
      else reject(signal?.aborted === true ? (signal.reason as Error) : error);
    };
    child.stderr.on('data', (chunk: Buffer) => {
      if (size < MOST_BYTES) chunks.push(chunk);
      size += chunk.length;
    });
    child.once('error', ({ code = '' }: NodeJS.ErrnoException) => {
      done(toNotSent(`the program could not be started (${code})`, { answered: false }));
    });
    child.once('exit', (code, ended) => {
      // What it started may hold its output open.
      kill();
      if (code === 0) {
        done(null);
        return;
      }
      const [line = ''] = Buffer.concat(chunks).toString('utf8').trim().split('\n');
      const why = isLate ? `did not end within ${timeoutMs / 1000} s` : `ended with ${code ?? ended ?? 'an error'}`;
      const said = line === '' ? '' : `: ${quoteAnswer(line)}`;
      done(toNotSent(`the program ${why}${said}`, { answered: !isLate }));
    });
    // A program that reads no input may close it.
    child.stdin.on('error', () => undefined);
    child.stdin.end(`${JSON.stringify(message)}\n`);
  });
}
