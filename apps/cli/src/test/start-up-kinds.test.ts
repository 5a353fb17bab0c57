import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from '@jest/globals';

const PACKAGES = path.join(import.meta.dirname, '..', '..', '..', '..', 'packages');

/** Returns the sources of a built file and of all that it imports statically from its own package. */
function listSources(file: string, found = new Map<string, string[]>()): string[] {
  if (!found.has(file)) {
    const { sources } = JSON.parse(readFileSync(`${file}.map`, 'utf8')) as { sources: string[] };
    found.set(
      file,
      sources.map((source) => path.relative(path.dirname(path.dirname(file)), path.join(path.dirname(file), source))),
    );
    const imports = readFileSync(file, 'utf8').matchAll(
      /(?:^|[;}\n])(?:import|export)[^;()'"]*["'](\.\/[^"']+\.js)["']/g,
    );
    for (const [, imported = ''] of imports) listSources(path.join(path.dirname(file), imported), found);
  }
  return [...found.values()].flat().sort();
}

// Every command loads the kinds that a config may name; what makes calls and plans changes is loaded with the first panel.
it.each([
  ['easydcim-client', 'panel', ['panel/kind', 'panel/settings']],
  ['astbilling-client', 'panel', ['panel/kind', 'panel/settings']],
  [
    'whmcs-client',
    'billing',
    [
      'billing/amounts',
      'billing/call-settings',
      'billing/claims',
      'billing/customer-pages',
      'billing/kind',
      'billing/settings',
      'client/pasted-tails',
    ],
  ],
  // The ping of the heartbeat and what draws pictures are of the same entry: they load what they need with the first call.
  ['notice-channels', 'index', ['draw-picture', 'ends', 'heartbeat', 'kinds', 'settings']],
  // The facade of agents is of the same entry, without imports.
  [
    'hiddify-agent-traffic',
    'panel',
    [
      'client/link',
      'errors',
      'panel/agent-traffic-manager',
      'panel/apps',
      'panel/kind',
      'panel/name-action',
      'panel/settings',
    ],
  ],
  [
    'flvx-client',
    'panel',
    ['account/history/journaled-step', 'account/plan/target', 'client/records', 'panel/kind', 'panel/product'],
  ],
])('a built kind of %s loads settings and names of actions only', (name, entry, sources) => {
  const read = listSources(path.join(PACKAGES, name, 'dist', `${entry}.js`));
  expect(read).toEqual(sources.map((source) => `src/${source}.ts`));
});
