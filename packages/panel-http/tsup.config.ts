import { defineConfig } from 'tsup';
import { base } from '../../tsup.base.js';

// These are what the command needs to print and to check a config: they may not load the transport.
export default defineConfig({
  ...base,
  entry: ['src/index.ts', 'src/base-url.ts', 'src/errors.ts', 'src/printable.ts'],
});
