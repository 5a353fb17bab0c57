import { readdirSync, readFileSync } from 'node:fs';
import { expect, it } from '@jest/globals';

const page = readFileSync(new URL('../../../../docs/architecture.md', import.meta.url), 'utf8');

it('has every file of the loop in docs/architecture.md', () => {
  const files = readdirSync(new URL('.', import.meta.url)).filter((file) => !file.endsWith('.test.ts'));
  const rows = [...page.matchAll(/^\| `([\w-]+\.ts)` /gm)].map(([, file]) => file);
  expect(rows.sort()).toEqual(files.sort());
});

it('has every facet of a panel in docs/architecture.md', () => {
  const source = readFileSync(new URL('../../../panel-kind/src/facets.ts', import.meta.url), 'utf8');
  const [, members = ''] = /interface PanelFacets[^{]*\{([^}]*)\}/.exec(source) ?? [];
  const facets = [...members.matchAll(/readonly (\w+):/g)].map(([, name = '']) => name);
  const [listed = ''] = /Optional features are facets[^]*?A use case/.exec(page) ?? [];
  expect(facets.length).toBeGreaterThan(10);
  expect(facets.filter((name) => !listed.includes(`\`${name}\``))).toEqual([]);
});

it('has one loop: one place asks what forbids the changes of a run, for services and agents', () => {
  const root = new URL('../', import.meta.url);
  const files = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter((file) =>
    /^(?!.*\.test\.ts$).*\.ts$/.test(file),
  );
  const sources = files.map((file) => ({ file, text: readFileSync(new URL(file, root), 'utf8') }));
  const callers = (name: string): string[] =>
    sources.filter(({ text }) => new RegExp(`(?<!function )\\b${name}\\(`).test(text)).map(({ file }) => file);
  // Commands have no brake: their steps ask for themselves.
  expect(callers('mayChange').sort()).toEqual(['kernel/changes/perform.ts', 'loop/subjects.ts']);
  expect(callers('runSubjects').sort()).toEqual(['features/agents/run-agents.ts', 'loop/panel-run.ts']);
  expect(callers('eachResolved').sort()).toEqual(['features/agents/change-users.ts', 'loop/resolve.ts']);
});
