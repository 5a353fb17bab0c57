import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from '@jest/globals';
import { CATALOGUE } from '@sluice/messages';
import { STAFF_MESSAGES } from '@sluice/messages/staff';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const CATALOGUE_FILES = path.join('packages', 'messages', 'src', 'languages');

/** The sources of what says messages, without tests and the catalogue itself. */
function readSources(): string[] {
  return ['apps', 'packages'].flatMap((group) =>
    readdirSync(path.join(root, group)).flatMap((name) => {
      const folder = path.join(group, name, 'src');
      const files = readdirSync(path.join(root, folder), { recursive: true, encoding: 'utf8' });
      return files
        .map((file) => path.join(folder, file))
        .filter(
          (file) =>
            file.endsWith('.ts') && !/\.test\.ts$|[\\/]test[\\/]/.test(file) && !file.startsWith(CATALOGUE_FILES),
        )
        .map((file) => readFileSync(path.join(root, file), 'utf8'));
    }),
  );
}

/** Returns the keys that nothing says: neither by name nor by a family, `wording.code('state', …)` or `unit.${name}`. */
function findUnused(keys: readonly string[], sources: readonly string[]): string[] {
  const text = sources.join('\n');
  const quoted = new Set([...text.matchAll(/'([\w]+(?:\.[\w]+)*)'/g)].map(([, word = '']) => word));
  const families = [
    ...[...text.matchAll(/`((?:\w+\.)+)\$\{/g)].map(([, prefix = '']) => prefix),
    ...[...text.matchAll(/\.code(?:Text)?\('(\w+)'/g)].map(([, family = '']) => `${family}.`),
  ];
  return keys.filter((key) => !quoted.has(key) && !families.some((family) => key.startsWith(family)));
}

it('finds a message that nothing says', () => {
  const sources = ["say('a.b'); wording.code('state', code); text(`unit.${name}`)"];
  expect(findUnused(['a.b', 'a.c', 'state.x', 'unit.GB', 'b'], sources)).toEqual(['a.c', 'b']);
});

it('every message that is said to staff is in their catalogue', () => {
  const said = [
    ...readSources()
      .join('\n')
      .matchAll(/'(staff(?:\.[\w-]+)+)'/g),
  ].map(([, key = '']) => key);
  expect(said.length).toBeGreaterThan(100);
  expect(said.filter((key) => !(key in STAFF_MESSAGES))).toEqual([]);
});

it('every message of the catalogue is said somewhere', () => {
  expect(findUnused([...Object.keys(CATALOGUE.en), ...Object.keys(STAFF_MESSAGES)], readSources())).toEqual([]);
});
