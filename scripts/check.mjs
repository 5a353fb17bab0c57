import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { readHistory } from './check/history.mjs';
import { readImports } from './check/imports.mjs';
import { select } from './check/select.mjs';
import { root, runTool } from './ensure-installed.mjs';
import { jestArguments } from './jest/command.mjs';

// Checks types, lint, formatting and the nearest tests of paths (docs/development.md, Check a change). With `--list` it prints what
// it would check.

const args = process.argv.slice(2);
// npm starts a script in the root; INIT_CWD is where it was called.
const from = process.env.INIT_CWD ?? process.cwd();
const toPath = (arg) => {
  const found = [path.resolve(from, arg), path.resolve(root, arg)].find((one) => existsSync(one));
  if (found === undefined) {
    process.stderr.write(`There is no ${arg}.\n`);
    process.exit(2);
  }
  return path.relative(root, found).replaceAll(path.sep, '/');
};

/** The tests of a script are those that name it. */
function findTestsOfScript(script) {
  const folder = 'test/repository/src';
  if (!script.startsWith('scripts/') || !existsSync(path.join(root, folder))) return [];
  return readdirSync(path.join(root, folder))
    .map((name) => `${folder}/${name}`)
    .filter((file) => file.endsWith('.test.ts'))
    .filter((file) => readFileSync(path.join(root, file), 'utf8').includes(path.posix.basename(script)));
}

/** What asks for the places of a use case that no compiler asks for; a test of all addresses and commands takes longer. */
const OF_USE_CASES = [
  ...['use-cases', 'lists', 'readme', 'surfaces', 'json-docs'].map((name) => `apps/cli/src/test/${name}.test.ts`),
  'packages/engine/src/readme.test.ts',
];

/** The tests of what use cases, documents and commands are declared in: these files import little, and much depends on them. */
function findTestsOfUseCases(file) {
  if (!/^(packages\/contract\/src\/(use-cases|documents)|apps\/cli\/src\/commands\/declare-)/.test(file)) return [];
  return OF_USE_CASES.filter((test) => existsSync(path.join(root, test)));
}

/** Runs tests in the folder of their package, from sources. */
function runTests(tests) {
  const toPackage = (file) => file.split('/').slice(0, 2).join('/');
  const results = [...new Set(tests.map(toPackage))].map((folder) => {
    const files = tests.filter((file) => toPackage(file) === folder).map((file) => path.relative(folder, file));
    const options = { cwd: path.join(root, folder), stdio: ['ignore', 'inherit', 'inherit'] };
    return spawnSync(process.execPath, [...jestArguments, '--runTestsByPath', ...files], options).status;
  });
  return results.every((status) => status === 0);
}

const paths = args.filter((arg) => !arg.startsWith('--')).map(toPath);
if (paths.length === 0) {
  process.stderr.write('State what to check: npm run check -- packages/engine/src/create-sluice.ts\n');
  process.exit(2);
}
const selected = select({ ...readImports(root), changedTogether: readHistory(root) }, paths);
const scripts = paths.filter((one) => /\.[cm]?js$/.test(one));
const checked = [...selected.checked, ...scripts];
const tests = [
  ...new Set([...selected.tests, ...scripts.flatMap(findTestsOfScript), ...paths.flatMap(findTestsOfUseCases)]),
];

if (args.includes('--list')) {
  process.stdout.write(
    `${[...checked.map((file) => `check ${file}`), ...tests.map((file) => `test ${file}`)].join('\n')}\n`,
  );
} else {
  process.stdout.write(`Types and lint of ${checked.length} files\n`);
  const results = [
    checked.length === 0 || (await runTool('oxlint', ['--config', 'oxlint.config.mjs', '--quiet', ...checked])),
    await runTool('oxfmt', ['--list-different', '--no-error-on-unmatched-pattern', ...paths]),
  ];
  process.stdout.write(tests.length === 0 ? 'No tests are near\n' : `Tests: ${tests.join(' ')}\n`);
  results.push(runTests(tests));
  process.exitCode = results.every(Boolean) ? 0 : 1;
}
