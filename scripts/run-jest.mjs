import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync, statfsSync } from 'node:fs';
import path from 'node:path';
import { jestArguments } from './jest/command.mjs';

// Run in a package's folder: jest with ESM, and its report where scripts/test.mjs looks for it.
mkdirSync('.reports', { recursive: true });

/** Where the system has room for files in memory, tests put theirs there: a store's writes need not wait for the disk. */
function folderInMemory() {
  const memory = '/dev/shm';
  if (!existsSync(memory)) return null;
  const { bavail, bsize } = statfsSync(memory);
  if (bavail * bsize < 4 * 1024 ** 3) return null;
  const folder = mkdtempSync(path.join(memory, 'sluice-tests-'));
  // Some tests run a command as another user.
  chmodSync(folder, 0o1777);
  return folder;
}

const temporary = folderInMemory();
const { status } = spawnSync(
  process.execPath,
  [...jestArguments, '--json', '--outputFile=.reports/jest.json', ...process.argv.slice(2)],
  {
    stdio: ['ignore', 'ignore', 'inherit'],
    env: { ...process.env, ...(temporary === null ? {} : { TMPDIR: temporary }) },
  },
);
if (temporary !== null) rmSync(temporary, { recursive: true, force: true });
process.exit(status ?? 1);
