import { spawn } from 'node:child_process';
import { printable } from '@sluice/panel-http/printable';
import { SluiceError } from '@sluice/panel-kind/errors';

/** How a program ended. */
export interface Ended {
  exitCode: number;
  stdout: Buffer;
  stderr: string;
}

/**
 * Runs a program of the operating system with this input, and returns how it ended.
 *
 * @throws SluiceError `program_failed` if it can't be started
 */
export type Programs = (words: readonly string[], input?: Buffer) => Promise<Ended>;

/** Returns the programs that this environment finds. */
export function systemPrograms(env: Readonly<Record<string, string | undefined>>, cwd: string): Programs {
  return ([name = '', ...args], input) =>
    new Promise((resolve, reject) => {
      // Their messages are read: they must be in one language.
      const program = spawn(name, args, { env: { ...env, LC_ALL: 'C' }, cwd, stdio: 'pipe' });
      const stdout: Buffer[] = [];
      const stderr: Buffer[] = [];
      program.stdout.on('data', (chunk: Buffer) => stdout.push(chunk));
      program.stderr.on('data', (chunk: Buffer) => stderr.push(chunk));
      program.on('error', (error: { code?: string }) => {
        const why = error.code === 'ENOENT' ? 'is not installed' : `can't be started (${error.code ?? 'unknown'})`;
        reject(
          new SluiceError('program_failed', `The program ${name} ${why}`, {
            kind: 'conflict',
            details: { missing: name },
          }),
        );
      });
      program.on('close', (code) => {
        resolve({ exitCode: code ?? 1, stdout: Buffer.concat(stdout), stderr: Buffer.concat(stderr).toString('utf8') });
      });
      // A program that ends without reading its input is judged by its exit code.
      program.stdin.on('error', () => undefined);
      program.stdin.end(input);
    });
}

/**
 * Runs a program that has to succeed.
 *
 * @throws SluiceError `program_failed`
 */
export async function requireProgram(programs: Programs, words: readonly string[], input?: Buffer): Promise<void> {
  const ended = await programs(words, input);
  if (ended.exitCode !== 0) throw programFailed(words, ended);
}

/** Returns the error for a program that ended with a failure. */
export function programFailed(
  words: readonly string[],
  { exitCode, stderr }: Pick<Ended, 'exitCode' | 'stderr'>,
): SluiceError {
  const said = printable(stderr.trim()).slice(0, 500);
  const text = `"${words.join(' ')}" failed (exit ${exitCode})${said === '' ? '' : `: ${said}`}`;
  return new SluiceError('program_failed', text, { kind: 'conflict', details: { program: words[0] ?? '' } });
}
