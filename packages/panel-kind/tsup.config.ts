import { defineConfig } from 'tsup';
import { base } from '../../tsup.base.js';

// `errors` alone is what the command needs to start: it may not load the schemas.
export default defineConfig({ ...base, entry: ['src/index.ts', 'src/errors.ts', 'src/testing/index.ts'] });
