import { defineConfig } from 'tsup';
import { base } from '../../tsup.base.js';

// What the command needs without the server: only the main entry may load it.
export default defineConfig({
  ...base,
  entry: ['src/index.ts', 'src/metrics.ts', 'src/report/index.ts', 'src/server/listen-address.ts'],
});
