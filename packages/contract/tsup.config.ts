import { defineConfig } from 'tsup';
import { base } from '../../tsup.base.js';

export default defineConfig([
  // Documents and endpoints are schemas; what only asks who may do what loads none.
  {
    ...base,
    entry: ['src/index.ts', 'src/documents/index.ts', 'src/endpoints/index.ts'],
    clean: ['!ports/**'],
  },
  // They share nothing with the others: built with them, each entry would load one more file.
  { ...base, entry: { 'ports/index': 'src/ports/index.ts' }, clean: false },
]);
