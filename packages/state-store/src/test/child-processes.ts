import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { transformSync } from 'esbuild';

const SOURCE = join(dirname(fileURLToPath(import.meta.url)), '..');

/** A program that runs beside the tests. */
export interface Child {
  readonly process: ChildProcess;
  /** The next line that it prints; null when it has ended. */
  line(): Promise<string | null>;
  /** Tells it to go on. */
  say(text: string): void;
  /** Ends it at once, as a power cut would. */
  kill(): Promise<void>;
  /** Waits for its end, and gives the lines that were not read yet. */
  rest(): Promise<string[]>;
}

/**
 * Makes the package, as `npm test` has built it or by its sources, runnable by bare Node in a folder, for programs that need a
 * process of their own. They import it as `./store/index.js`.
 */
export function compileStore(folder: string): void {
  if (process.env['SLUICE_BUILT'] === '1') symlinkSync(join(SOURCE, '..', 'dist'), join(folder, 'store'));
  else transpile(SOURCE, join(folder, 'store'));
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }');
  symlinkSync(modulesFolder(), join(folder, 'node_modules'));
}

/** Starts a program, written in JavaScript, in that folder. */
export function start(folder: string, name: string, program: string, ...args: string[]): Child {
  const file = join(folder, `${name}.mjs`);
  writeFileSync(file, program);
  const child = spawn(process.execPath, [file, ...args], { cwd: folder, stdio: ['pipe', 'pipe', 'inherit'] });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const ended = once(child, 'exit');
  const line = async (): Promise<string | null> => {
    const next = await lines.next();
    return next.done === true ? null : next.value;
  };
  return {
    process: child,
    line,
    say: (text) => child.stdin.write(`${text}\n`),
    kill: async () => {
      child.kill('SIGKILL');
      await ended;
    },
    rest: async () => {
      const found: string[] = [];
      for (let next = await line(); next !== null; next = await line()) found.push(next);
      await ended;
      return found;
    },
  };
}

function transpile(from: string, to: string): void {
  mkdirSync(to);
  for (const entry of readdirSync(from, { withFileTypes: true })) {
    if (entry.isDirectory() && entry.name !== 'test') transpile(join(from, entry.name), join(to, entry.name));
    if (!entry.name.endsWith('.ts') || entry.name.endsWith('.test.ts')) continue;
    const { code } = transformSync(readFileSync(join(from, entry.name), 'utf8'), { loader: 'ts', target: 'node20' });
    writeFileSync(join(to, entry.name.replace(/\.ts$/, '.js')), code);
  }
}

function modulesFolder(): string {
  for (let folder = SOURCE; dirname(folder) !== folder; folder = dirname(folder)) {
    const modules = join(folder, 'node_modules');
    if (existsSync(join(modules, 'kysely'))) return modules;
  }
  throw new Error('The packages are not installed.');
}
