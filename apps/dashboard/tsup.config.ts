import { defineConfig } from 'tsup';
import { base } from '../../tsup.base.js';

// `metrics` alone is what the command needs to print them: it may not load the server.
export default defineConfig({ ...base, entry: ['src/index.ts', 'src/metrics.ts'] });
