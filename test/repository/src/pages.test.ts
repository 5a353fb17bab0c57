import { expect, it } from '@jest/globals';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';

const root = path.resolve(import.meta.dirname, '../../..');
const read = (file: string) => readFileSync(path.join(root, file), 'utf8');
const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };

/** Files and folders of the repository that a text names, without those of placeholders. */
const listFiles = (text: string): string[] =>
  [...text.matchAll(/(?:`| -- )((?:apps|packages|scripts|test|docs)\/[\w./-]+)(?:`|$)/gm)]
    .map(([, file]) => file ?? '')
    .filter((file) => !/NAME|GROUP/.test(file));

it.each(['docs/development.md', 'CONTRIBUTING.md', 'SECURITY.md'])(
  '%s names files, scripts and pages that exist',
  (page) => {
    const text = read(page);
    const missing = listFiles(text).filter((file) => !existsSync(path.join(root, file)));
    expect(missing).toEqual([]);
    const run = [...text.matchAll(/npm run ([\w:-]+)/g)].map(([, name]) => name ?? '');
    expect(run.filter((name) => !(name in scripts))).toEqual([]);
    const links = [...text.matchAll(/\]\((?!https:)([^)#]+)/g)].map(([, target]) => target ?? '');
    expect(links.filter((target) => !existsSync(path.join(root, path.dirname(page), target)))).toEqual([]);
  },
);
