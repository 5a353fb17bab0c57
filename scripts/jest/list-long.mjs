import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';

// Writes scripts/jest/long-tests.json: the tests that `npm test` leaves to `npm run test:long`, since they take longest. It reads the reports
// of the last run: of all tests after SLUICE_SHORT=0 npm test, else those that are listed already stay so. What is left of each file is then
// run by itself: a file whose tests go on from one another stays whole.

const LONG_MS = 250;
const root = path.resolve(import.meta.dirname, '..', '..');

/** Files that stay whole: what every issue and release leans on. */
const WHOLE = [
  /\/browser\//,
  /\/(?:every-route|cross-site|every-page|hard-coded|surfaces|screens|upgrade|many-callers|catalogue|hostile-names|every-command|stress|stress-workers)\.test\.ts$/,
  /\/lives\//,
  /^test\/conformance\//,
  /^test\/repository\//,
];

const folders = ['packages', 'apps', 'test'].flatMap((group) =>
  readdirSync(path.join(root, group)).map((name) => path.join(root, group, name)),
);
const reports = folders.map((folder) => path.join(folder, '.reports', 'jest.json')).filter(existsSync);
const list = path.join(root, 'scripts', 'jest', 'long-tests.json');
const listed = JSON.parse(readFileSync(list, 'utf8'));
const long = {};
for (const report of reports) {
  const { testResults } = JSON.parse(readFileSync(report, 'utf8'));
  for (const { name, assertionResults } of testResults) {
    // What stands behind a panel's or package's folder is the same on every machine.
    const file = path
      .relative(root, name)
      .replaceAll('\\', '/')
      .replace(/^.*?(?=(?:packages|apps|test)\/)/, '');
    if (WHOLE.some((pattern) => pattern.test(file))) continue;
    const ran = assertionResults.filter(({ status }) => status === 'passed');
    const slow = ran.filter(({ duration }) => (duration ?? 0) >= LONG_MS).sort((a, b) => a.duration - b.duration);
    // Of each file the quickest is tried all the same.
    const left = slow.length === ran.length ? slow.slice(1) : slow;
    const toTitle = ({ ancestorTitles, title }) => [...ancestorTitles, title].join(' › ');
    const seen = new Set(assertionResults.map(toTitle));
    const titles = [...left.map(toTitle), ...(listed[file] ?? []).filter((title) => !seen.has(title))].sort();
    if (titles.length > 0) long[file] = titles;
  }
}
const listFile = (files) => {
  const sorted = Object.fromEntries(Object.entries(files).sort(([a], [b]) => (a < b ? -1 : 1)));
  writeFileSync(list, `${JSON.stringify(sorted, null, 2)}\n`);
  return Object.values(sorted).reduce((sum, titles) => sum + titles.length, 0);
};
listFile(long);
const whole = new Set();
for (const folder of folders) {
  const inside = path.relative(root, folder);
  const files = Object.keys(long).filter((file) => file.startsWith(`${inside}/`));
  if (files.length === 0) continue;
  spawnSync(
    process.execPath,
    [path.join(root, 'scripts', 'run-jest.mjs'), '--runTestsByPath', ...files.map((file) => path.join(root, file))],
    {
      cwd: folder,
      env: { ...process.env, SLUICE_BUILT: '1', SLUICE_SHORT: '1', SLUICE_REPORT: 'short' },
      stdio: ['ignore', 'ignore', 'ignore'],
    },
  );
  const { testResults } = JSON.parse(readFileSync(path.join(folder, '.reports', 'short.json'), 'utf8'));
  for (const { name, status } of testResults) {
    if (status !== 'failed') continue;
    const file = path.relative(root, name).replaceAll('\\', '/');
    process.stdout.write(`${file} stays whole: its tests go on from one another, or fail\n`);
    whole.add(file);
  }
}
const left = Object.fromEntries(Object.entries(long).filter(([file]) => !whole.has(file)));
process.stdout.write(`${listFile(left)} tests of ${Object.keys(left).length} files are left to npm run test:long\n`);
