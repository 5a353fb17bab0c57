import { readFileSync } from 'node:fs';
import path from 'node:path';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { playDocuments, type Documents } from './json-documents.js';

const PAGE = readFileSync(path.resolve(import.meta.dirname, '../../../../docs/json.md'), 'utf8');

/** Keys whose values have keys of their own kind: of a panel, an error, a service, a metric. */
const OPEN = ['refs', 'details', 'prior', 'observed', 'payload', 'raw', 'labels'];
/** Commands that print many of what the page shows one of. */
const LISTS: Record<string, string> = {
  usage: 'services',
  'service list': 'services',
  'invoice list': 'invoices',
  'service set --where': 'services',
  'agent list': 'agents',
  'api-token list': 'tokens',
};
/** Commands whose document is that of another one, or none. */
const ELSEWHERE = ['service remove', 'log export'];

interface Section {
  title: string;
  commands: string[];
  example: unknown;
}

function sections(): Section[] {
  return PAGE.split(/^## /m)
    .slice(1)
    .map((text) => {
      const [title = '', ...lines] = text.split('\n');
      const [, json = ''] = /```json\n([\s\S]*?)```/.exec(text) ?? [];
      const [, named = ''] = /^((?:`sluice [^`]+`(?:, )?)+)/m.exec(lines.join('\n')) ?? [];
      const commands = [...named.matchAll(/`sluice ([^`]+)`/g)].map(([, words = '']) => words);
      return { title, commands, example: JSON.parse(json) as unknown };
    });
}

/** Every key of a document by its path. */
function listKeys(value: unknown, prefix = ''): string[] {
  if (Array.isArray(value)) return value.flatMap((item) => listKeys(item, `${prefix}[]`));
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => {
    const own = prefix === '' ? key : `${prefix}.${key}`;
    return [own, ...(OPEN.includes(key) ? [] : listKeys(inner, own))];
  });
}

function printed(documents: Documents, command: string): unknown[] {
  const list = LISTS[command];
  const all = documents.get(command)?.map(({ json }) => json) ?? [];
  return list === undefined ? all : all.flatMap((json) => (json as Record<string, unknown[]>)[list] ?? []);
}

describe('docs/json.md', () => {
  let documents: Documents;
  beforeAll(async () => {
    documents = await playDocuments();
  });

  it.each(sections().map((section) => [section.title, section] as const))(
    '%s: has the keys that its commands print, and no others',
    (_title, { commands, example }) => {
      const played = commands.flatMap((command) => listKeys(printed(documents, command)));
      const keys = (paths: string[]): string[] => [...new Set(paths)].sort();
      expect(keys(listKeys([example]))).toEqual(keys(played));
    },
  );

  it('shows every document that was played', () => {
    const shown = sections().flatMap(({ commands }) => commands);
    expect([...documents.keys()].filter((command) => !shown.includes(command) && !ELSEWHERE.includes(command))).toEqual(
      [],
    );
    const refused = [...documents].filter(([, all]) => all.some(({ exitCode }) => exitCode === 2));
    expect(refused.map(([command]) => command)).toEqual([]);
  });
});
