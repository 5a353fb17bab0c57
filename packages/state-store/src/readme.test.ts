import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from '@jest/globals';
import Sqlite from 'better-sqlite3';
import ts from 'typescript';
import { compileStore, start } from './test/child-processes.js';
import { useStore } from './test/use-store.js';

const README = readFileSync(join(dirname(fileURLToPath(import.meta.url)), '..', 'README.md'), 'utf8');

describe('the README', () => {
  const at = useStore();

  it('has examples that run, one after the other', async () => {
    const examples = [...README.matchAll(/```ts\n(.*?)```/gs)].map((match) => match[1] ?? '');
    expect(examples.length).toBeGreaterThan(4);
    const { outputText } = ts.transpileModule(
      examples.join('\n').replaceAll('@sluice/state-store', './store/index.js'),
      {
        compilerOptions: { target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.ESNext, verbatimModuleSyntax: true },
      },
    );
    const folder = join(at.folder, 'programs');
    mkdirSync(folder);
    compileStore(folder);
    const lines = await start(folder, 'examples', outputText).rest();
    const checks = (await at.store.maintenance.check()).map((check) => `${check.name} ok`);
    expect(lines).toEqual(['1 0', '0', '10.00', ...checks, 'true']);
    expect(existsSync(join(folder, 'sluice.db'))).toBe(true);
  });

  it('names every table, and no other', () => {
    const section = README.slice(README.indexOf('## The schema'), README.indexOf('## Speed'));
    const named = [...section.matchAll(/^\| `([a-z_]+)`/gm)].map((match) => match[1]);
    const file = new Sqlite(at.location, { readonly: true });
    const tables = file.prepare("select name from sqlite_master where type = 'table' order by name").pluck().all();
    file.close();
    expect(named.sort()).toEqual(tables);
  });

  it('names every error code, and no other', () => {
    const source = readFileSync(join(dirname(fileURLToPath(import.meta.url)), 'store-error.ts'), 'utf8');
    const known = [...source.matchAll(/^ {2}\| '([a-z_]+)'/gm)].map((match) => match[1]);
    const section = README.slice(README.indexOf('## Errors'), README.indexOf('## The schema'));
    const named = [...section.matchAll(/^\| `([a-z_]+)`/gm)].map((match) => match[1]);
    expect(known.length).toBeGreaterThan(10);
    expect(named).toEqual(known);
  });
});
