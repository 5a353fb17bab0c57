import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Instrumenter } from '@stryker-mutator/instrumenter';
import { ensureInstalled, root, runTool } from '../ensure-installed.mjs';
import { strykerPlugins } from '../stryker-message-texts.mjs';
import { MUTATED } from './targets.mjs';
import { noteReached, noticesMutant } from './tests.mjs';

// How many mutants of what decides, plans and stops changes the tests notice. Stryker makes the mutants, all of them into the sources at once,
// which are built and put back at the end; a variable tells which one is active. Its own runner loads every test file for every mutant.
//
//   node scripts/mutation/run.mjs [--minutes 150] [--only brake] [--tests src/loop]
//
// What the time does not reach is left out, in a random order that stays the same.

const {
  minutes = '150',
  only = '',
  tests: pattern = '',
} = Object.fromEntries(
  process.argv
    .slice(2)
    .flatMap((word, index, words) => (word.startsWith('--') ? [[word.slice(2), words[index + 1]]] : [])),
);
const files = MUTATED.filter((file) => file.includes(only));
const folders = [...new Set(files.map((file) => file.split('/').slice(0, 2).join('/')))];
const AT_ONCE = 2;
/** Percent of the mutants that were run. */
const LEAST = 85;

ensureInstalled();
if (!(await runTool('turbo', ['run', 'build', '--output-logs=errors-only']))) process.exit(1);
const originals = new Map(files.map((file) => [file, readFileSync(path.join(root, file), 'utf8')]));
const restore = () => {
  for (const [file, text] of originals) writeFileSync(path.join(root, file), text);
};
process.once('exit', restore);
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => process.exit(1));

/** Types are not built: those of sources with mutants in them are of no use. */
async function build() {
  for (const folder of folders)
    if (!(await runTool('tsup', ['--silent'], { cwd: path.join(root, folder) })))
      throw new Error(`${folder} could not be built`);
}

const mutants = await instrument();
await build();
const temporary = mkdtempSync(path.join(tmpdir(), 'sluice-mutants-'));
const tests = await noteReached(['test/engine', ...folders], pattern, path.join(temporary, 'reached.jsonl'));
const results = await runAll(mutants, Date.now() + Number(minutes) * 60_000);
report(results);
rmSync(temporary, { recursive: true, force: true });
restore();
await build();

/** Puts all mutants into the sources. */
async function instrument() {
  const nothing = () => undefined;
  const silent = { debug: nothing, info: nothing, isDebugEnabled: () => false, warn: console.warn };
  const input = [...originals].map(([name, content]) => ({ name, content, mutate: true }));
  const ignorers = strykerPlugins.map(({ value }) => value);
  const made = await new Instrumenter(silent).instrument(input, { plugins: null, excludedMutations: [], ignorers });
  for (const { name, content } of made.files) writeFileSync(path.join(root, name), `// @ts-nocheck\n${content}`);
  return made.mutants.filter(({ status }) => status !== 'Ignored');
}

/** Runs mutants in a random order until the time is over. */
async function runAll(all, until) {
  const rank = ({ fileName, replacement, location }) =>
    createHash('sha256')
      .update(JSON.stringify([fileName, replacement, location]))
      .digest('hex');
  const due = all.map((mutant) => ({ mutant, rank: rank(mutant) })).sort((a, b) => (a.rank < b.rank ? -1 : 1));
  const done = [];
  const work = async () => {
    while (Date.now() < until) {
      const next = due.shift();
      if (next === undefined) return;
      const { mutant } = next;
      const outcome = await noticesMutant(mutant.id, tests);
      done.push({ ...mutant, outcome });
      process.stdout.write(`${done.length} of ${all.length}: ${outcome} ${describe(mutant)}\n`);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return done;
}

function describe({ fileName, location, replacement, mutatorName }) {
  return `${fileName}:${location.start.line + 1}:${location.start.column + 1} ${mutatorName} ${replacement.replaceAll(/\s+/g, ' ').slice(0, 100)}`;
}

function report(done) {
  mkdirSync(path.join(root, '.reports'), { recursive: true });
  writeFileSync(path.join(root, '.reports', 'mutation-planners.json'), JSON.stringify(done, null, 1));
  const row = (name, of) => {
    const seen = of.filter(isSeen).length;
    console.log(`${((100 * seen) / of.length).toFixed(1).padStart(6)} %  ${seen} of ${of.length}  ${name}`);
  };
  for (const file of files) {
    const of = done.filter(({ fileName }) => fileName === file);
    if (of.length > 0) row(`${file} (has ${mutants.filter(({ fileName }) => fileName === file).length})`, of);
  }
  row('all', done);
  if (done.filter(isSeen).length * 100 < LEAST * done.length) process.exitCode = 1;
}

function isSeen({ outcome }) {
  return outcome === 'noticed' || outcome === 'timeout';
}
