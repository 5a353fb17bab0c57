import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { OLDEST_POSTGRES } from '../postgres/oldest.js';
import { sharedPostgres, whyNoPostgres } from './server.js';

const PACKAGE = fileURLToPath(new URL('../..', import.meta.url));
const RUN_JEST = fileURLToPath(new URL('../../../../scripts/run-jest.mjs', import.meta.url));

describe('without PostgreSQL', () => {
  let folder = '';
  let before: string | undefined;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'sluice-nothing-'));
    before = process.env['SLUICE_TEST_POSTGRES'];
    process.env['SLUICE_TEST_POSTGRES'] = folder;
  });
  afterEach(() => {
    if (before === undefined) Reflect.deleteProperty(process.env, 'SLUICE_TEST_POSTGRES');
    else process.env['SLUICE_TEST_POSTGRES'] = before;
    rmSync(folder, { recursive: true });
  });

  it.each(['an empty folder', 'none'])('the reason names the folder, and no server is started (%s)', async (kind) => {
    if (kind === 'none') process.env['SLUICE_TEST_POSTGRES'] = join(folder, 'none');
    const reason = `PostgreSQL ${OLDEST_POSTGRES} or newer is not installed in ${process.env['SLUICE_TEST_POSTGRES']}`;
    expect(whyNoPostgres()).toBe(reason);
    await expect(sharedPostgres()).rejects.toThrow(`No server can be started: ${reason}.`);
  });

  it('tests are skipped with the reason, and none fails', () => {
    const patterns = ['--selectProjects', 'PostgreSQL', '--testPathPatterns', 'tables/holds-table'];
    const { status } = spawnSync(process.execPath, [RUN_JEST, ...patterns], {
      cwd: PACKAGE,
      env: { ...process.env, SLUICE_REPORT: 'skipped' },
      stdio: 'ignore',
    });
    const report = JSON.parse(readFileSync(join(PACKAGE, '.reports', 'skipped.json'), 'utf8')) as Report;
    expect([status, report.numPassedTests, report.numFailedTests]).toEqual([0, 0, 0]);
    const skipped = report.testResults.flatMap(({ assertionResults }) => assertionResults);
    expect(skipped.length).toBeGreaterThan(3);
    for (const { status: each, fullName } of skipped)
      expect([each, fullName]).toEqual(['pending', expect.stringContaining(whyNoPostgres() ?? '-')]);
  });
});

interface Report {
  numPassedTests: number;
  numFailedTests: number;
  testResults: { assertionResults: { status: string; fullName: string }[] }[];
}
