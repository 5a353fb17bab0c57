import { defineConfig } from 'tsup';
import { base } from '../../tsup.base.js';

// Entries of their own, so that what only names languages, states what is to be said, or writes times, loads no messages, and
// what only staff read none of customers'.
export default defineConfig({
  ...base,
  entry: ['src/index.ts', 'src/languages.ts', 'src/said.ts', 'src/short-time.ts', 'src/staff-text.ts'],
});
