import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { root, runTool } from './ensure-installed.mjs';

// Moves the pending changes (.changeset/*.md) into CHANGELOG.md. They belong to the version of the packages while it has no tag;
// afterwards all packages get the next one.

const BUMPS = ['major', 'minor', 'patch'];
const folder = path.join(root, '.changeset');
const changelog = path.join(root, 'CHANGELOG.md');
const tool = (program, ...args) => execFileSync(program, args, { cwd: root, encoding: 'utf8' }).trim();
const readVersion = () => JSON.parse(readFileSync(path.join(root, 'apps', 'cli', 'package.json'), 'utf8')).version;

/** Reads a change: the largest bump that it asks for, and its text as items of a list. */
function readChange(file) {
  const [, head = '', ...rest] = readFileSync(file, 'utf8').split(/^---$/m);
  const text = rest.join('---').trim();
  const bump = BUMPS.findIndex((name) => new RegExp(`: ${name}$`, 'm').test(head));
  if (bump === -1 || text === '') throw new Error(`${file} has no package with major, minor or patch, or no text`);
  return { file, bump, items: text.startsWith('- ') ? text : `- ${text.replaceAll('\n', '\n  ')}` };
}

/** Returns the change log with the items at the end of a version's entry, which is added at the top if it is missing. */
function withItems(text, version, items) {
  const [title, ...entries] = text.split(/^(?=## )/m);
  const at = entries.findIndex((entry) => entry.startsWith(`## ${version}\n`));
  if (at === -1) return [title, `## ${version}\n\n${items}\n\n`, ...entries].join('');
  const isLast = at === entries.length - 1;
  entries[at] = `${entries[at].trimEnd()}\n${items}\n${isLast ? '' : '\n'}`;
  return [title, ...entries].join('');
}

const changes = readdirSync(folder)
  .filter((name) => name.endsWith('.md'))
  .map((name) => readChange(path.join(folder, name)))
  .sort((one, other) => one.bump - other.bump || one.file.localeCompare(other.file));
if (changes.length === 0) {
  process.stdout.write('There are no pending changes.\n');
} else {
  const isTagged = tool('git', 'tag', '--list', `v${readVersion()}`) !== '';
  if (isTagged) {
    if (!(await runTool('changeset', ['version']))) process.exit(1);
    tool('npm', 'install', '--package-lock-only', '--ignore-scripts');
  }
  const version = readVersion();
  const items = changes.map((change) => change.items).join('\n');
  writeFileSync(changelog, withItems(readFileSync(changelog, 'utf8'), version, items));
  for (const { file } of changes) if (existsSync(file)) rmSync(file);
  process.stdout.write(`${changes.length} changes are in CHANGELOG.md under ${version}. Word and order them there.\n`);
}
