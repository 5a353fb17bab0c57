import { readFileSync } from 'node:fs';
import { defineConfig } from 'tsup';
import { base } from '../../tsup.base.js';

const { version } = JSON.parse(readFileSync(new URL('package.json', import.meta.url), 'utf8')) as { version: string };

// `process` alone is what the command needs to start: it may not load the engine.
export default defineConfig({
  ...base,
  entry: ['src/index.ts', 'src/options.ts', 'src/places.ts', 'src/process.ts', 'src/words.ts'],
  define: { SLUICE_VERSION: JSON.stringify(version) },
});
