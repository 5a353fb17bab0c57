import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { Instrumenter } from '@stryker-mutator/instrumenter';
import { ensureInstalled, root, runTool } from '../ensure-installed.mjs';
import { leavesMessages } from './message-texts.mjs';
import { PARTS, toPackage } from './targets.mjs';
import { listReaching, noteReached, noticesMutant, WORKERS } from './tests.mjs';

// How many small changes of the rules, and of what decides, plans and stops changes, the tests notice. Stryker makes the mutants, all of
// them into the sources at once, which are built and put back at the end; a variable tells which one is active. Its own runner loads
// every test file for every mutant.
//
//   npm run test:mutation -- [--part planners] [--minutes 150] [--only brake] [--tests src/loop]
//
// What the time does not reach is left out, in a random order that stays the same.

const { values } = parseArgs({
  options: {
    part: { type: 'string' },
    minutes: { type: 'string' },
    only: { type: 'string' },
    tests: { type: 'string' },
  },
});
const { part, minutes, only, tests } = values;

ensureInstalled();
if (!(await runTool('turbo', ['run', 'build', '--output-logs=errors-only']))) process.exit(1);
const parts = Object.entries(PARTS).filter(([name]) => part === undefined || name === part);
for (const [name, target] of parts) {
  const files = target.files.filter((file) => only === undefined || file.includes(only));
  if (files.length > 0) await runPart(name, { ...target, files, minutes: Number(minutes ?? target.minutes) });
}

async function runPart(name, target) {
  const { files, least } = target;
  const texts = files.map((file) => [file, readFileSync(path.join(root, file), 'utf8')]);
  const restore = () => {
    for (const [file, text] of texts) writeFileSync(path.join(root, file), text);
  };
  const end = () => process.exit(1);
  process.once('exit', restore);
  for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, end);
  const mutants = await instrument(texts);
  await build(files);
  const done = await runAll(mutants, target);
  restore();
  process.off('exit', restore);
  await build(files);
  mkdirSync(path.join(root, '.reports'), { recursive: true });
  writeFileSync(path.join(root, '.reports', `mutation-${name}.json`), JSON.stringify(done, null, 1));
  // Where no mutant was run, there is no share.
  if (!(report(mutants, done, files) >= least)) process.exitCode = 1;
}

/** Puts all mutants into the sources. */
async function instrument(texts) {
  const nothing = () => undefined;
  const silent = { debug: nothing, info: nothing, isDebugEnabled: () => false, warn: console.warn };
  const input = texts.map(([name, content]) => ({ name, content, mutate: true }));
  const options = { plugins: null, excludedMutations: [], ignorers: [leavesMessages] };
  const made = await new Instrumenter(silent).instrument(input, options);
  for (const { name, content } of made.files) writeFileSync(path.join(root, name), `// @ts-nocheck\n${content}`);
  return made.mutants.filter(({ status }) => status !== 'Ignored');
}

/** Types are not built: those of sources with mutants in them are of no use. */
async function build(files) {
  for (const folder of new Set(files.map(toPackage)))
    if (!(await runTool('tsup', ['--silent'], { cwd: path.join(root, folder) })))
      throw new Error(`${folder} could not be built`);
}

/** Runs mutants in a random order until the time is over. */
async function runAll(mutants, { tests: folders, minutes: most }) {
  const temporary = mkdtempSync(path.join(tmpdir(), 'sluice-mutants-'));
  const reached = await noteReached(folders, tests, path.join(temporary, 'reached.jsonl'));
  rmSync(temporary, { recursive: true, force: true });
  const until = Date.now() + most * 60_000;
  const due = mutants.map((mutant) => ({ mutant, rank: toRank(mutant) })).sort((a, b) => (a.rank < b.rank ? -1 : 1));
  const done = [];
  const work = async () => {
    while (Date.now() < until) {
      const next = due.shift();
      if (next === undefined) return;
      const { mutant } = next;
      const outcome = await noticesMutant(mutant.id, listReaching(mutant, mutants, reached));
      done.push({ ...mutant, outcome });
      process.stdout.write(`${done.length} of ${mutants.length}: ${outcome} ${describe(mutant)}\n`);
    }
  };
  await Promise.all(Array.from({ length: WORKERS }, work));
  return done;
}

function toRank({ fileName, replacement, location }) {
  return createHash('sha256')
    .update(JSON.stringify([fileName, replacement, location]))
    .digest('hex');
}

function describe({ fileName, location: { start }, replacement, mutatorName }) {
  const text = replacement.replaceAll(/\s+/g, ' ').slice(0, 100);
  return `${fileName}:${start.line + 1}:${start.column + 1} ${mutatorName} ${text}`;
}

/** Prints the share of each file and of all, which it returns in percent. */
function report(mutants, done, files) {
  const row = (name, of) => {
    const seen = of.filter(({ outcome }) => outcome === 'noticed' || outcome === 'timeout').length;
    const share = (100 * seen) / of.length;
    process.stdout.write(`${share.toFixed(1).padStart(6)} %  ${seen} of ${of.length}  ${name}\n`);
    return share;
  };
  for (const file of files) {
    const [of, all] = [done, mutants].map((some) => some.filter(({ fileName }) => fileName === file));
    if (of.length > 0) row(`${file} (has ${all.length})`, of);
  }
  return row('all', done);
}
