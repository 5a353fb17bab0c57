import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import type { Program } from './worker-program.js';

const HERE = path.dirname(fileURLToPath(import.meta.url));
const ROOT = path.join(HERE, '../../../..');

/** A worker in a process of its own. */
export interface WorkerProcess {
  process: ChildProcess;
  /** All lines so far. */
  lines: string[];
  /** Waits for a line that begins so. */
  says(start: string): Promise<string>;
  /** Waits for its end. */
  ended: Promise<unknown>;
}

/** Programs for workers, bundled once. */
export class Programs {
  readonly #folder = mkdtempSync(path.join(tmpdir(), 'sluice-workers-'));
  readonly #started: WorkerProcess[] = [];

  async compile(): Promise<void> {
    await build({
      entryPoints: [path.join(HERE, 'worker-program.ts')],
      outfile: path.join(this.#folder, 'worker.mjs'),
      bundle: true,
      format: 'esm',
      platform: 'node',
      target: 'node20',
      conditions: ['@sluice/source'],
      external: ['pg', 'pg-boss', 'pg-native'],
      logLevel: 'error',
    });
    symlinkSync(path.join(ROOT, 'node_modules'), path.join(this.#folder, 'node_modules'));
  }

  async start(program: Program): Promise<WorkerProcess> {
    const worker = this.launch(program);
    await worker.says('up');
    return worker;
  }

  /** Starts a worker that may be refused. */
  launch(program: Program): WorkerProcess {
    const file = path.join(this.#folder, 'worker.mjs');
    const child = spawn(process.execPath, [file, JSON.stringify(program)], { stdio: ['ignore', 'pipe', 'inherit'] });
    const lines: string[] = [];
    const waiting = new Set<() => void>();
    createInterface({ input: child.stdout }).on('line', (line) => {
      lines.push(line);
      for (const check of waiting) check();
    });
    const ended = once(child, 'exit').then(() => {
      for (const check of waiting) check();
    });
    const says = (start: string): Promise<string> =>
      new Promise((resolve, reject) => {
        const check = (): void => {
          const found = lines.find((line) => line.startsWith(start));
          if (found === undefined && child.exitCode === null && child.signalCode === null) return;
          waiting.delete(check);
          if (found === undefined) reject(new Error(`It ended without "${start}": ${lines.join(' | ')}`));
          else resolve(found);
        };
        waiting.add(check);
        check();
      });
    const worker = { process: child, lines, says, ended };
    this.#started.push(worker);
    return worker;
  }

  async endAll(): Promise<void> {
    for (const { process: child } of this.#started) child.kill('SIGKILL');
    await Promise.all(this.#started.map(({ ended }) => ended));
    this.#started.length = 0;
  }

  remove(): void {
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
