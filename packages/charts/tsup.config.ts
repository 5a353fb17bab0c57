import { defineConfig } from 'tsup';
import { base } from '../../tsup.base.js';

// Entries of their own, so that what only writes times loads no charts.
export default defineConfig({ ...base, entry: { index: 'src/index.ts', 'short-time': 'src/short-time.ts' } });
