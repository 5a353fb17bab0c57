import { readFileSync } from 'node:fs';
import { defineConfig } from 'tsup';
import { base } from '../../tsup.base.js';

const { version } = JSON.parse(readFileSync(new URL('package.json', import.meta.url), 'utf8')) as { version: string };

export default defineConfig({
  ...base,
  entry: { main: 'src/main.ts' },
  dts: false,
  splitting: true,
  define: { SLUICE_VERSION: JSON.stringify(version) },
  // The fakes are a private part of the command (`sluice demo`); everything else is a published dependency.
  noExternal: ['@sluice/fake-panels'],
});
