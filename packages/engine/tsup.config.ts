import { defineConfig } from 'tsup';
import { base } from '../../tsup.base.js';

// `process` alone is what the command needs to start: it may not load the engine.
export default defineConfig({ ...base, entry: ['src/index.ts', 'src/options.ts', 'src/process.ts', 'src/words.ts'] });
