import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from '@jest/globals';

const API = path.join(import.meta.dirname, 'api');

/** Returns the names of the methods of an interface. */
function listMethods(text: string, name: string): string[] {
  const [, body = ''] =
    new RegExp(`^export interface ${name}(?: extends [\\w ,]+)? \\{$(.*?)^\\}$`, 'ms').exec(text) ?? [];
  return [...body.matchAll(/^ {2}(\w+)\(/gm)].map(([, method = '']) => method);
}

/** Returns the calls of `createSluice`: `poll`, `services.import`. */
function listCalls(): string[] {
  const text = readFileSync(path.join(import.meta.dirname, 'sluice.ts'), 'utf8');
  const files = readdirSync(API).map((file) => readFileSync(path.join(API, file), 'utf8'));
  const [, body = ''] = /^export interface Sluice(?: extends [\w ,]+)? \{$(.*?)^\}$/ms.exec(text) ?? [];
  const groups = [...body.matchAll(/^ {2}readonly (\w+): (\w+);$/gm)].filter(([, name]) => name !== 'config');
  const grouped = groups.flatMap(([, group = '', type = '']) =>
    files.flatMap((file) => listMethods(file, type)).map((method) => `${group}.${method}`),
  );
  return [...listMethods(text, 'Sluice'), ...grouped];
}

/** Returns the calls in the README's table, where a group is named once for its row. */
function listDescribed(): string[] {
  const text = readFileSync(path.join(import.meta.dirname, '..', 'README.md'), 'utf8');
  const rows = text.slice(text.indexOf('## Calls'), text.indexOf('## Errors')).matchAll(/^\| (`.*?`) +\|/gm);
  return [...rows].flatMap(([, cell = '']) => {
    const names = [...cell.matchAll(/`([\w.]+)`/g)].map(([, name = '']) => name);
    const group = names[0]?.split('.')[0] ?? '';
    return names.map((name) => (name.startsWith('.') ? `${group}${name}` : name));
  });
}

describe('the table of calls in the README', () => {
  it('has every call', () => {
    const calls = listCalls();
    expect(calls).toEqual(expect.arrayContaining(['poll', 'services.import', 'access.share']));
    expect(listDescribed().sort()).toEqual(calls.sort());
  });
});

it('the main entry has at most 60 names besides types of documents', () => {
  const text = readFileSync(path.join(import.meta.dirname, 'index.ts'), 'utf8');
  const lists = [...text.matchAll(/^export (?:type )?\{([^}]*)\} from '([^']+)';$/gm)];
  const own = lists.filter(([, , from = '']) => !from.endsWith('/documents'));
  const names = own.flatMap(([, list = '']) => list.split(',').flatMap((name) => name.trim() || []));
  expect(names.length).toBeGreaterThan(0);
  expect(names.length).toBeLessThanOrEqual(60);
});
