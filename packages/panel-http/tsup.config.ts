import { defineConfig } from 'tsup';
import { base } from '../../tsup.base.js';

// `printable` alone is what the command needs to print: it may not load the transport.
export default defineConfig({ ...base, entry: ['src/index.ts', 'src/printable.ts'] });
