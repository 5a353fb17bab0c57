import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { ensureInstalled, root, runScript, runTool } from './ensure-installed.mjs';

const flags = process.argv.slice(2);
const long = flags.includes('--long');
const panels = flags.includes('--panels');

ensureInstalled();

const folders = ['packages', 'apps', 'test'].flatMap((group) =>
  readdirSync(path.join(root, group)).map((name) => path.join(root, group, name)),
);
const reports = folders
  .filter((folder) => existsSync(path.join(folder, 'package.json')))
  .map((folder) => path.join(folder, '.reports', 'jest.json'));
for (const report of reports) rmSync(report, { force: true });

// What takes longest is left to `--long` (scripts/jest/long-tests.json).
const isShort = !long && !panels && process.env.SLUICE_SHORT !== '0';
const env = {
  SLUICE_BUILT: '1',
  ...(long ? { SLUICE_LONG: '1' } : {}),
  ...(panels ? { SLUICE_PANELS: '1' } : {}),
  ...(isShort ? { SLUICE_SHORT: '1' } : {}),
};
const parts = [];
const part = (name, ok) => {
  parts.push({ name, ok });
};

/** Checks that need nothing that is built. */
const checksOfSources = {
  manifests: () => runScript('manifests.mjs', ['--check']),
  floors: () => runTool('depcruise', ['--config', 'dependency-cruiser.config.mjs', 'packages', 'apps']),
  format: () => runTool('oxfmt', ['--list-different', '.']),
};
/** Those that the tests leave time for: they wait now and then. */
const inIdleTime = { inIdleTime: true };
const checks = {
  'types and lint': () => runTool('oxlint', ['--config', 'oxlint.config.mjs', '--quiet'], inIdleTime),
  ...(long
    ? {}
    : {
        packages: () => runScript('check-packages.mjs', [], inIdleTime),
        docs: () => runScript('docs.mjs', ['--check'], inIdleTime),
      }),
};
/** One at a time. */
async function runChecks(all) {
  if (panels) return;
  for (const [name, check] of Object.entries(all)) part(name, await check());
}

const builtAtOnce = runTool('turbo', ['run', 'build', '--output-logs=errors-only']);
await runChecks(checksOfSources);
const built = await builtAtOnce;
part('build', built);
// Tests of what is half built would say nothing, and hide what the build has said.
if (!built) {
  process.stdout.write('Failed: build\n0 passed, 1 failed\n');
  process.exit(1);
}

// Runs that depend on the outside, on luck or on length are never answered from the cache. What they use is built above.
const fresh = long || panels ? ['--force', '--only'] : [];
// Two tests on the same panel would change each other's users: one file at a time, and one package.
const only = panels ? ['--', '--passWithNoTests', '--maxWorkers=1', '--testPathPatterns', '\\.panel\\.test'] : [];
const test = (...filters) => {
  const concurrency = `--concurrency=${panels ? 1 : 2}`;
  const turbo = ['run', 'test', '--continue=always', concurrency, '--output-logs=new-only'];
  return runTool('turbo', [...turbo, ...filters.map((filter) => `--filter=${filter}`), ...fresh, ...only], { env });
};
// By itself the longest package keeps two cores busy. More processes than cores make each other slower, by a sixth and more.
const LONGEST = '@sluice/engine-tests';
/**
 * Tests of the engine that run once more: with the stores on PostgreSQL, and with each write undone before it is made. In full only with
 * `--long`; otherwise those of money, leases and several callers.
 */
const AGAIN = [
  {
    report: 'postgres',
    env: { SLUICE_TEST_STORE: 'postgres' },
    quick: ['many-callers', 'loop/leases', 'purchases/agreed-price'],
    // What is about files, or counts what SQLite alone does.
    without: [
      ...['src/store/', 'src/growth/', 'operators-file', 'loop/copied-store', 'restored-store', 'lines/two-stores'],
      'limits-of-windows-lives',
    ],
  },
  {
    report: 'twice',
    env: { SLUICE_TEST_WRITES: 'twice' },
    quick: ['many-callers', 'purchases/auto-buy.test', 'loop/undecided'],
    without: [],
  },
];
async function testAgain({ report, env: own, quick, without }) {
  const cwd = path.join(root, 'test', 'engine');
  const options = without.flatMap((pattern) => ['--testPathIgnorePatterns', pattern]);
  // Few: one process for each of the runs, which are at work at the same time.
  const patterns = long ? options : ['--maxWorkers', '1', '--testPathPatterns', ...quick];
  reports.push(path.join(cwd, '.reports', `${report}.json`));
  return runScript('run-jest.mjs', patterns, {
    cwd,
    env: { ...env, ...own, SLUICE_REPORT: report, SLUICE_SHORT: '0' },
  });
}
const checking = runChecks(checks);
const longest = await test(LONGEST);
const others = await test('*', `!${LONGEST}`);
const again = async (one) => part(`tests (${one.report})`, await testAgain(one));
if (long && !panels) for (const one of AGAIN) await again(one);
else if (!panels) await Promise.all(AGAIN.map(again));
await checking;
part('tests', others && longest);

const totals = { passed: 0, failed: 0, skipped: 0 };
for (const report of reports) {
  if (!existsSync(report)) {
    if (panels) continue;
    process.stdout.write(`No test report: ${path.relative(root, report)}\n`);
    totals.failed++;
    continue;
  }
  const result = JSON.parse(readFileSync(report, 'utf8'));
  totals.passed += result.numPassedTests;
  totals.failed += result.numFailedTests + result.numRuntimeErrorTestSuites;
  totals.skipped += result.numPendingTests;
  for (const file of result.testResults) {
    for (const test of file.assertionResults) {
      if (test.status === 'pending') process.stdout.write(`skipped: ${test.fullName}\n`);
    }
    // Once more at the end: in the output of two packages at once a failure is hard to find.
    if (file.status === 'failed') process.stdout.write(`${path.relative(root, file.name)}\n${file.message}\n`);
  }
}
const failedParts = parts.filter(({ ok }) => !ok).map(({ name }) => name);
// A part that is no test of its own (build, types and lint, format, docs, packages) counts as one failure.
totals.failed += failedParts.filter((name) => name !== 'tests').length;
if (failedParts.includes('tests') && totals.failed === 0) totals.failed = 1;
if (failedParts.length > 0) process.stdout.write(`Failed: ${failedParts.join(', ')}\n`);
const skipped = totals.skipped > 0 ? `, ${totals.skipped} skipped` : '';
process.stdout.write(`${totals.passed} passed, ${totals.failed} failed${skipped}\n`);
process.exitCode = totals.failed > 0 ? 1 : 0;
