import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { JsonOf, Outcome } from './harness.js';

/** The built command, as an operator runs it. */
export const COMMAND = path.join(path.dirname(fileURLToPath(import.meta.url)), '..', '..', 'dist', 'main.js');

/** How a process ended: with an exit code, or by a signal. */
export interface ProcessEnd extends Outcome {
  signal: string | null;
}

/** The command in a process of its own. */
export interface CommandProcess {
  pid: number;
  ended: Promise<ProcessEnd>;
  /** Returns what it prints first of this pattern; rejects if it ends without it. */
  printed: (pattern: RegExp) => Promise<string>;
  /** Ends it at once, as a power cut would. */
  kill: () => void;
  /** Sends another signal. */
  signal: (name: NodeJS.Signals) => void;
}

/** Where and how a command is run. */
export interface ProcessOptions {
  cwd: string;
  env?: Record<string, string>;
  /** A program with its first words that runs the command, such as `['/bin/sh', '-c', 'exec "$@"', 'sh']`. */
  through?: string[];
}

/** Starts the built command; it has to have been built before (`npm run build`). */
export function startCommand(words: string[], { cwd, env = {}, through = [] }: ProcessOptions): CommandProcess {
  if (!existsSync(COMMAND)) throw new Error('The command is not built: run "npm run build" in apps/cli before');
  return startProgram([...through, process.execPath, COMMAND, ...words], { cwd, env });
}

/** Starts a program with its words. */
export function startProgram(
  [program = '', ...words]: readonly string[],
  { cwd, env = {} }: Omit<ProcessOptions, 'through'>,
): CommandProcess {
  const child = spawn(program, words, {
    cwd,
    env: { PATH: process.env['PATH'] ?? '', HOME: cwd, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  const ended = new Promise<ProcessEnd>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => {
      resolve({
        exitCode: code ?? -1,
        signal,
        stdout,
        stderr,
        json: (() => JSON.parse(stdout) as unknown) as JsonOf,
      });
    });
  });
  const printed = (pattern: RegExp): Promise<string> =>
    new Promise((resolve, reject) => {
      const find = (): void => {
        const found = pattern.exec(stdout)?.[0];
        if (found !== undefined) resolve(found);
      };
      child.stdout.on('data', find);
      void ended.then(() => {
        reject(new Error(`It ended without ${String(pattern)}: ${stdout} ${stderr}`));
      });
      find();
    });
  return {
    pid: child.pid ?? -1,
    ended,
    printed,
    kill: () => child.kill('SIGKILL'),
    signal: (name) => child.kill(name),
  };
}

/** Runs the built command to its end. */
export function runCommand(words: string[], options: ProcessOptions): Promise<ProcessEnd> {
  return startCommand(words, options).ended;
}
