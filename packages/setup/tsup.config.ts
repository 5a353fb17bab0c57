import { defineConfig } from 'tsup';
import { base } from '../../tsup.base.js';

// The schedule needs none of the questions of a first config.
export default defineConfig({ ...base, entry: ['src/index.ts', 'src/schedule/index.ts'] });
