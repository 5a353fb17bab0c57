import { spawnSync } from 'node:child_process';
import { mkdirSync, rmSync } from 'node:fs';
import { jestArguments } from './jest/command.mjs';
import { folderInMemory } from './jest/folder-in-memory.mjs';

// Run in a package's folder: jest with ESM, and its report where scripts/test.mjs looks for it.
// Tests that run once more, on another store, have a report of their own.
const report = process.env.SLUICE_REPORT ?? 'jest';
mkdirSync('.reports', { recursive: true });

const temporary = folderInMemory();
const { status } = spawnSync(
  process.execPath,
  [...jestArguments, '--json', `--outputFile=.reports/${report}.json`, ...process.argv.slice(2)],
  {
    stdio: ['ignore', 'ignore', 'inherit'],
    env: { ...process.env, ...(temporary === null ? {} : { TMPDIR: temporary }) },
  },
);
if (temporary !== null) rmSync(temporary, { recursive: true, force: true });
process.exit(status ?? 1);
