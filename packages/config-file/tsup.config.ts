import { defineConfig } from 'tsup';
import { base } from '../../tsup.base.js';

// Completion needs no more than `find-config-file`: it may not load the engine.
export default defineConfig({ ...base, entry: ['src/index.ts', 'src/find-config-file.ts', 'src/files.ts'] });
