import { spawn } from 'node:child_process';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { jestArguments } from '../jest/command.mjs';
import { folderInMemory } from '../jest/folder-in-memory.mjs';
import { root } from '../ensure-installed.mjs';
import { toPackage } from './targets.mjs';

const here = import.meta.dirname;

/** Tests that run for a mutant that none of them notices, in milliseconds as they took alone: the shortest ones first. */
const MOST_MS = 60_000;

export const WORKERS = 2;

/** Runs the tests of folders once, those of a pattern or all. Returns each test file with the mutants that it reaches, the shortest first. */
export async function noteReached(folders, pattern, notes) {
  for (const folder of folders) {
    const setup = `--setupFilesAfterEnv=${path.join(here, 'test', 'note-reached.mjs')}`;
    const { code } = await jest(
      folder,
      [
        `--maxWorkers=${WORKERS}`,
        '--passWithNoTests',
        setup,
        ...(pattern === undefined ? [] : [`--testPathPatterns=${pattern}`]),
      ],
      {
        env: { SLUICE_REACHED: notes },
      },
    );
    if (code !== 0) throw new Error(`The tests of ${folder} fail without a mutant`);
  }
  const lines = existsSync(notes) ? readFileSync(notes, 'utf8').trim().split('\n') : [];
  const files = lines.map((line) => JSON.parse(line));
  return files.map((each) => ({ ...each, mutants: new Set(each.mutants) })).sort((a, b) => a.ms - b.ms);
}

/**
 * Chooses the tests of a mutant. What a module does while it is loaded is noted of the file that loads it first in its worker: all that
 * reach its source have it.
 */
export function listReaching({ id, fileName }, mutants, tests) {
  const reaching = tests.filter(({ mutants: reached }) => reached.has(id));
  if (reaching.length === 0 || reaching.length > WORKERS) return reaching;
  const ofSource = mutants.filter((other) => other.fileName === fileName);
  const others = tests.filter(({ mutants: reached }) => ofSource.some((other) => reached.has(other.id)));
  return [...new Set([...reaching, ...others])];
}

/** Returns how tests that reach a mutant end: `noticed`, `timeout`, `survived`, or `unreached` where there are none. */
export async function noticesMutant(id, reaching) {
  if (reaching.length === 0) return 'unreached';
  let left = MOST_MS;
  const chosen = reaching.filter(({ ms }, index) => index === 0 || (left -= ms) > 0);
  for (const folder of new Set(chosen.map(({ file }) => toFolder(file)))) {
    const own = chosen.filter(({ file }) => toFolder(file) === folder);
    const longest = own.reduce((sum, { ms }) => sum + ms, 0) * 4 + 60_000;
    const order = own.map(({ file }) => file);
    const [sequencer, reporter] = ['in-order.cjs', 'first-failure.cjs'].map((name) => path.join(here, name));
    const args = ['-i', `--testSequencer=${sequencer}`, `--reporters=${reporter}`, '--runTestsByPath', ...order];
    const env = { __STRYKER_ACTIVE_MUTANT__: id, SLUICE_TEST_ORDER: JSON.stringify(order) };
    const { code, isLate } = await jest(folder, args, { env, longest });
    if (isLate) return 'timeout';
    if (code !== 0) return 'noticed';
  }
  return 'survived';
}

function toFolder(file) {
  return toPackage(path.relative(root, file).replaceAll(path.sep, '/'));
}

/** A mutant may run for ever. */
const running = new Set();
process.once('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

/** Runs jest in a folder, with packages as they are built. */
function jest(folder, args, { env, longest }) {
  const temporary = folderInMemory();
  const child = spawn(process.execPath, [...jestArguments, ...args], {
    cwd: path.join(root, folder),
    env: { ...process.env, SLUICE_BUILT: '1', ...(temporary === null ? {} : { TMPDIR: temporary }), ...env },
    stdio: 'ignore',
    timeout: longest,
    killSignal: 'SIGKILL',
  });
  running.add(child);
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code, signal) => {
      running.delete(child);
      if (temporary !== null) rmSync(temporary, { recursive: true, force: true });
      resolve({ code, isLate: signal === 'SIGKILL' });
    });
  });
}
