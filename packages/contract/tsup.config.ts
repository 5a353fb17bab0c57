import { defineConfig } from 'tsup';
import { base } from '../../tsup.base.js';

// Documents and endpoints are schemas; what only asks who may do what loads none.
export default defineConfig({
  ...base,
  entry: ['src/index.ts', 'src/documents/index.ts', 'src/endpoints/index.ts'],
});
