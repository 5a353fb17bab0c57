import { expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { version } from './version.js';

it('is the version of the package', () => {
  const manifest = readFileSync(new URL('../package.json', import.meta.url), 'utf8');
  expect((JSON.parse(manifest) as { version: string }).version).toBe(version);
});
