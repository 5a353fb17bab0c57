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
