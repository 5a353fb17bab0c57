import { defineConfig } from 'tsup';
import { base } from '../../tsup.base.js';

// What the command needs without the server: `metrics` and `report` may not load it.
export default defineConfig({ ...base, entry: ['src/index.ts', 'src/metrics.ts', 'src/report/index.ts'] });
